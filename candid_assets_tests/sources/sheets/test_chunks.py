"""The plan of reads: every cell once, about two megabytes at a time, titles in quotes."""

from hypothesis import given
from hypothesis import strategies as st

from candid_assets.sandbox.a1 import AddressedTab, parse_range
from candid_assets.sources.sheets.chunks import (
    TARGET_BYTES,
    ChunkPlanner,
    TabGrid,
    TabRange,
    quoted_title,
)

TITLES = st.one_of(
    st.sampled_from(["Jan25", "Q1", "A1", "R1C1", "Ibu's", "''", "Stok (Gudang) & Retur", "a!b"]),
    st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=12),
)
TABS = st.lists(
    st.builds(TabGrid, TITLES, st.integers(1, 60_000), st.integers(1, 40)),
    max_size=12,
    unique_by=lambda grid: grid.title.casefold(),
)


def drain(planner: ChunkPlanner, bytes_per_cell: float | None) -> list[list[TabRange]]:
    chunks = []
    while chunk := planner.next_chunk():
        chunks.append(chunk)
        if bytes_per_cell is not None:
            planner.observe(chunk, int(bytes_per_cell * sum(part.cells for part in chunk)))
    return chunks


@given(TABS, st.one_of(st.none(), st.floats(0, 60)))
def test_every_cell_of_every_tab_is_in_exactly_one_range(tabs, bytes_per_cell):
    reached = {tab.title: 0 for tab in tabs}
    served = [AddressedTab(tab.title, tab.rows, tab.columns) for tab in tabs]
    for chunk in drain(ChunkPlanner(tabs), bytes_per_cell):
        for part in chunk:
            cells = parse_range(part.a1, served)
            title = served[cells.tab].title
            assert title == part.title
            assert cells.start_row == reached[title]
            assert (cells.start_column, cells.end_column) == (0, served[cells.tab].columns)
            assert part.rows == cells.end_row - cells.start_row
            reached[title] = cells.end_row
    assert reached == {tab.title: tab.rows for tab in tabs}


@given(TABS, st.floats(4, 20))
def test_requests_are_neither_far_too_large_nor_far_too_many(tabs, bytes_per_cell):
    planner = ChunkPlanner(tabs)
    planner.bytes_per_cell = bytes_per_cell
    sizes = [
        sum(p.cells for p in chunk) * bytes_per_cell for chunk in drain(planner, bytes_per_cell)
    ]
    assert all(size <= 2.2 * TARGET_BYTES for size in sizes)
    assert len(sizes) <= 2 + 2 * sum(sizes) / TARGET_BYTES


def test_titles_are_always_quoted_and_their_quotes_doubled():
    assert quoted_title("Jan25") == "'Jan25'"
    assert TabRange("Ibu's", 1, None, 3, 10).a1 == "'Ibu''s'"
    assert TabRange("Q1", 11, 20, 28, 40).a1 == "'Q1'!A11:AB20"
    assert TabRange("Q1", 21, None, 28, 40).a1 == "'Q1'!A21:AB"


def test_huge_blank_grid_is_read_in_few_requests():
    planner = ChunkPlanner([TabGrid("Kosong", 100_000, 100)])
    assert len(drain(planner, 0.0)) <= 6


def test_the_address_of_a_request_stays_short():
    planner = ChunkPlanner([TabGrid(f"{'x' * 95}{i:03d}", 1, 1) for i in range(200)])
    for chunk in drain(planner, None):
        assert sum(len(part.a1) for part in chunk) < 6_000
