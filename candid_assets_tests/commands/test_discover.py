"""`candid discover` and then `candid run`: a workbook nobody described, over real HTTP."""

import json
from datetime import date
from pathlib import Path

import pytest

from candid_assets.sandbox.edits import change_workbook
from candid_assets.sandbox.process import SandboxServer
from candid_assets.sandbox.workbook import CellError, Dated, SampleTab, SampleWorkbook
from candid_assets_tests.end_to_end.conftest import Installation


def day(number: int, month: int = 1) -> Dated:
    return Dated((date(2025, month, number) - date(1899, 12, 30)).days, "dd/mm/yyyy")


def sales(month: int) -> list:
    head = [["Penjualan"], [], ["No Nota", "Tgl", "Outlet", "Jumlah (Rp)"]]
    rows = [[f"N{month}{n:02d}", day(n, month), "Pasar", f"{n}.250.000,50"] for n in range(1, 13)]
    return [*head, *rows, ["Total", None, None, 99], [], ["Catatan: belum diperiksa"]]


def stock() -> list:
    head = [["Kode", "Nama", "Stok", None, None]]
    rows = [[f"B{n:02d}", f"Barang {n}", n, None, None] for n in range(20)]
    rows[3][2] = CellError("#REF!")
    rows[5][2] = "habis"
    rows[7][4] = "cek gudang"
    return [*head, *rows]


def wrong_locale() -> list:
    rows = [[f"B{n}", 12.5 + n if n % 2 else f"{n + 1}.250.000"] for n in range(12)]
    return [["Kode", "Harga"], *rows]


@pytest.fixture(scope="module")
def discovered(tmp_path_factory: pytest.TempPathFactory):
    root = tmp_path_factory.mktemp("discover")
    tabs = [
        SampleTab(1, "Jan25", sales(1)),
        SampleTab(2, "Feb25", sales(2)),
        SampleTab(3, "Stok", stock()),
        SampleTab(6, "Target Q1", [["Produk", "Target"], *([f"P{n}", n] for n in range(9))]),
        SampleTab(7, "Target Q2", [["Produk", "Target"], *([f"P{n}", n] for n in range(9))]),
        SampleTab(4, "Grafik", [], sheet_type="OBJECT"),
        SampleTab(5, "Kosong", []),
    ]
    SampleWorkbook("toko-id", "Toko", tabs).save(root / "books")
    mixed = [SampleTab(1, "Harga", wrong_locale())]
    SampleWorkbook("luar-id", "Luar", mixed, locale="en_US").save(root / "books")
    with SandboxServer(root / "books", quota=False) as server:
        variables = {
            "CANDID_ENV": "staging",
            "CANDID_CATALOG_DIR": str(root / "catalog"),
            "CANDID_READS_PER_MINUTE": "1000",
            **server.environment,
        }
        installation = Installation(root / "data", variables)
        reports = {}
        for name, spreadsheet in (("toko", "toko-id"), ("luar", "luar-id")):
            done = installation.invoke("discover", spreadsheet, "--workbook", name, "--json")
            assert done.exit_code == 0, done.stderr
            reports[name] = (json.loads(done.stdout), done.stderr)
        code, summary, text = installation.run()
        yield installation, reports, (code, summary, text), root


def test_discover_lists_tables_and_says_why_the_others_are_none(discovered):
    _, reports, _, root = discovered
    report, text = reports["toko"]
    assert text.splitlines()[0].startswith("candid · environment staging")
    assert [t["titles"] for t in report["tables"]] == [
        ["Jan25", "Feb25"],
        ["Stok"],
        ["Target Q1", "Target Q2"],
    ]
    assert {t["title"]: t["code"] for t in report["not_tables"]} == {
        "Grafik": "chart",
        "Kosong": "empty",
    }
    monthly = (root / "catalog/workbooks/toko/monthly.yaml").read_text()
    assert "physicalName: _tab" in monthly
    assert "# number: 24 of 24 cells" in monthly


def test_the_run_accepts_what_discover_wrote(discovered):
    installation, reports, (code, summary, text), _ = discovered
    assert code == 0, text
    assert summary["rows_quarantined"] == sum(
        table["quarantined"] for report, _ in reports.values() for table in report["tables"]
    )
    assert installation.query("select count(*) from clean.toko__monthly") == [(24,)]
    assert installation.query(
        "select tab_title, count(*) from clean.toko__target group by all order by all"
    ) == [("Target Q1", 9), ("Target Q2", 9)]


def test_every_cell_is_in_clean_or_quarantine_or_a_named_region(discovered):
    installation, _, _, _ = discovered
    dropped = installation.query(
        "select rule, count(*) from meta.dropped_rows where \"table\" = 'toko__monthly' "
        "group by all order by all"
    )
    assert dict(dropped) == {
        "above_header": 4,
        "below_table": 2,
        "blank_row": 2,
        "header": 2,
        "total_row": 2,
    }
    assert installation.query(
        "select letter, rule, cells from meta.outside_cells where \"table\" = 'toko__stok'"
    ) == [("E", "ignored_header", 1)]
    rows = installation.query("select _row from quarantine.toko__stok order by _row")
    assert rows == [(5,), (7,)]


def test_a_column_that_the_locale_misread_is_blocked_and_its_cells_named(discovered):
    installation, reports, _, _ = discovered
    (table,) = reports["luar"][0]["tables"]
    (block,) = table["blocked"]
    assert block["column"] == "harga"
    assert block["cells"] == ["B3", "B5", "B7", "B9", "B11", "B13"]
    reasons = installation.query(
        "select distinct why.reason from (select unnest(_reasons) as why from "
        "quarantine.luar__harga)"
    )
    assert reasons == [("blocked_column",)]
    assert installation.query("select sum(harga) from clean.luar__harga")[0][0] == 37_500_000


def test_a_contract_that_stands_is_kept_unless_forced(discovered):
    installation, _, _, root = discovered
    path = root / "catalog/workbooks/toko/stok.yaml"
    edited = path.read_text().replace("One row for each", "One product for each")
    path.write_text(edited)
    again = installation.invoke("discover", "toko-id", "--workbook", "toko")
    assert again.exit_code == 0, again.stderr
    assert "kept      Stok: stok.yaml exists already" in again.stdout
    assert path.read_text() == edited
    assert "nothing written for Toko" in again.stdout
    forced = installation.invoke(
        "discover", "toko-id", "--workbook", "toko", "--tab", "stok", "--force", "--json"
    )
    assert forced.exit_code == 0, forced.stderr
    assert path.read_text() != edited


def test_discover_ends_with_the_command_that_refreshes_the_workbook_as_it_stands(discovered):
    installation, _, _, root = discovered
    elsewhere = root / "elsewhere"
    bare = Installation(installation.data, {**installation.variables, "CANDID_ENV": "sample"})
    options = ("--workbook", "toko", "--into", str(elsewhere))
    done = bare.invoke("discover", "toko-id", *options)
    assert done.exit_code == 0, done.stderr
    assert done.stdout.splitlines()[-1] == (
        "review them, then: candid contracts validate && "
        f"CANDID_ENV=staging CANDID_CATALOG_DIR={elsewhere} candid run --workbook toko"
    )


def test_workbook_that_is_not_shared_is_reported_with_the_fix(discovered):
    installation, _, _, root = discovered
    done = installation.invoke("discover", "nowhere", "--workbook", "baru")
    assert done.exit_code == 1
    assert "workbook baru" in done.stderr
    assert "share" in done.stderr
    assert not Path(root / "catalog/workbooks/baru").exists()


@pytest.mark.parametrize("name", ["Sales 2025", "a__b", "2025"])
def test_a_name_that_is_no_identifier_is_refused(discovered, name):
    installation, _, _, _ = discovered
    done = installation.invoke("discover", "toko-id", "--workbook", name)
    assert done.exit_code == 2
    assert "snake_case" in done.stderr


def test_again_shows_what_is_new_takes_it_in_and_then_changes_no_byte(discovered):
    installation, _, _, root = discovered
    folder = root / "catalog/workbooks/toko"
    path = folder / "stok.yaml"
    edited = path.read_text().replace("description:", "description: ", 1) + "# checked by Sari\n"
    path.write_text(edited)
    again = ("discover", "--again", "--workbook", "toko")
    change_workbook(
        root / "books", "toko-id", {"do": "edit", "tab": "Stok", "cells": {"D1": "Rak"}}
    )
    new = installation.invoke(*again, "--json")
    news = json.loads(new.stdout)
    assert (new.exit_code, news["files"], path.read_text()) == (1, [], edited)
    assert [(n["kind"], n["table"]) for n in news["news"]] == [("new_column", "stok")]
    assert '+  - {name: rak, physicalName: "Rak"' in news["diff"]
    taken = installation.invoke(*again, "--write")
    assert taken.exit_code == 0, taken.stderr
    assert "written to" in taken.stdout
    assert set(edited.splitlines()) < set(path.read_text().splitlines())
    before = {each.name: each.read_bytes() for each in folder.iterdir()}
    settled = installation.invoke(*again, "--write")
    assert settled.exit_code == 0
    assert "nothing is new in Toko" in settled.stdout
    assert {each.name: each.read_bytes() for each in folder.iterdir()} == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "say which SOURCE, or --again"),
        (("toko-id", "--again"), "leave SOURCE out"),
        (("toko-id", "--write"), "--write belongs to --again"),
        (("--again", "--force"), "choose one"),
    ],
)
def test_options_that_do_not_go_together_are_refused(discovered, arguments, words):
    installation, _, _, _ = discovered
    done = installation.invoke("discover", *arguments, "--workbook", "toko")
    assert done.exit_code == 2
    assert words in done.stderr


def test_again_for_a_workbook_without_contracts_says_how_to_begin(discovered):
    installation, _, _, _ = discovered
    done = installation.invoke("discover", "--again", "--workbook", "baru")
    assert done.exit_code == 2
    assert "candid discover SOURCE --workbook baru" in done.stderr
