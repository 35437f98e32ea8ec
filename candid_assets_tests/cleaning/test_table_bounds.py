"""Where a table begins and ends in its tab, and what a contract leaves out by name."""

from typing import Any

from duckdb import DuckDBPyConnection

from candid_assets.cleaning.cleaning_sql import cleaning_sql
from candid_assets.cleaning.header_search import find_header
from candid_assets.cleaning.undeclared_columns import undeclared_cells
from candid_assets.contracts.catalog import Tab
from candid_assets.contracts.header_map import HeaderMap
from candid_assets_tests.cleaning.kit import PREFIX, column, load_raw, outcome, tab_of

NAME = column("name", header="Nama")
AMOUNT = column("amount", "number", header="Jumlah")


def clean(connection: DuckDBPyConnection, tab: Tab, rows: list[list[Any]]) -> Any:
    """Find the header as a run does, then clean; return the outcome and what stands outside."""
    width = max(map(len, rows))
    texts = [[c[1] if isinstance(c, tuple) else c for c in row] for row in rows]
    header = find_header(tab, [row + [None] * (width - len(row)) for row in texts])
    assert isinstance(header, HeaderMap), str(header)
    load_raw(connection, rows, width)
    sql = cleaning_sql(tab, header, raw="temp.raw_tab", extract="h", link_prefix=PREFIX)
    sql.run(connection)
    undeclared = undeclared_cells(
        connection, tab, header, ("temp.raw_tab", "temp.staged_clean"), "h"
    )
    return outcome(connection, sql), undeclared


def test_every_row_of_a_header_is_dropped_also_where_it_is_repeated(
    connection: DuckDBPyConnection,
) -> None:
    head = [["Nama", "Jumlah"], [None, "(Rp)"]]
    tab = tab_of(NAME, column("amount", "number", header="Jumlah (Rp)"), header_rows=2)
    cleaned, _ = clean(connection, tab, [["Judul"], *head, ["a", "1"], *head, ["b", "2"]])
    assert cleaned.rows == [4, 7]
    assert cleaned.dropped == {
        1: "above_header",
        2: "header",
        3: "header",
        5: "repeated_header",
        6: "repeated_header",
    }


def test_content_below_the_table_is_dropped_by_name(connection: DuckDBPyConnection) -> None:
    tab = tab_of(NAME, AMOUNT, ends_at=("Catatan:",))
    rows = [["Nama", "Jumlah"], ["a", "1"], [], ["catatan: harga lama"], ["z", "9"]]
    cleaned, _ = clean(connection, tab, rows)
    assert cleaned.rows == [2]
    assert cleaned.dropped == {1: "header", 3: "blank_row", 4: "below_table", 5: "below_table"}


def test_a_note_beside_the_table_does_not_end_it(connection: DuckDBPyConnection) -> None:
    tab = tab_of(AMOUNT, ends_at=("Catatan",))
    rows = [["Jumlah"], [("n", "1"), None, "Catatan"], [("n", "2")]]
    cleaned, undeclared = clean(connection, tab, rows)
    assert cleaned.rows == [2, 3]
    assert [line[3:8] for line in undeclared] == [("C", "not_in_contract", 1, "C2", "C2")]


def test_notes_beside_the_table_are_dropped_by_name_and_recorded(
    connection: DuckDBPyConnection,
) -> None:
    tab = tab_of(NAME, AMOUNT, ignored_headers=("(column D)",))
    rows = [["Nama", "Jumlah"], ["a", "1", None, "cek"], [None, None, None, "lagi"]]
    cleaned, undeclared = clean(connection, tab, rows)
    assert cleaned.rows == [2]
    assert cleaned.dropped == {1: "header", 3: "beside_table"}
    assert [line[3:6] for line in undeclared] == [("D", "ignored_header", 1)]


def test_the_row_that_counts_the_columns_is_dropped_only_where_the_contract_says_so(
    connection: DuckDBPyConnection,
) -> None:
    rows = [["Nama", "Jumlah"], ["(1)", "(2)"], ["a", "1"]]
    cleaned, _ = clean(connection, tab_of(NAME, AMOUNT, column_numbers=True), rows)
    assert cleaned.dropped == {1: "header", 2: "column_numbers"}
    plain, _ = clean(connection, tab_of(NAME, AMOUNT), rows)
    assert plain.dropped == {1: "header"}


def test_a_blocked_column_refuses_what_the_sheet_read_and_takes_text(
    connection: DuckDBPyConnection,
) -> None:
    blocked = column(
        "amount", "number", header="Jumlah", options={"blocked": "en_US read Indonesian hands"}
    )
    rows = [["Nama", "Jumlah"], ["a", "1.250.000"], ["b", ("n", "12.5")], ["c", None]]
    cleaned, _ = clean(connection, tab_of(NAME, blocked), rows)
    assert cleaned.rows == [2, 4]
    (why,) = cleaned.quarantine[3]
    assert (why["cell"], why["reason"]) == ("B3", "blocked_column")
    assert "en_US read Indonesian hands" in why["message"]


def test_zero_byte_in_a_header_does_not_cut_the_query(connection: DuckDBPyConnection) -> None:
    named = column("name", header="Na\0ma")
    cleaned, _ = clean(connection, tab_of(named, AMOUNT), [["Na\0ma", "Jumlah"], ["a", "1"]])
    assert cleaned.rows == [2]
