"""Kinds and texts of columns, for any mixture of cells."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candid_assets.sources.content_hash import content_hash
from candid_assets.sources.error_texts import is_error_text
from candid_assets.sources.sheets.cells import (
    RendersDifferError,
    classify,
    columns_of,
    number_text,
)
from candid_assets.sources.sheets.tab_builder import TabBuilder

ERRORS = ("#REF!", "#N/A ()", "#DIV/0! (Function DIVIDE parameter 2 cannot be zero.)", "#VALUE!")
NUMBERS = st.one_of(
    st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False, width=64)
)
TEXTS = st.one_of(st.text(st.characters(codec="utf-8"), max_size=8), st.sampled_from(ERRORS))
CELLS = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS)
GRIDS = st.lists(st.lists(CELLS, max_size=6), max_size=12)


def expected(cell: object) -> tuple[str, str | None]:
    if cell is None or cell == "":
        return "-", None
    if isinstance(cell, bool):
        return "b", str(cell).upper()
    if isinstance(cell, str):
        return ("e" if is_error_text(cell) else "t"), cell
    return "n", number_text(cell)


@given(NUMBERS)
def test_a_number_s_text_is_exact_short_and_plain(number):
    text = number_text(number)
    assert float(text) == number
    assert "e" not in text
    assert not text.endswith(".0")
    assert text != "-0"
    assert len(Decimal(text).as_tuple().digits) >= len(
        Decimal(repr(number)).normalize().as_tuple().digits
    )


@given(st.lists(CELLS))
def test_every_cell_of_a_column_has_its_kind_and_text(cells):
    column = classify(tuple(cells), tuple(cells))
    pairs = list(zip(column.kinds.decode(), column.texts.to_pylist(), strict=True))
    assert pairs == [expected(cell) for cell in cells]
    assert column.shown is None


@given(GRIDS)
def test_a_table_holds_every_cell_to_the_last_that_is_not_blank(rows):
    builder = TabBuilder()
    builder.add(1, rows, rows)
    table = builder.table()
    width = table.num_columns - 2
    kinds = table.column("_kinds").to_pylist()
    padded = [[*row, *[None] * (6 - len(row))] for row in rows]
    assert kinds == ["".join(expected(c)[0] for c in row[:width]) for row in padded[: len(kinds)]]
    assert all(c is None or c == "" for row in padded[len(kinds) :] for c in row)
    assert all(c is None or c == "" for row in padded for c in row[width:])
    assert not kinds or kinds[-1].strip("-")
    for position in range(width):
        column = table.column(2 + position).to_pylist()
        assert column == [expected(row[position])[1] for row in padded[: len(kinds)]]


@given(GRIDS, st.integers(1, 11))
def test_a_table_is_the_same_from_one_range_or_from_two(rows, cut):
    whole, parts = TabBuilder(), TabBuilder()
    whole.add(1, rows, rows)
    first = rows[:cut]
    while first and not any(c not in (None, "") for c in first[-1]):
        first.pop()
    parts.add(1, first, first)
    parts.add(cut + 1, rows[cut:], rows[cut:])
    assert parts.table().equals(whole.table())
    assert content_hash(parts.table()) == content_hash(whole.table())


@given(GRIDS, GRIDS)
def test_equal_hashes_are_equal_tables(one, other):
    tables = []
    for rows in (one, other):
        builder = TabBuilder()
        builder.add(1, rows, rows)
        tables.append(builder.table())
    same = tables[0].equals(tables[1])
    assert (content_hash(tables[0]) == content_hash(tables[1])) is same


def test_texts_equal_when_joined_have_different_hashes():
    hashes = set()
    for row in (["ab", "c"], ["a", "bc"], ["abc"], [None, "abc"], ["a", "b", "c"]):
        builder = TabBuilder()
        builder.add(1, [row], [row])
        hashes.add(content_hash(builder.table()))
    assert len(hashes) == 5


def test_width_is_that_of_the_longest_row():
    assert columns_of([["a"], [], ["b", "c", 3]]) == [
        ("a", None, "b"),
        (None, None, "c"),
        (None, None, 3),
    ]


@pytest.mark.parametrize(
    ("serial", "shown"),
    [
        (("a",), ("b",)),
        ((None,), (1,)),
        ((1,), (None,)),
        ((True,), ("x",)),
        (("1",), (1,)),
        ((1,), ("",)),
    ],
)
def test_renders_of_different_cells_are_refused(serial, shown):
    with pytest.raises(RendersDifferError):
        classify(serial, shown)


def test_renders_of_different_shape_are_refused():
    with pytest.raises(RendersDifferError):
        TabBuilder().add(1, [["a"], ["b"]], [["a"]])


def test_number_that_differs_between_renders_is_marked_unstable():
    column = classify((0.5, 1), (0.25, 1))
    assert column.wavering
    assert column.texts.to_pylist() == ["0.5", "1"]


@pytest.mark.parametrize(
    ("serial", "shown"),
    [
        (("x", "Loading..."), ("x", "Loading...")),
        (("x", 5), ("x", "Loading...")),
        (("x", "Loading..."), ("x", "5")),
    ],
)
def test_calculating_cell_is_named_whichever_render_shows_it(serial, shown):
    assert classify(serial, shown).loading == [1]


def test_half_a_character_is_an_error_cell_and_stops_no_other_cell():
    """`=LEFT("😀")` leaves half of a surrogate pair, which JSON can carry and UTF-8 cannot."""
    cells = json.loads('["Kopi", "Promo \\ud83d", "\\ud83d\\ude00"]')
    column = classify(cells, cells)
    assert column.texts.to_pylist() == ["Kopi", "half a character in: Promo ?", "😀"]
    assert column.kinds == b"tet"
    dated = classify((45000, "\ud83d"), ("15/03/2023", "\ud83d"))
    assert (dated.kinds, dated.shown.to_pylist()) == (b"de", ["15/03/2023", None])
