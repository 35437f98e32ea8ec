"""A small workbook in staging that things happen to, one after the other."""

import json
import shutil
import subprocess
import sys

import pytest

from candid_assets.sandbox.process import SandboxServer
from candid_assets.sandbox.workbook import SampleTab, SampleWorkbook
from candid_assets_tests.end_to_end.conftest import Installation
from candid_assets_tests.workbook_contract import RECEIPTS_TAB, WORKBOOK_CONTRACT

pytestmark = pytest.mark.slow

HEAVY = (
    *("dagster", "pandas", "pyarrow", "great_expectations", "openlineage", "pygal"),
    *("sqlglot", "yaml", "open_data_contract_standard", "babel"),
)
QUIET = f"""
import sys
from candid_assets.cli import main
sys.argv = ["candid", "run", "--json"]
try:
    main()
finally:
    print([name for name in {HEAVY} if name in sys.modules])
"""

TAB = f"""{RECEIPTS_TAB}  - name: amount_idr
    physicalName: "Jumlah (Rp)"
    logicalType: number
    logicalTypeOptions: {{{{minimum: 0}}}}
    description: Amount in Rupiah.
"""


def _rows(count, amount="1.000"):
    return [["No Nota", "Jumlah (Rp)"], *([f"N{n}", amount] for n in range(count))]


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    root = tmp_path_factory.mktemp("shop")
    for title, name in (("Toko", "toko"), ("Gudang", "gudang")):
        folder = root / "catalog" / "workbooks" / name
        folder.mkdir(parents=True)
        (folder / "contract.yaml").write_text(WORKBOOK_CONTRACT.format(name=name, title=title))
        (folder / "jan.yaml").write_text(TAB.format(name="jan", title="Jan25"))
        (folder / "feb.yaml").write_text(TAB.format(name="feb", title="Q1"))
        tabs = [SampleTab(1, "Jan25", _rows(3)), SampleTab(2, "Q1", _rows(4))]
        SampleWorkbook(title, title, tabs).save(root / "books")
    with SandboxServer(root / "books", quota=False) as server:
        variables = {
            "CANDID_ENV": "staging",
            "CANDID_CATALOG_DIR": str(root / "catalog"),
            "CANDID_READS_PER_MINUTE": "1000",
            **server.environment,
        }
        installation = Installation(root / "data", variables)
        code, summary, output = installation.run()
        assert code == 0, output
        assert summary["rows_clean"] == 14
        yield installation, server, root


def test_a_refresh_without_news_loads_nothing_that_builds_or_shows_tables(shop):
    variables = shop[0].environment
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    for _ in range(2):  # the first keeps what it reads of the catalog
        ended = subprocess.run(
            [sys.executable, "-c", QUIET],
            env=variables,
            capture_output=True,
            text=True,
            check=True,
        )
    built, loaded = ended.stdout.splitlines()
    assert loaded == "[]"
    assert json.loads(built)["assets_built"] == 0


def test_each_fault_is_reported_once_and_everything_else_is_refreshed(shop):
    installation, server, root = shop

    _change_tab(server, "Toko", "Jan25", _rows(5, "2.000"))
    code, summary, output = installation.run()
    assert (code, summary["assets_built"], summary["sheets_reads"] <= 5) == (0, 4, True), output
    assert installation.query("select sum(amount_idr) from clean.toko__jan") == [(10_000,)]

    server.change("Toko", "rename_tab", tab="Q1", title="Kuartal 1")
    _change_tab(server, "Toko", "Jan25", [["No Nota", "Total"], ["N0", "7"]])
    (root / "catalog/workbooks/gudang/feb.yaml").write_text(
        TAB.format(name="feb", title="Q1").replace("primaryKey:", "primaryKy:")
    )
    server.change("Gudang", "edit", tab="Jan25", cells={"B2": "9.000"})
    code, summary, output = installation.run()
    assert code == 1
    failures = {f["cause"]: f for f in summary["failures"]}
    assert "Jumlah (Rp)" in failures["missing_column"]["message"]
    assert "feb.yaml" in failures["contract_invalid"]["message"]
    assert (
        "primaryKey"
        in failures["contract_invalid"]["message"] + failures["contract_invalid"]["fix"]
    )
    # The renamed tab is found by its sheet id; the last good tables of the others stay.
    assert installation.query("select count(*) from clean.toko__feb") == [(4,)]
    assert installation.query("select sum(amount_idr) from clean.toko__jan") == [(10_000,)]
    assert installation.query("select count(*) from clean.gudang__feb") == [(4,)]
    assert installation.query("select sum(amount_idr) from clean.gudang__jan") == [(11_000,)]

    (root / "catalog/workbooks/gudang/feb.yaml").write_text(TAB.format(name="feb", title="Q1"))
    _change_tab(server, "Toko", "Jan25", _rows(3))
    server.change("Gudang", "delete_tab", tab="Jan25")
    code, summary, output = installation.run()
    assert code == 1
    assert [f["cause"] for f in summary["failures"]] == ["tab_missing"]
    assert "Jan25" in summary["failures"][0]["message"]
    assert installation.query("select sum(amount_idr) from clean.gudang__jan") == [(11_000,)]
    assert installation.query("select count(*) from clean.toko__jan") == [(3,)]

    server.change("Gudang", "unshare")
    code, summary, output = installation.run()
    assert code == 1
    # Drive does not tell a file that is not shared from one that is not there.
    assert [f["cause"] for f in summary["failures"]] == ["not_found"], output
    assert "gserviceaccount.com" in summary["failures"][0]["fix"]
    assert installation.query("select count(*) from clean.gudang__feb") == [(4,)]
    assert not server.counters().get("writes")


def _change_tab(server, workbook, tab, rows):
    """Replace the content of a tab, as a person who pastes over it."""
    cells = {
        f"{'ABC'[column]}{number}": (rows[number - 1] + [None] * 3)[column]
        if number <= len(rows)
        else None
        for number in range(1, 9)
        for column in range(3)
    }
    server.change(workbook, "edit", tab=tab, cells=cells)


def test_a_warehouse_of_one_environment_is_refused_in_another(shop):
    installation, _, root = shop
    (root / "data" / "sample").mkdir()
    source = root / "data" / "staging" / "warehouse.duckdb"
    (root / "data" / "sample" / "warehouse.duckdb").write_bytes(source.read_bytes())
    catalog = root / "sample_catalog"
    shutil.copytree(root / "catalog", catalog)
    for head in catalog.rglob("contract.yaml"):
        head.write_text(head.read_text().replace("environment: staging", "environment: sample"))
    variables = {"CANDID_ENV": "sample", "CANDID_CATALOG_DIR": str(catalog)}
    other = Installation(root / "data", {**installation.variables, **variables})
    done = other.candid("run")
    assert done.returncode == 1
    assert "holds staging data" in done.stderr


def test_an_unknown_workbook_gives_the_nearest_name_and_exit_code_2(shop):
    done = shop[0].candid("run", "--workbook", "tokko")
    assert done.returncode == 2
    assert "did you mean toko" in done.stderr
