"""Invoices and their items in one tab: discovered, refreshed and joined, from a file and Sheets."""

import csv
from pathlib import Path

import pytest
from openpyxl import Workbook

from candid_assets.sandbox.files import import_folder
from candid_assets.sandbox.process import SandboxServer
from candid_assets_tests.discovery.test_line_kinds import faktur
from candid_assets_tests.end_to_end.conftest import Installation

pytestmark = pytest.mark.slow

ROWS = [*faktur(9), ["XX", "entah"]]
KINDS = ("fk", "lt", "of")
JOINED = (
    "SELECT f.nomor_faktur, count(*), sum(o.dpp) FROM clean.{0}_of AS o"
    " JOIN clean.{0}_fk AS f ON o.fk_row = f.row_number GROUP BY 1 ORDER BY 1"
)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    root = tmp_path_factory.mktemp("kinds")
    (root / "ekspor").mkdir()
    with (root / "ekspor" / "faktur.csv").open("w", newline="") as file:
        csv.writer(file).writerows(ROWS)
    book = Workbook()
    book.worksheets[0].title = "Faktur"
    for row in ROWS:
        book.worksheets[0].append(row)
    (root / "books").mkdir()
    book.save(root / "books" / "lembar.xlsx")
    import_folder(root / "books", root / "served")
    with SandboxServer(root / "served", quota=False) as server:
        variables = {
            "CANDID_ENV": "staging",
            "CANDID_CATALOG_DIR": str(root / "catalog"),
            **server.environment,
        }
        made = Installation(root / "data", variables)
        for source, more in (("lembar", ()), (str(root / "ekspor"), ("--type", "local"))):
            done = made.invoke("discover", source, "--workbook", Path(source).name, *more)
            assert done.exit_code == 0, done.stdout + done.stderr
        code, summary, text = made.run()
    assert code == 0, text
    assert not summary.get("undescribed"), summary
    return made


@pytest.mark.parametrize("book", ["lembar", "ekspor"])
def test_items_join_their_invoice(installation: Installation, book: str) -> None:
    joined = installation.query(JOINED.format(f"{book}__faktur"))
    assert [(number, items) for number, items, _ in joined] == [
        (f"00010025{n:05d}", n % 3 + 1) for n in range(9)
    ]
    assert [int(total) for _, _, total in joined[:3]] == [9000, 18001, 27003]


@pytest.mark.parametrize("book", ["lembar", "ekspor"])
def test_each_row_goes_to_one_table(installation: Installation, book: str) -> None:
    """Each line is clean or quarantined once; the other tables name it where they drop it."""
    kept: list[int] = []
    for kind in KINDS:
        table = f"{book}__faktur_{kind}"
        own = [
            row
            for layer in ("clean", "quarantine")
            for (row,) in installation.query(f"SELECT _row FROM {layer}.{table}")
        ]
        dropped = installation.query(
            'SELECT _row, rule FROM meta.dropped_rows WHERE "table" = ?', [table]
        )
        rules = {rule for row, rule in dropped if row > len(KINDS)}
        assert rules == {"other_line"}
        assert sorted([*own, *(row for row, _ in dropped)]) == list(range(1, len(ROWS) + 1))
        kept += own
    assert sorted(kept) == list(range(len(KINDS) + 1, len(ROWS) + 1))
    assert installation.query(f"SELECT _row FROM quarantine.{book}__faktur_fk") == [(len(ROWS),)]
