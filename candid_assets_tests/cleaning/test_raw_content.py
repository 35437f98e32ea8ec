"""What a raw table holds is found in lines of cells as it is in its columns."""

from unittest.mock import patch

import pytest
from duckdb import DuckDBPyConnection
from hypothesis import given, settings
from hypothesis import strategies as st

from candid_assets.cleaning import raw_content
from candid_assets.contracts.header_map import HeaderMap
from candid_assets_tests.cleaning.kit import Cell, column, load_raw, tab_of

TAB = tab_of(column("a"), column("b", "number"), column("c", "integer"), column("d", "number"))
cells = st.sampled_from(
    [None, "", "+62 812", "12%", "3,5 %", "1.000", ("n", "7"), ("n", "1234567890123456")]
)


def content_of(
    connection: DuckDBPyConnection, rows: list[list[Cell]], most: int
) -> raw_content.RawContent:
    load_raw(connection, [["A", "B +", "C", "D"], *rows], 4)
    header = HeaderMap(1, {"a": 1, "b": 2, "c": 3, "d": 4})
    with patch.object(raw_content, "MOST_CELLS", most):
        return raw_content.raw_content(connection, "temp.raw_tab", TAB, header)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(rows=st.lists(st.lists(cells, min_size=4, max_size=4), max_size=5))
def test_lines_of_cells_say_what_columns_do(
    connection: DuckDBPyConnection, rows: list[list[Cell]]
) -> None:
    assert content_of(connection, rows, 1_000) == content_of(connection, rows, -1)


@pytest.mark.parametrize("most", [-1, 1_000])
def test_signs_and_long_figures_are_known_by_column(
    connection: DuckDBPyConnection, most: int
) -> None:
    long = ("n", "1234567890123456")
    content = content_of(connection, [["+62 812", "12%", long, "7"], ["", "13", long, "8"]], most)
    assert content.plus == {"A"}
    assert content.percents == {"B"}
    assert content.whole_figures == {"C"}
    assert "+" in (content.kinds_of(1) or ())
    assert "+" not in (content.kinds_of(2) or ())
