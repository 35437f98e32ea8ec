"""`candid contracts diff` shows contract against sheet and accepts it in place."""

import json

import pytest
from click.testing import CliRunner

from candid_assets.cli import main
from candid_assets_tests.refresh.shop import Shop

pytestmark = pytest.mark.slow

SALES = """# Kept by the shop's owner.
name: sales
physicalName: Penjualan   # the tab's title
description: Receipts.
dataGranularityDescription: One row per receipt.
properties:
  # The key stands on every receipt.
  - {name: receipt_id, physicalName: "No Nota", logicalType: string, primaryKey: true, description: Receipt number.}
  - {name: amount_idr, physicalName: "Jumlah", logicalType: number, required: true, description: Amount.}  # in Rupiah
  - name: cashier
    physicalName: Kasir
    logicalType: string
    required: true
    description: Who took the money.
"""  # noqa: E501
ROWS = [["No Nota", "Jumlah", "Kasir"], *([f"N{n}", f"{n}.000", "Ani"] for n in range(1, 9))]


@pytest.fixture
def sales(shop):
    shop.contract("sales", SALES)
    shop.sheet(Penjualan=ROWS, Lain=[["x"]])
    shop.run()
    return shop


def _diff(shop: Shop, *arguments: str):
    settings = shop.settings
    variables = {
        "CANDID_ENV": "staging",
        "CANDID_DATA_DIR": str(settings.data_root),
        "CANDID_CATALOG_DIR": str(settings.catalog_dir),
    }
    done = CliRunner().invoke(main, ["contracts", "diff", *arguments, "--json"], env=variables)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.output
    return done.exit_code, json.loads(done.stdout.splitlines()[-1]), done.stderr


def _contract(shop: Shop) -> str:
    return (shop.folder / "sales.yaml").read_text()


def _version(shop: Shop) -> str:
    head = (shop.folder / "contract.yaml").read_text()
    return next(line for line in head.splitlines() if line.startswith("version"))


def _log(shop: Shop) -> str:
    return (shop.settings.catalog_dir / "schema-changes.md").read_text()


def test_no_difference_and_no_edit_after_a_successful_run(sales):
    code, document, printed = _diff(sales, "--write")
    assert (code, document["differences"], document["written"]) == (0, [], [])
    assert printed.startswith("candid · environment staging")
    assert _contract(sales) == SALES


def test_renamed_header_is_accepted_by_an_edit_of_its_line(sales):
    sales.change("edit", tab="Penjualan", cells={"B1": "Omzet"})
    assert not sales.run().succeeded
    code, document, _ = _diff(sales)
    ((kind, to, breaking),) = [(d["kind"], d["to"], d["breaking"]) for d in document["differences"]]
    assert (code, kind, to, breaking) == (1, "column_renamed", "Omzet", True)
    assert _contract(sales) == SALES
    code, document, _ = _diff(sales, "toko__sales", "--write")
    assert code == 0
    assert _contract(sales) == SALES.replace('"Jumlah"', '"Omzet"')
    assert _version(sales) == "version: 2.0.0"
    assert "### Renamed\n\n- `clean.toko__sales.amount_idr`: header 'Jumlah' is now" in _log(sales)
    assert sales.run().succeeded
    assert sales.query("select bool_and(resolved_at is not null) from meta.schema_changes") == [
        (True,)
    ]
    assert _diff(sales)[0] == 0


def test_new_columns_are_described_from_their_cells_and_raise_the_minor_version(sales):
    days = ["Tgl", *[f"{n}/08/2025" for n in range(13, 21)]]
    sales.change("insert_column", tab="Penjualan", column="B", values=days)
    sales.change("insert_column", tab="Penjualan", column="E", values=["Kota, Prov", *["Solo"] * 8])
    sales.run()
    code, _, _ = _diff(sales, "--write")
    assert (code, _version(sales)) == (0, "version: 1.1.0")
    text = _contract(sales)
    assert text.startswith(SALES)
    assert '{name: tgl, physicalName: "Tgl", logicalType: date' in text
    assert 'physicalName: "Kota, Prov"' in text
    record = sales.run()
    assert record.succeeded
    assert sales.query("select max(tgl)::varchar, min(kota_prov) from clean.toko__sales") == [
        ("2025-08-20", "Solo")
    ]
    assert "### Added" in _log(sales)


@pytest.mark.parametrize(("letter", "name"), [("B", "amount_idr"), ("C", "cashier")])
def test_a_lost_column_is_retired_and_never_deleted(sales, letter, name):
    sales.change("delete_column", tab="Penjualan", column=letter)
    assert not sales.run().succeeded
    assert _diff(sales, "--write")[0] == 0
    assert f"name: {name}" in _contract(sales)
    assert "property: retired" in _contract(sales)
    assert "required: false" in _contract(sales)
    assert _version(sales) == "version: 2.0.0"
    assert f"### Retired\n\n- `clean.toko__sales.{name}`" in _log(sales)
    assert sales.run().succeeded
    assert sales.query(f"select count(*), count({name}) from clean.toko__sales") == [(8, 0)]
    assert _diff(sales)[0] == 0


def test_removed_key_column_needs_a_person_s_decision(sales):
    sales.change("delete_column", tab="Penjualan", column="A")
    sales.run()
    code, document, _ = _diff(sales, "--write")
    assert code == 1
    assert "part of the key" in document["differences"][0]["by_hand"]
    assert (_contract(sales), _version(sales)) == (SALES, "version: 1.0.0")


def test_a_renamed_and_a_deleted_tab_are_accepted(sales):
    sales.change("rename_tab", tab="Penjualan", title="Jualan: '25")
    sales.run()
    assert _diff(sales, "--write")[0] == 0
    assert "physicalName: \"Jualan: '25\"   # the tab's title" in _contract(sales)
    assert _version(sales) == "version: 1.1.0"
    sales.run()
    sales.change("delete_tab", tab="Jualan: '25")
    assert not sales.run().succeeded
    assert _diff(sales, "--write")[0] == 0
    assert _version(sales) == "version: 2.0.0"
    assert sales.run().succeeded
    assert sales.query("select count(*) from clean.toko__sales") == [(8,)]
    assert _diff(sales)[0] == 0


def test_a_retyped_column_takes_the_type_of_its_cells(sales):
    sales.change("edit", tab="Penjualan", cells={f"B{n}": f"kode {n}" for n in range(2, 10)})
    assert not sales.run().succeeded
    assert _diff(sales, "--write")[0] == 0
    assert _contract(sales) == SALES.replace("logicalType: number", "logicalType: string")
    assert "### Retyped" in _log(sales)
    assert sales.run().succeeded


def test_an_edit_that_would_break_the_catalog_is_not_written(sales):
    model = sales.settings.catalog_dir / "workbooks" / "toko" / "other.yaml"
    model.write_text(
        SALES.replace("name: sales", "name: other")
        .replace("Penjualan", "Lain")
        .replace("name: cashier", "name: title")
    )
    sales.change("rename_tab", tab="Lain", title="Arsip")
    sales.change("rename_tab", tab="Penjualan", title="Lain")
    sales.run()
    code, document, printed = _diff(sales, "toko__sales", "--write")
    assert code == 1
    assert "title 'Lain' is that of" in document["problems"][0]
    assert "not written" in printed
    assert _contract(sales) == SALES


def test_unknown_name_exits_2_with_the_nearest_name(sales):
    variables = {"CANDID_CATALOG_DIR": str(sales.settings.catalog_dir)}
    done = CliRunner().invoke(main, ["contracts", "diff", "toko__sale"], env=variables)
    assert done.exit_code == 2
    assert "toko__sales" in done.output


FAMILY = """name: sales
physicalName: Bulanan
description: Receipts of every month.
customProperties: [{property: titlePattern, value: "(Jan|Feb|Mar)25"}]
properties:
  - {name: receipt_id, physicalName: "No Nota", logicalType: string, primaryKey: true, description: Receipt number.}
  - {name: amount_idr, physicalName: "Jumlah", logicalType: number, required: true, description: Amount.}
"""  # noqa: E501


def _month(name, header="Jumlah"):
    return [["No Nota", header], *([f"{name}{n}", n] for n in range(1, 6))]


@pytest.fixture
def family(shop):
    shop.contract("sales", FAMILY)
    shop.sheet(Jan25=_month("J"), Feb25=_month("F"))
    assert shop.run().succeeded
    return shop


def test_removed_member_is_archived(family):
    family.change("delete_tab", tab="Jan25")
    assert not family.run().succeeded
    assert _diff(family, "--write")[0] == 0
    assert '{property: archivedTabs, value: ["Jan25"]}' in _contract(family)
    assert family.run().succeeded
    assert family.query("select count(*) from clean.toko__sales") == [(10,)]
    family.change("delete_tab", tab="Feb25")
    family.change("add_tab", tab="Mar25", rows=_month("M"))
    family.run()
    assert _diff(family, "--write")[0] == 0
    assert 'value: ["Jan25", "Feb25"]}' in _contract(family)


def test_header_renamed_in_one_member_is_to_be_corrected_in_the_sheet(family):
    family.change("edit", tab="Jan25", cells={"B1": "Omzet"})
    family.run()
    code, document, _ = _diff(family, "--write")
    (difference,) = document["differences"]
    assert (code, difference["titles"]) == (1, ["Jan25"])
    assert "the other tabs of the family have it" in difference["by_hand"]


def test_a_header_renamed_in_every_member_is_accepted(family):
    for tab in ("Jan25", "Feb25"):
        family.change("edit", tab=tab, cells={"B1": "Omzet"})
    family.run()
    assert _diff(family, "--write")[0] == 0
    assert family.run().succeeded


def test_a_column_of_one_member_is_added_as_optional(family):
    family.change("insert_column", tab="Jan25", column="C", values=["Kota", *["Solo"] * 5])
    family.run()
    assert _diff(family, "--write")[0] == 0
    assert "property: optional, value: true" in _contract(family)
    assert family.run().succeeded
    assert family.query("select count(*), count(kota) from clean.toko__sales") == [(10, 5)]
