"""Several kinds of line in one tab: each table takes its own, and each line goes to one table."""

from duckdb import DuckDBPyConnection

from candid_assets.cleaning.cleaning_sql import cleaning_sql
from candid_assets.cleaning.header_search import find_header
from candid_assets.cleaning.raw_content import raw_content
from candid_assets.contracts.catalog import Tab
from candid_assets.contracts.header_map import HeaderMap
from candid_assets_tests.cleaning.kit import Cell, Outcome, column, load_raw, outcome, tab_of

ROWS: list[list[Cell]] = [
    ["FK", "NOMOR", "TANGGAL"],
    ["LT", "NPWP", "NAMA"],
    ["OF", "KODE", "HARGA"],
    ["FK", "0001", "13/01/2025"],
    ["LT", "99.1", "Toko Satu"],
    ["OF", "A1", "1000"],
    ["OF", "A1", "1000"],
    ["fk", "0002", "14/01/2025"],
    ["OF ", "B7", "250"],
    ["XX", "entah", "apa"],
    [None, "tanpa", "jenis"],
    [None, None, None],
]


def _top() -> Tab:
    return tab_of(
        column("jenis", header="FK", required=True, enum=("FK",), options={"letter_case": "upper"}),
        column("baris", "integer", header="_row"),
        column("nomor", primary_key_position=1),
        column("tanggal", "date"),
        lines_where={"jenis": "FK"},
        other_lines=("LT", "OF"),
    )


def _under(kind: str, *headers: str) -> Tab:
    columns = [column(h.lower(), header=h) for h in headers]
    return tab_of(
        column("jenis", header=kind),
        column("baris_fk", "integer", header="_parent", required=True, primary_key_position=1),
        column("baris", "integer", header="_row", primary_key_position=2),
        *columns,
        lines_where={"jenis": kind},
        lines_under="FK",
    )


def _cleaned(connection: DuckDBPyConnection, tab: Tab, rows: list[list[Cell]]) -> Outcome:
    load_raw(connection, rows, 3)
    header = find_header(tab, [[str(c) if c else None for c in row] for row in rows])
    assert isinstance(header, HeaderMap)
    content = raw_content(connection, "raw_tab", tab, header)
    sql = cleaning_sql(tab, header, raw="raw_tab", extract="h", link_prefix="", content=content)
    sql.run(connection)
    return outcome(connection, sql)


def _outcomes(connection: DuckDBPyConnection) -> list[Outcome]:
    tabs = (_top(), _under("LT", "NPWP", "NAMA"), _under("OF", "KODE", "HARGA"))
    return [_cleaned(connection, tab, ROWS) for tab in tabs]


def test_each_kind_of_line_is_a_table(connection: DuckDBPyConnection) -> None:
    top, party, item = _outcomes(connection)
    assert top.rows == [4, 8]
    assert party.rows == [5]
    assert item.rows == [6, 7, 9]


def test_items_know_the_row_of_their_invoice(connection: DuckDBPyConnection) -> None:
    top, _, item = _outcomes(connection)
    assert [line[1] for line in top.clean] == [4, 8]
    assert [line[1:4] for line in item.clean] == [(4, 6, "A1"), (4, 7, "A1"), (8, 9, "B7")]


def test_a_line_of_an_unknown_kind_is_quarantined_once(connection: DuckDBPyConnection) -> None:
    top, party, item = _outcomes(connection)
    assert ("jenis", "not_allowed") in top.reasons(10)
    assert ("jenis", "missing_value") in top.reasons(11)
    assert not party.quarantine
    assert not item.quarantine


def test_every_row_goes_to_one_table_and_the_others_drop_it_by_name(
    connection: DuckDBPyConnection,
) -> None:
    outcomes = _outcomes(connection)
    for number in range(4, 12):
        kept = [number in o.rows or number in o.quarantine for o in outcomes]
        assert sum(kept) == 1, number
        rules = {o.dropped.get(number) for o, mine in zip(outcomes, kept, strict=True) if not mine}
        assert rules == {"other_line"}, number
    assert {o.dropped[12] for o in outcomes} == {"blank_row"}


def test_an_item_before_any_invoice_is_quarantined(connection: DuckDBPyConnection) -> None:
    rows = [*ROWS[:3], ["OF", "Z9", "1"], *ROWS[3:]]
    item = _cleaned(connection, _under("OF", "KODE", "HARGA"), rows)
    assert item.reasons(4) == [("baris_fk", "missing_value")]
