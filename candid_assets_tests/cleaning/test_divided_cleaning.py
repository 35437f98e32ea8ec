"""A table that is cleaned in parts is the table that is cleaned whole, to the cell."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from duckdb import DuckDBPyConnection
from hypothesis import given, settings
from hypothesis import strategies as st

from candid_assets.cleaning import raw_file
from candid_assets.cleaning.cleaned_files import KINDS, stage
from candid_assets.cleaning.cleaning_sql import CleaningTables
from candid_assets.cleaning.divided_cleaning import clean_in_parts
from candid_assets.cleaning.divided_sql import divided_sql, whole_because
from candid_assets.cleaning.raw_content import raw_content
from candid_assets.cleaning.raw_file import export_raw
from candid_assets.cleaning.undeclared_columns import free_places, reported, undeclared_cells
from candid_assets.contracts.catalog import RowRule, Tab
from candid_assets.contracts.header_map import HeaderMap
from candid_assets.engines.tasks import Tasks
from candid_assets_tests.cleaning.kit import PREFIX, Cell, column, run_cleaning, tab_of
from candid_assets_tests.engines.local_tasks import LocalTasks

RAW = "temp.raw_tab"
NAMES = CleaningTables("put_clean", "put_quarantine", "put_dropped")
ORDERS = tab_of(
    column("order_id", primary_key_position=1),
    column("line", "integer", primary_key_position=2),
    column("amount", "number", "DECIMAL(38,10)"),
    column("phone", unique=True),
    column("day", "date", required=True),
    column("share", "number", "DOUBLE"),
    column("at", "time"),
)
FEW = tab_of(
    column("order_id", primary_key_position=1),
    column("phone", unique=True),
    column("day", "date", required=True),
)
BLANK: Cell = None
orders = st.tuples(
    st.sampled_from([BLANK, "A", "B", "C", "Total"]),
    st.sampled_from([("n", "1"), ("n", "2"), "x"]),
    st.sampled_from([BLANK, ("n", "12.5"), "1.250,75", "1/0", ("e", "#N/A")]),
    st.sampled_from([BLANK, "0811", "0812", "0813", "0814", "0815", "0816", "0817"]),
    st.sampled_from(["17/08/2025", ("d", "2025-08-18"), BLANK]),
    st.sampled_from([("n", "0.1"), BLANK]),
    st.sampled_from([("h", "07:30:00"), "25:99"]),
    st.sampled_from([BLANK, "beside"]),
)


def part_of(rows: int) -> pytest.MonkeyPatch:
    """Clean so many rows together."""
    patch = pytest.MonkeyPatch()
    patch.setattr(raw_file, "PART_CELLS", 1)
    patch.setattr(raw_file, "_VECTOR", rows)
    return patch


def content_of(connection: DuckDBPyConnection, relation: str) -> list[Any]:
    """Return names, types and rows as they stand; rows in their order."""
    described = connection.execute(f"DESCRIBE {relation}").fetchall()
    return [described, connection.execute(f"FROM {relation}").fetchall()]


def in_parts(connection: DuckDBPyConnection, tab: Tab, size: int, tasks: Tasks) -> list[Any]:
    """Clean what lies in the raw table in parts of so many rows; return the tables."""
    header = HeaderMap(1, {c.name: i for i, c in enumerate(tab.columns, start=1)})
    content = raw_content(connection, RAW, tab, header)
    assert whole_because(tab, header, content) == ""
    plan = divided_sql(tab, header, content, extract="hash-1", link_prefix=PREFIX)
    places = free_places(connection, header, RAW)
    patch = part_of(size)
    raw = export_raw(connection, RAW, tasks.folder / "raw.parquet")
    assert raw is not None
    cleaned = clean_in_parts(plan, raw, places, tasks)
    patch.undo()
    stage(connection, tab, cleaned, NAMES, numbered=False)
    tables = [content_of(connection, f"put_{kind}") for kind in KINDS]
    connection.execute("DROP VIEW put_clean")
    connection.execute("DROP VIEW put_dropped")
    undeclared = reported(tab, header, places, cleaned.undeclared, "hash-1") if places else []
    return [*tables, undeclared]


def whole(connection: DuckDBPyConnection, tab: Tab, rows: list[list[Cell]]) -> list[Any]:
    run_cleaning(connection, tab, rows)
    header = HeaderMap(1, {c.name: i for i, c in enumerate(tab.columns, start=1)})
    undeclared = undeclared_cells(connection, tab, header, (RAW, "temp.staged_clean"), "hash-1")
    return [*(content_of(connection, f"staged_{kind}") for kind in KINDS), undeclared]


def both_alike(
    connection: DuckDBPyConnection, tab: Tab, rows: list[list[Cell]], size: int
) -> tuple[list[Any], int]:
    expected = whole(connection, tab, rows)
    with TemporaryDirectory() as folder:
        tasks = LocalTasks(Path(folder))
        tables = in_parts(connection, tab, size, tasks)
    assert tables == expected
    return tables, tasks.ran


ONCE = [f"A{n}" for n in range(9)]


def row_of(key: str, phone: Cell = BLANK, day: str = "17/08/2025") -> list[Cell]:
    return [key, phone, day]


def test_rows_that_share_a_key_are_found_in_whatever_parts_they_lie(
    connection: DuckDBPyConnection,
) -> None:
    rows = [row_of(key) for key in ONCE]
    rows[7] = row_of("A0", day="18/08/2025")
    tables, _ = both_alike(connection, FEW, rows, 5)
    assert [line[0] for line in tables[1][1]] == [2, 9]


def test_a_row_that_repeats_one_of_an_earlier_part_is_dropped(
    connection: DuckDBPyConnection,
) -> None:
    rows = [row_of(key) for key in ("A0", "A1", "A2", "A3", "A0", "A0")]
    tables, _ = both_alike(connection, FEW, rows, 3)
    dropped = [(line[3], line[4]) for line in tables[2][1]]
    assert dropped == [(1, "header"), (6, "exact_duplicate"), (7, "exact_duplicate")]


def test_a_row_that_loses_its_key_does_not_hold_a_unique_value(
    connection: DuckDBPyConnection,
) -> None:
    tab = replace(FEW, options=replace(FEW.options, duplicate_keys="keep_first"))
    rows = [row_of("A0"), row_of("A1"), row_of("A0", "0811"), row_of("A3", "0811")]
    tables, _ = both_alike(connection, tab, rows, 1)
    assert [line[0] for line in tables[1][1]] == [4]


def test_quarantined_rows_of_one_name_are_numbered_through_all_parts(
    connection: DuckDBPyConnection,
) -> None:
    rows = [row_of("A0", day="x"), row_of("A1"), row_of("A0", day="y"), row_of("A0", day="z")]
    tables, _ = both_alike(connection, FEW, rows, 2)
    assert [line[3] for line in tables[1][1]] == ["key A0", "key A0 #2", "key A0 #3"]


def test_only_parts_with_rows_that_share_something_are_cleaned_again(
    connection: DuckDBPyConnection,
) -> None:
    rows = [row_of(key) for key in ONCE]
    _, alone = both_alike(connection, FEW, rows, 4)
    rows[7] = row_of("A8", day="18/08/2025")
    _, shared = both_alike(connection, FEW, rows, 4)
    parts, compared, judged, again = 3, 1, 1, 1
    assert alone == parts + compared
    assert shared == parts + compared + judged + again


def test_a_table_without_keys_is_cleaned_in_one_step(connection: DuckDBPyConnection) -> None:
    tab = tab_of(column("a"), column("b", "number"))
    _, tasks = both_alike(connection, tab, [["x", "1"], ["x", "1"], ["y", "z"]], 2)
    assert tasks == 2


def test_broken_row_rules_are_found_in_parts(connection: DuckDBPyConnection) -> None:
    rule = RowRule("small", "a < b", '"a" >= "b"', ("a", "b"), "error")
    tab = replace(
        tab_of(column("k", primary_key_position=1), column("a", "number"), column("b", "number")),
        row_rules=(rule,),
    )
    rows: list[list[Cell]] = [["1", "1", "2"], ["2", "3", "2"], ["3", "5", "x"], ["1", "4", "4"]]
    tables, _ = both_alike(connection, tab, rows, 2)
    assert [line[0] for line in tables[1][1]] == [2, 3, 4, 5]


@pytest.mark.slow
@settings(max_examples=25)
@given(
    rows=st.lists(orders.map(list), min_size=4, max_size=14),
    size=st.integers(3, 6),
    policy=st.sampled_from(["quarantine", "keep_first", "keep_last"]),
    repeats=st.booleans(),
)
def test_any_rows_in_any_parts_give_the_same_tables(
    connection: DuckDBPyConnection,
    rows: list[list[Cell]],
    size: int,
    policy: Any,
    repeats: bool,
) -> None:
    options = replace(ORDERS.options, duplicate_keys=policy, drop_exact_duplicates=repeats)
    both_alike(connection, replace(ORDERS, options=options), rows, size)
