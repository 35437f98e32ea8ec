"""The statements of one tab: typed tables, whole and in the sheet's order, whatever the names."""

from duckdb import DuckDBPyConnection
from hypothesis import given, settings
from hypothesis import strategies as st

from candid_assets.cleaning.cleaning_sql import CleaningTables, cleaning_sql
from candid_assets.contracts.header_map import HeaderMap
from candid_assets_tests.cleaning.kit import (
    PREFIX,
    Cell,
    column,
    outcome,
    run_cleaning,
    tab_of,
    with_options,
)

EVERY_TYPE = tab_of(
    column("order_id", primary_key_position=1, pattern="SO-[0-9]+"),
    column("line", "integer", primary_key_position=2),
    column("amount", "number", options={"round_to_scale": True}),
    column("paid", "boolean"),
    column("day", "date", required=True),
    column("seen", "timestamp"),
    column("at", "time"),
    column("phone", unique=True, options={"phone": True}),
    column("note", max_length=12, options={"optional": True}),
)


def test_a_clean_table_has_the_contract_s_types_even_where_all_is_blank(
    connection: DuckDBPyConnection,
) -> None:
    cleaned = run_cleaning(connection, EVERY_TYPE, [["SO-1", ("n", "1"), *[None] * 7]])
    assert cleaned.reasons(2) == [("day", "missing_value")]
    described = connection.execute("DESCRIBE staged_clean").fetchall()
    assert [line[:2] for line in described] == [
        ("order_id", "VARCHAR"),
        ("line", "BIGINT"),
        ("amount", "DECIMAL(18,2)"),
        ("paid", "BOOLEAN"),
        ("day", "DATE"),
        ("seen", "TIMESTAMP"),
        ("at", "TIME"),
        ("phone", "VARCHAR"),
        ("note", "VARCHAR"),
        ("_row", "INTEGER"),
        ("_extract", "VARCHAR"),
    ]


def test_columns_are_taken_from_where_the_header_stands(connection: DuckDBPyConnection) -> None:
    tab = tab_of(column("a"), column("b"), column("c", "number", options={"optional": True}))
    cleaned = run_cleaning(
        connection,
        tab,
        [["1", "side", "2"]],
        positions={"a": 3, "b": 1},
        headers=["B", "CATATAN", "A"],
    )
    assert cleaned.clean == [("2", "1", None, 2, "hash-1")]


def test_a_tab_without_rows_gives_empty_tables(connection: DuckDBPyConnection) -> None:
    cleaned = run_cleaning(connection, EVERY_TYPE, [])
    assert (cleaned.clean, cleaned.quarantine, cleaned.dropped) == ([], {}, {1: "header"})


def test_a_tab_wider_than_the_alphabet_names_its_cells(connection: DuckDBPyConnection) -> None:
    columns = [column(f"c{n}", "number") for n in range(1, 29)]
    cleaned = run_cleaning(connection, tab_of(*columns), [[*["1"] * 27, "x"]])
    assert cleaned.quarantine[2][0]["cell"] == "AB2"


def test_quotes_in_names_and_words_are_escaped(
    connection: DuckDBPyConnection,
) -> None:
    odd = column(
        'a"b',
        header="Jum'at; DROP TABLE x --",
        enum=("it's",),
        pattern="it's|[0-9]'",
        options={
            "synonyms": {"o'clock": "it's"},
            "blank_words": ("''",),
        },
    )
    second = column("A", "boolean", options={"true_words": ("y'a",)})
    tab = tab_of(odd, second, total_words=("tot'al (.*)",))
    cleaned = run_cleaning(connection, tab, [["O'Clock", "Y'A"], ["'", None], ["''", None]])
    assert cleaned.values(2) == ("it's", True)
    assert cleaned.reasons(3) == [('a"b', "bad_pattern"), ('a"b', "not_allowed")]
    assert cleaned.values(4) == (None, None)


def test_contract_names_equal_to_sheet_letters_do_not_mix(connection: DuckDBPyConnection) -> None:
    tab = tab_of(column("b", header="Satu"), column("a", header="Dua"))
    cleaned = run_cleaning(connection, tab, [["1", "2"]])
    assert cleaned.values(2) == ("1", "2")


def test_staged_tables_have_the_requested_names(connection: DuckDBPyConnection) -> None:
    run_cleaning(connection, EVERY_TYPE, [])
    staged = CleaningTables("next clean", "next_quarantine", "next_dropped")
    header = HeaderMap(1, {c.name: i for i, c in enumerate(EVERY_TYPE.columns, start=1)})
    sql = cleaning_sql(
        EVERY_TYPE,
        header,
        raw="temp.raw_tab",
        extract="it's",
        link_prefix=PREFIX,
        staged=staged,
    )
    sql.run(connection)
    tables = {line[0] for line in connection.execute("SHOW TABLES").fetchall()}
    assert {"next clean", "next_quarantine", "next_dropped"} <= tables
    assert not {name for name in tables if name.startswith("cleaning_")}
    assert connection.execute("SELECT _extract FROM next_dropped").fetchall() == [("it's",)]


cells = st.one_of(
    st.none(),
    st.text(max_size=6),
    st.sampled_from(
        [
            "SO-1", "SO-2", "so-1", " SO-1 ", "Total", "JUMLAH", "-", "ORDER_ID", "1", "1.250",
            "1.5", "ya", "17/08/2025", "31/02/2025", "17/08/2025 14.30", "0812-3456-7890", "\u00a0",
        ]
    ),
    st.sampled_from(
        [("n", "1"), ("n", "12.5"), ("n", "0.1"), ("b", "TRUE"), ("d", "2025-08-17"),
         ("s", "2025-08-17 14:30:00"), ("h", "14:30:00"), ("e", "#REF!")]
    ),
)  # fmt: skip
tables = st.lists(st.lists(cells, min_size=0, max_size=10), min_size=0, max_size=25)


@settings(max_examples=40, deadline=None)
@given(
    rows=tables,
    repeated=st.booleans(),
    titles=st.integers(min_value=0, max_value=3),
    policy=st.sampled_from(["quarantine", "keep_first", "keep_last"]),
)
def test_every_raw_row_is_in_exactly_one_table(
    connection: DuckDBPyConnection,
    rows: list[list[Cell]],
    repeated: bool,
    titles: int,
    policy: str,
) -> None:
    tab = with_options(EVERY_TYPE, duplicate_keys=policy)
    every = [*rows, *rows] if repeated else rows
    cleaned = run_cleaning(connection, tab, every, title_rows=[["Judul"]] * titles)
    ended = [*cleaned.rows, *cleaned.quarantine, *cleaned.dropped]
    assert sorted(ended) == list(range(1, titles + len(every) + 2))
    assert cleaned.rows == sorted(cleaned.rows)
    assert all(whys for whys in cleaned.quarantine.values())
    keys = [line[:2] for line in cleaned.clean]
    assert len(keys) == len(set(keys))
    phones = [line[7] for line in cleaned.clean if line[7] is not None]
    assert len(phones) == len(set(phones))


@settings(max_examples=15, deadline=None)
@given(rows=tables)
def test_the_same_rows_give_the_same_tables(
    connection: DuckDBPyConnection, rows: list[list[Cell]]
) -> None:
    first = run_cleaning(connection, EVERY_TYPE, rows)
    first.sql.run(connection)
    again = outcome(connection, first.sql)
    assert (again.clean, again.quarantine, again.dropped) == (
        first.clean,
        first.quarantine,
        first.dropped,
    )
