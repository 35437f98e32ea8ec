"""A table that is judged by other rules than before is what reading it again gives."""

from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest
from duckdb import DuckDBPyConnection
from hypothesis import given, settings
from hypothesis import strategies as st

from candid_assets.cleaning import slices_sql
from candid_assets.cleaning.cleaning_sql import CleaningSql, cleaning_sql, rows_alone
from candid_assets.cleaning.judge_again_sql import Judged, again_sql
from candid_assets.cleaning.quarantine_sql import no_quarantine_sql
from candid_assets.cleaning.raw_content import RawContent, raw_content
from candid_assets.cleaning.rows_sql import placed_columns
from candid_assets.contracts.catalog import Column, RowRule, Tab
from candid_assets.contracts.header_map import HeaderMap
from candid_assets_tests.cleaning.kit import PREFIX, Cell, column, load_raw, tab_of
from candid_assets_tests.cleaning.test_cleaning_sql import EVERY_TYPE, cells
from candid_assets_tests.cleaning.test_wide_tables import tables_of

RAW = "temp.raw_tab"


def load(connection: DuckDBPyConnection, tab: Tab, rows: list[list[Cell]]) -> HeaderMap:
    load_raw(connection, [[c.header for c in tab.columns], *rows], len(tab.columns))
    return HeaderMap(1, {c.name: place for place, c in enumerate(tab.columns, start=1)})


def plan(
    connection: DuckDBPyConnection, tab: Tab, header: HeaderMap
) -> tuple[CleaningSql, RawContent]:
    content = raw_content(connection, RAW, tab, header)
    how: dict[str, Any] = {"extract": "hash-1", "link_prefix": PREFIX, "content": content}
    return cleaning_sql(tab, header, raw=RAW, **how), content


def without_rules(item: Column) -> Column:
    options = replace(item.options, synonyms={})
    return replace(
        item, required=False, unique=False, primary_key_position=None, rules={}, options=options
    )


def again(
    connection: DuckDBPyConnection, before: Tab, now: Tab, header: HeaderMap, *, stays: bool = False
) -> tuple[str, ...]:
    """Clean by one contract, then by another of what was read; return how its rows were made."""
    former, content = plan(connection, before, header)
    former.run(connection, keep="judged")
    judged = Judged("judged", header, tuple(placed_columns(before, header, content)), stays)
    later, content = plan(connection, now, header)
    later = rows_alone(later) if stays else later
    placed = tuple(placed_columns(now, header, content))
    statements = again_sql(connection, now, header, placed, judged, RAW, content)
    replace(later, reading=statements or later.reading).run(connection)
    return statements


def read_columns(statements: tuple[str, ...]) -> str:
    return "".join(s for s in statements if "TABLE cleaning_slice" in s)


LATER = RowRule("seen_after_day", "It is seen after its day.", "not (seen >= day)", ("seen", "day"))
RULED = replace(EVERY_TYPE, row_rules=(LATER,))
some_rows = st.lists(st.lists(cells, min_size=9, max_size=9), max_size=10)
some_columns = st.sets(st.integers(min_value=0, max_value=8))


def ruled_by(ruled: set[int]) -> Tab:
    """Return the contract with the rules of some columns only."""
    columns = [
        item if place in ruled else without_rules(item)
        for place, item in enumerate(EVERY_TYPE.columns)
    ]
    return replace(EVERY_TYPE, columns=tuple(columns))


@pytest.mark.slow
@pytest.mark.parametrize("widest", [slices_sql.WIDE, 1])
@settings(max_examples=30, deadline=None)
@given(rows=some_rows, ruled=some_columns)
def test_rules_of_any_columns_judge_what_was_read_as_reading_again_does(
    connection: DuckDBPyConnection, rows: list[list[Cell]], ruled: set[int], widest: int
) -> None:
    header = load(connection, EVERY_TYPE, rows)
    with patch.object(slices_sql, "WIDE", widest):
        again(connection, ruled_by(ruled), RULED, header)
    of_what_was_read = tables_of(connection)
    plan(connection, RULED, header)[0].run(connection)
    assert of_what_was_read == tables_of(connection)


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(rows=some_rows, ruled=some_columns)
def test_what_becomes_of_each_row_is_the_same_where_no_values_are_asked_for(
    connection: DuckDBPyConnection, rows: list[list[Cell]], ruled: set[int]
) -> None:
    header = load(connection, EVERY_TYPE, rows)
    with patch.object(slices_sql, "WIDE", 1):
        again(connection, ruled_by(ruled), RULED, header, stays=True)
    _, _, *others = tables_of(connection)
    kept = connection.execute("SELECT _row FROM staged_clean ORDER BY _row").fetchall()
    plan(connection, RULED, header)[0].run(connection)
    assert tables_of(connection)[2:] == others
    assert connection.execute("SELECT _row FROM staged_clean ORDER BY _row").fetchall() == kept


def test_values_of_a_wide_table_by_which_no_row_is_judged_are_left_where_they_were_read(
    connection: DuckDBPyConnection,
) -> None:
    free = tab_of(*(column(name) for name in "abc"))
    ruled = tab_of(column("a", primary_key_position=1), *(column(name) for name in "bc"))
    header = load(connection, free, [["A1", "x", "y"], ["A1", "z", "y"]])
    with patch.object(slices_sql, "WIDE", 1):
        (made, *_) = (
            s
            for s in again(connection, free, ruled, header, stays=True)
            if "TEMP TABLE cleaning_rows" in s
        )
    assert '"a"' in made
    assert '"b"' not in made
    reasons = connection.execute("SELECT _row, _reasons[1].reason FROM staged_quarantine")
    assert reasons.fetchall() == [(2, "duplicate_key"), (3, "duplicate_key")]
    assert connection.execute("SELECT b FROM judged ORDER BY _row").fetchall()[1:] == [
        ("x",),
        ("z",),
    ]


def test_only_columns_that_break_a_new_rule_are_read_again(connection: DuckDBPyConnection) -> None:
    free = tab_of(column("kode"), column("jumlah", "number"), column("harga", "number"))
    ruled = tab_of(
        column("kode", primary_key_position=1),
        column("jumlah", "number", required=True, minimum=0),
        column("harga", "number", minimum=0),
    )
    header = load(connection, free, [["A1", "12", "1.000"], ["A2", "13", "-5"], [None, "-1", None]])
    read = read_columns(again(connection, free, ruled, header))
    assert '"harga"' in read
    assert '"kode"' in read
    assert "cleaning_slice_1" not in read
    reasons = connection.execute("SELECT _row, len(_reasons) FROM staged_quarantine").fetchall()
    assert reasons == [(3, 1), (4, 2)]


def test_rows_that_are_dropped_have_no_part_in_what_is_read_again(
    connection: DuckDBPyConnection,
) -> None:
    free = tab_of(column("kode"), column("jumlah", "number"))
    ruled = tab_of(column("kode"), column("jumlah", "number", required=True))
    header = load(connection, free, [["A1", "12"], [None, None], ["A2", "13"]])
    assert not read_columns(again(connection, free, ruled, header))
    assert connection.execute("SELECT _row FROM staged_clean").fetchall() == [(2,), (4,)]


def test_column_of_another_type_is_read_again(connection: DuckDBPyConnection) -> None:
    number = tab_of(column("kode"), column("jumlah", "number"), column("toko"))
    text = tab_of(column("kode"), column("jumlah"), column("toko"))
    header = load(connection, number, [["A1", "12", "Maju"], ["A2", "dua", "Jaya"]])
    assert '"jumlah"' in read_columns(again(connection, number, text, header))
    assert connection.execute("SELECT jumlah FROM staged_clean").fetchall() == [("12",), ("dua",)]


def test_table_in_which_most_changed_is_read_whole(connection: DuckDBPyConnection) -> None:
    number = tab_of(column("a", "number"), column("b", "number"), column("c"))
    text = tab_of(column("a"), column("b"), column("c"))
    assert again(connection, number, text, load(connection, number, [["1", "2", "3"]])) == ()


def test_quarantine_without_rows_has_the_columns_of_any_other(
    connection: DuckDBPyConnection,
) -> None:
    header = load(connection, EVERY_TYPE, [["SO-1", "x", *[None] * 7]])
    plan(connection, EVERY_TYPE, header)[0].run(connection)
    assert connection.execute("SELECT count(*) FROM staged_quarantine").fetchall() == [(1,)]
    described = connection.execute("DESCRIBE staged_quarantine").fetchall()
    connection.execute(no_quarantine_sql((RAW, "staged_quarantine"), "hash-1"))
    assert connection.execute("DESCRIBE staged_quarantine").fetchall() == described


@pytest.mark.parametrize("widest", [1, 2])
def test_reasons_of_a_column_that_a_contract_no_longer_has_are_those_of_no_row(
    connection: DuckDBPyConnection, widest: int
) -> None:
    three = tab_of(column("a"), column("b"), column("c", "date"))
    two = tab_of(column("a"), column("b", required=True))
    header = load(connection, three, [["A1", "x", "kemarin"], ["A2", None, "besok"]])
    with patch.object(slices_sql, "WIDE", widest):
        again(connection, three, two, header)
    assert connection.execute("SELECT _row FROM staged_clean").fetchall() == [(2,)]
    reasons = connection.execute("SELECT _row, _reasons[1].reason FROM staged_quarantine")
    assert reasons.fetchall() == [(3, "missing_value")]
