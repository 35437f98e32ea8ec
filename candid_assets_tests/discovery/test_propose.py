"""Whatever stands in a tab: no crash, valid contracts, and every row and cell accounted for."""

import tempfile
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from candid_assets.contracts.header_text import header_texts
from candid_assets.contracts.load import load_catalog
from candid_assets.discovery.naming import column_names, identifier
from candid_assets.discovery.propose import propose
from candid_assets.discovery.write_contracts import Head, write
from candid_assets.source_kinds.registry import recognise_place
from candid_assets_tests.discovery.kit import Sheet, proposed, workbook

pytestmark = pytest.mark.slow

LABELS = (
    *("No", "Nama", "Tanggal", "Total", "Jumlah", "Qty", "Harga", "Kode", "Ket", "-", "Rp"),
    *("1.000", "1,5%", "0812", "Januari", "Feb25", "ya", "tidak", "#REF!", "(1)", "_tab", "null"),
)
WORDS = st.sampled_from(LABELS)
TITLES = st.text(min_size=1, max_size=8).filter(str.strip)
CELLS = st.one_of(
    st.none(),
    st.none(),
    WORDS,
    st.text(max_size=12),
    st.integers(-(10**17), 10**17),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates(date(1950, 1, 1), date(2090, 1, 1)),
    st.datetimes(datetime(1950, 1, 1), datetime(2090, 1, 1)),  # noqa: DTZ001
    st.times().map(lambda t: time(t.hour, t.minute)),
)


def _meet(merge: tuple[int, ...], others: list[tuple[int, ...]]) -> Iterator[bool]:
    top, bottom, left, right = merge
    for up, down, start, end in others:
        yield top < down and up < bottom and left < end and start < right


MERGES = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 4), st.integers(0, 4)).map(
        lambda m: (m[0], m[0] + m[1] + 1, m[2], m[2] + m[3] + 1)
    ),
    max_size=3,
).map(lambda merges: tuple(m for at, m in enumerate(merges) if not any(_meet(m, merges[:at]))))
"""As sources have them: they never lie over one another."""


@st.composite
def grids(draw: st.DrawFn) -> list[list[Any]]:
    """Return rows: chaos, or a header above columns of one kind with some chaos in them."""
    width = draw(st.integers(1, 6))
    row = st.lists(CELLS, min_size=width, max_size=width)
    chaos = draw(st.lists(row, max_size=6))
    if draw(st.booleans()):
        return chaos
    head = draw(st.lists(st.one_of(WORDS, st.text(max_size=8)), min_size=width, max_size=width))
    kinds = [draw(st.sampled_from([st.integers(0, 99), WORDS, st.dates(), CELLS])) for _ in head]
    body = [[draw(kind) for kind in kinds] for _ in range(draw(st.integers(0, 25)))]
    body = [[d if not isinstance(d, date) or d.year > 1900 else None for d in r] for r in body]
    return [*chaos[:2], head, *body, *chaos[2:]]


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    # An example takes a second; shrinking one would take minutes.
    phases=(Phase.explicit, Phase.generate),
)
@given(st.dictionaries(TITLES, st.tuples(grids(), MERGES), max_size=3))
def test_any_tabs_give_valid_contracts_that_account_for_every_row(tabs: dict[str, Any]) -> None:
    sheets = {title: Sheet(rows, merges) for title, (rows, merges) in tabs.items()}
    book = workbook(sheets)
    with tempfile.TemporaryDirectory() as folder:
        proposal = propose(book, "toko", Path(folder) / "rehearsal")
        place = recognise_place("id", None)
        head = Head("staging", place.server, place.other, "unknown", "hub")
        target = Path(folder) / "catalog" / "workbooks" / "toko"
        written = write(proposal, target, head, Path(folder) / "trial", force=False)
        catalog = load_catalog(Path(folder) / "catalog")
    assert written.problems == []
    assert catalog.problems == ()
    # Two tables of a tab that lie beside one another both have its title.
    tabled = {title for table in proposal.tables for title in table.titles}
    left_out = [item.title for item in proposal.left_out]
    assert sorted([*tabled, *left_out]) == sorted(tabs)
    for item in proposal.left_out:
        assert item.code != "not_accepted", item.reason
    for table in proposal.tables:
        rows = sum(t.extract.rows for t in book.tabs if t.extract and t.title in table.titles)
        assert table.accounted == rows


@given(st.lists(st.text(max_size=10), min_size=1, max_size=8))
def test_every_header_has_a_name_of_its_own(cells: list[str]) -> None:
    texts = header_texts(cells)
    places = range(1, len(cells) + 1)
    blank = frozenset(p for p in places if texts[p - 1].startswith("(column "))
    names = column_names(texts, list(places), blank)
    assert len(set(names.values())) == len(cells)
    assert all(identifier(name, digit_prefix="c_") == name for name in names.values())


@pytest.mark.parametrize("above", [["Gudang \x12", ":", "x"], ["Grup \x12", None, None]])
def test_control_characters_in_what_a_note_quotes_keep_no_table_from_its_contract(
    tmp_path: Path, above: list[Any]
) -> None:
    lines = [[f"K{n}", f"N{n}", n * 100] for n in range(12)]
    header = ["Kode", "Nama", "Harga"]
    rows = [above, header, *lines] if above[1] else [header, above, *lines, above, *lines]
    proposal = proposed(tmp_path, {"Stok": Sheet(rows)})
    assert proposal.left_out == []
    assert [table.quarantined for table in proposal.tables] == [0]
