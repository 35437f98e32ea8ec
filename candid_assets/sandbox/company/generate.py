"""Make the sample company: seven workbooks, the truth about them and a manifest."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

from candid_assets.atomic_files import write_whole
from candid_assets.sandbox.company.appearance import chart_tab
from candid_assets.sandbox.company.distribution import distribution_tables
from candid_assets.sandbox.company.figures import Company, reconciliations
from candid_assets.sandbox.company.finance import finance_tables
from candid_assets.sandbox.company.labs import labs_tables
from candid_assets.sandbox.company.marketing import build_promotions, marketing_tables
from candid_assets.sandbox.company.masters import build_masters
from candid_assets.sandbox.company.people import people_tables
from candid_assets.sandbox.company.plan import WORKBOOKS
from candid_assets.sandbox.company.production import build_batches, production_tables
from candid_assets.sandbox.company.sales import build_orders, sales_tables, sold
from candid_assets.sandbox.company.sheet import write_tab
from candid_assets.sandbox.company.stock import inventory_tables
from candid_assets.sandbox.company.truth import TabTruth, truth_file
from candid_assets.sandbox.company.values import stream
from candid_assets.sandbox.company.version import GENERATOR_VERSION, LARGEST_SCALE, SEED
from candid_assets.sandbox.workbook import SampleWorkbook


def generate(
    folder: Path,
    *,
    seed: int = SEED,
    scale: int = 1,
    progress: Callable[[str], None] | None = None,
) -> Path:
    """Write the sample workbooks, truth.json and, last, manifest.json into a folder.

    Args:
        folder: Where the files go; made if it is not there.
        seed: The same seed and scale give the same bytes.
        scale: How many times the usual number of transaction rows.
        progress: Told the name of each workbook before it is written.

    Returns:
        The folder.
    """
    if not 1 <= scale <= LARGEST_SCALE:
        raise ValueError(f"scale {scale} is not possible; choose 1 to {LARGEST_SCALE}")
    company = build_company(seed, scale)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.json").unlink(missing_ok=True)
    truths: list[TabTruth] = []
    for plan in WORKBOOKS:
        if progress is not None:
            progress(plan.name)
        workbook = SampleWorkbook(plan.name, plan.name, [])
        for number, tab_plan in enumerate(plan.tabs):
            rng = stream(seed, f"{plan.name}/{tab_plan.name}")
            # The first tab of a real workbook has sheet id 0, the others have arbitrary ones.
            sheet_id = (
                0 if number == 0 else stream(seed, tab_plan.title).randrange(10**6, 2 * 10**9)
            )
            tab, truth = write_tab(
                plan.name, tab_plan, company[plan.name][tab_plan.name], rng, sheet_id
            )
            workbook.tabs.append(tab)
            truths.append(truth)
        names = [tab_plan.name for tab_plan in plan.tabs]
        for chart in plan.charts:
            sheet_id = stream(seed, chart.title).randrange(10**6, 2 * 10**9)
            source = workbook.tabs[names.index(chart.draws)]
            workbook.tabs.append(chart_tab(chart, sheet_id, source))
        workbook.save(folder)
    _write(folder / "truth.json", truth_file(truths, reconciliations(company)))
    _write(
        folder / "manifest.json",
        {
            "seed": seed,
            "scale": scale,
            "workbooks": [plan.name for plan in WORKBOOKS],
            "tabs": len(truths),
            "rows": sum(truth.rows for truth in truths),
            "generator_version": GENERATOR_VERSION,
        },
    )
    return folder


def build_company(seed: int, scale: int) -> Company:
    """Return the clean tables of every workbook, before they are typed into cells."""
    masters = build_masters(seed, scale)
    promotions, promos = build_promotions(seed)
    orders = build_orders(seed, scale, masters, promos)
    batches, scrap = build_batches(seed, scale, masters, sold(orders))
    # Billing comes before the sales tabs: it decides the status that order lines show.
    finance = finance_tables(seed, scale, masters, orders)
    sales = sales_tables(seed, scale, masters, orders)
    sales |= marketing_tables(seed, scale, masters) | {"promotions": promotions}
    return {
        "CoreOS": masters.tables,
        "Sales_MASTER": sales,
        "Production_Master": production_tables(seed, scale, masters, batches, scrap),
        "CandidLabs_Control_Centre": labs_tables(seed, scale, masters, batches),
        "SKD_Control": distribution_tables(
            seed, scale, masters, orders, [code for code, _, _ in promos]
        ),
        "Inventory_Master": inventory_tables(
            seed,
            scale,
            masters=masters,
            orders=orders,
            batches=batches,
            scrap=scrap,
            returns=sales["returns"],
        ),
        "Finance_Master": finance | people_tables(seed, scale, masters),
    }


def _write(path: Path, content: dict[str, Any]) -> None:
    write_whole(path, orjson.dumps(content, option=orjson.OPT_INDENT_2), durable=False)
