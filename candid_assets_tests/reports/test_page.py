"""The page of a run, as a person sees it in a real browser: a staging workbook of two tabs."""

import dataclasses
import datetime as dt
import json
import re
import subprocess
import sys
from decimal import Decimal

import duckdb
import pytest

from candid_assets.contracts.load import load_catalog
from candid_assets.reports.after_refresh import end_run
from candid_assets.reports.metric_changes import MetricChange
from candid_assets.reports.page import HEAT_MORE, HEAT_TABS, PageRun, render_page, short
from candid_assets.settings import PACKAGE
from candid_assets.warehouse.database import bootstrap
from candid_assets_tests.browser import keep, seen

pytestmark = pytest.mark.slow

EVIL = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
TITLE = 'Stok "A" & <b>B</b> \u202eツ'
CONTRACT = """name: {name}
physicalName: {title}
description: Receipts.
dataGranularityDescription: One row per receipt.
properties:
  - {{name: receipt_id, physicalName: "No", logicalType: string, primaryKey: true, description: Number.}}
  - {{name: amount_idr, physicalName: "Jumlah", logicalType: number, required: true, description: Rupiah.}}
"""  # noqa: E501
GOOD = [["No", "Jumlah"], *([f"N{n}", f"{n}.000"] for n in range(1, 30))]


@pytest.fixture
def refreshed_shop(shop):
    """A shop after two refreshes whose cells hold what strangers may type."""
    shop.write_report = end_run
    shop.contract("sales", CONTRACT.format(name="sales", title="Penjualan"))
    shop.contract("stock", CONTRACT.format(name="stock", title=json.dumps(TITLE)))
    shop.sheet(Penjualan=GOOD, **{TITLE: [*GOOD, ["X1", EVIL], ["X2", "x" * 20_000]]})
    shop.run()
    shop.change("edit", tab="Penjualan", cells={"B3": "entah", "B4": EVIL})
    shop.run()
    return shop


def page_of(shop):
    """Return the page that the last refresh left beside its report."""
    reports = sorted(shop.settings.reports_dir.iterdir(), key=lambda p: p.stat().st_mtime_ns)
    newest = [p for p in reports if p.stem.endswith(reports[-1].stem.rpartition("_")[2])]
    assert sorted(p.suffix for p in newest) == [".html", ".md"]
    return next(p for p in newest if p.suffix == ".html")


def test_cell_values_are_escaped_and_the_page_loads_nothing_external(refreshed_shop, browser):
    page = page_of(refreshed_shop)
    assert page.stat().st_size < 100_000
    for size in ("desktop", "phone"):
        for scheme in ("light", "dark"):
            with seen(browser, page, size, scheme) as screen:
                assert screen.requests == [page.as_uri()]
                assert screen.complaints == []
                assert screen.overflow <= 0
                assert screen.page.title().startswith("STAGING")
                band = screen.page.locator("p.env")
                assert band.inner_text().startswith("STAGING")
                assert band.bounding_box()["y"] == 0
                assert "onerror" in screen.page.inner_text("#attention")
                assert screen.page.locator("#attention script, main img").count() == 0
                links = screen.page.locator("#quality .cells a")
                assert "range=B" in links.first.get_attribute("href")
                assert all(
                    link.get_attribute("href").startswith("https://docs.google.com/spreadsheets/d/")
                    for link in links.all()
                )
                keep(screen, f"staging-{size}-{scheme}", whole=True)
    with seen(browser, page, "phone") as screen:
        assert screen.page.locator("h1").inner_text() == "Refresh succeeded"
        assert screen.page.locator(".heat tbody tr").count() == 2
        assert TITLE in screen.page.locator(".heat bdi").all_text_contents()
        cells = screen.page.locator(".heat tr:has-text('Penjualan') td.c")
        before, after = (cells.nth(i).get_attribute("class") for i in (0, 1))
        assert (before, after) == ("c s0", "c s4")
        assert screen.page.locator("figure.bars rect").count() == 2


def test_failures_are_listed_first_with_their_fix(refreshed_shop, browser):
    refreshed_shop.change("delete_tab", tab="Penjualan")
    record = refreshed_shop.run()
    assert not record.succeeded
    with seen(browser, page_of(refreshed_shop), "phone") as screen:
        assert screen.page.locator("h1").inner_text() == "Refresh failed"
        first = screen.page.locator("#attention li").first.inner_text()
        assert record.distinct_failures()[0].message in first
        assert f"Fix: {record.distinct_failures()[0].fix}" in first
        keep(screen, "staging-phone-failed")


def test_a_refresh_without_news_leaves_a_report_and_no_page(refreshed_shop):
    before = page_of(refreshed_shop).stat().st_mtime_ns
    refreshed_shop.run()
    newest = max(refreshed_shop.settings.reports_dir.iterdir(), key=lambda p: p.stat().st_mtime_ns)
    assert newest.suffix == ".md"
    assert "**Nothing changed**" in newest.read_text()
    assert not newest.with_suffix(".html").exists()
    assert "with pictures" not in newest.read_text()
    assert before < newest.stat().st_mtime_ns


def test_page_that_cannot_be_rendered_does_not_block_publication(
    refreshed_shop, monkeypatch, caplog
):
    def broken(*_):
        raise ValueError("no pen")

    monkeypatch.setattr("candid_assets.reports.page.render_page", broken)
    refreshed_shop.change("edit", tab="Penjualan", cells={"B3": "2.000"})
    assert refreshed_shop.run().succeeded
    assert refreshed_shop.query("select count(*) from clean.toko__sales") == [(28,)]
    assert "no pen" in caplog.text


def candid(shop, *arguments):
    settings = shop.settings
    environment = {
        "CANDID_ENV": "staging",
        "CANDID_DATA_DIR": str(settings.data_root),
        "CANDID_CATALOG_DIR": str(settings.catalog_dir),
        "PATH": "",
    }
    command = [sys.executable, "-m", "candid_assets.cli", "report", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_page_is_rewritten_from_the_published_snapshot_and_opened_by_run_id(refreshed_shop):
    page = page_of(refreshed_shop)
    before = page.read_text()
    page.unlink()
    done = candid(refreshed_shop, "--json")
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("candid · environment staging")
    assert json.loads(done.stdout) == {"env": "staging", "page": str(page)}
    unlike = {line for line in page.read_text().splitlines() if line not in before.splitlines()}
    assert all("ago" in line or "written" in line for line in unlike), unlike
    run_id = refreshed_shop.query("select arg_max(run_id, number) from meta.runs")[0][0]
    assert candid(refreshed_shop, "--run", run_id[:6]).stdout.strip() == str(page)
    unknown = candid(refreshed_shop, "--run", "ffffffff-0000")
    assert unknown.returncode == 1
    assert run_id[:8] in unknown.stderr
    assert candid(refreshed_shop, "--run", "../../*").returncode == 1


def test_before_anything_is_published_the_command_says_what_to_run(shop):
    shop.contract("sales", CONTRACT.format(name="sales", title="Penjualan"))
    done = candid(shop)
    assert done.returncode == 1
    assert "run `candid run` first" in done.stderr.replace("\n", " ")


@pytest.fixture(scope="module")
def catalog():
    return load_catalog(PACKAGE / "catalog")


@pytest.fixture
def warehouse(tmp_path):
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        bootstrap(connection, "staging")
        yield connection


SUMMARY = {
    "env": "staging",
    "run_id": "r1",
    "succeeded": True,
    "seconds": 1.5,
    "failures": [],
    **dict.fromkeys(("assets_built", "assets_unchanged", "checks_passed", "checks_failed"), 0),
    **dict.fromkeys(("sheets_reads", "drive_reads"), 0),
}


def page_run(warehouse, **summary):
    (now,) = warehouse.execute("select now()").fetchone()
    return PageRun(now, SUMMARY | summary)


def test_page_of_a_warehouse_without_any_build_is_rendered(warehouse, catalog):
    page = render_page(warehouse, catalog, page_run(warehouse))
    assert page.count("no values yet") == len(catalog.registry.metrics)
    assert "never read" in page


def test_a_catalog_without_workbooks_models_and_metrics_has_a_page(warehouse, catalog, tmp_path):
    empty = dataclasses.replace(load_catalog(tmp_path), workbooks=(), models=())
    page = render_page(warehouse, empty, page_run(warehouse))
    assert "No workbook is described in the catalog." in page
    assert 'id="spoke-' not in page


def test_hundreds_of_runs_of_hundreds_of_tabs_stay_a_small_page(warehouse, catalog):
    workbook = catalog.workbooks[0]
    tabs = tuple(
        dataclasses.replace(workbook.tabs[0], name=f"t{n}", title=f"{n} {EVIL}") for n in range(400)
    )
    many = dataclasses.replace(
        catalog, workbooks=(dataclasses.replace(workbook, tabs=tabs),), models=()
    )
    warehouse.execute(
        "insert into meta.runs select 'r' || n, 'staging', t, t + interval 1 minute, true, '{}', n"
        " from (select n, timestamptz '2026-01-01' + to_hours(n) as t from range(300) as r (n))"
    )
    warehouse.execute(
        "insert into meta.builds select 2 * n + (layer = 'clean')::int, layer, $book || '__t' || n,"
        " '', '', 10, timestamptz '2026-01-01', 'r0', '', '', '[]', [], 0"
        " from range(400) as t (n), (values ('clean'), ('quarantine')) as l (layer)",
        {"book": workbook.name},
    )
    page = render_page(warehouse, many, page_run(warehouse))
    assert page.count('<tr><th scope="row"><bdi>') == HEAT_TABS + HEAT_MORE
    assert len(page.encode()) < 3_000_000
    assert "<script" not in page


def test_a_long_value_is_shortened_to_one_line_without_control_characters():
    assert short("a\x00b\nc\t d", 40) == "a�b c d"
    assert short("x" * 500, 60) == "x" * 59 + "…"


def test_changed_metric_shows_the_values_before_and_now(warehouse, catalog):
    start = dt.date(2026, 1, 1)
    change = MetricChange(
        "net_sales", "month", start, Decimal(90), Decimal(110), "IDR", "on_target", 3
    )
    run = dataclasses.replace(page_run(warehouse), changes=[change])
    page = render_page(warehouse, catalog, run)
    assert re.search(r'"net_sales">Net sales <small>Jan 2026</small>.+<b>Rp90 → Rp110</b>', page)
    assert "3 periods have another value than before" in page


def test_a_tab_that_no_contract_names_is_named_on_the_page(shop):
    shop.write_report = end_run
    shop.contract("sales", CONTRACT.format(name="sales", title="Penjualan"))
    shop.sheet(Penjualan=GOOD, **{"Baru <b>": GOOD})
    shop.run()
    page = page_of(shop).read_text(encoding="utf-8")
    assert "Not read: no contract names it" in page
    assert "Baru &lt;b&gt;" in page
    assert "Nothing. Every table is current" not in page
