"""Turns the tabs that were read into tables: layouts, families of one layout, column names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from candid_assets.cleaning.header_search import HEAD_ROWS
from candid_assets.contracts.custom_properties import ANY_CELL
from candid_assets.contracts.header_text import WITHOUT_CELL, header_texts, normalise
from candid_assets.discovery.computed_rows import add_computed
from candid_assets.discovery.grid import Grid
from candid_assets.discovery.line_kinds import LineKind, find_kinds
from candid_assets.discovery.naming import column_names
from candid_assets.discovery.overfull_rows import without_overfull
from candid_assets.discovery.prefilled_rows import find_prefilled
from candid_assets.discovery.profile_columns import TableCells
from candid_assets.discovery.read_source import grid_of
from candid_assets.discovery.section_rows import Sections, find_sections, is_merged_heading
from candid_assets.discovery.summary_outcome import SummaryRows
from candid_assets.discovery.summary_rows import SummarySearch
from candid_assets.discovery.table_ends import repeats_header
from candid_assets.discovery.table_layout import NotATable, TableLayout
from candid_assets.discovery.tables_of_tab import TabTable, tables_of
from candid_assets.discovery.typed_tables import is_typed, typed_layout, typed_rows
from candid_assets.names import column_letter
from candid_assets.sources.extract import TabExtract
from candid_assets.sources.read_undescribed import UndescribedTab

_WITHOUT_CELLS: Final = {
    "OBJECT": ("chart", "a chart: it has no cells"),
    "DATA_SOURCE": ("connected_data", "connected data: its cells live elsewhere"),
}


@dataclass(slots=True)
class TableTab:
    """One tab that holds a table."""

    number: int
    tab: UndescribedTab
    extract: TabExtract
    layout: TableLayout
    names: Mapping[int, str]
    """Name of each of the table's columns by its place."""
    data_rows: list[int] = field(default_factory=list)
    summaries: SummaryRows = field(default_factory=SummaryRows)
    sections: Sections = field(default_factory=Sections)
    kind: LineKind | None = None
    """The kind of line that it is of, where its tab has several."""
    which: int | str | None = None
    """What a contract calls it by, where its tab holds several tables."""
    own_title: str = ""
    """What stands above it, where its tab holds several tables."""
    beside: tuple[str, ...] = ()
    """Headers right beside its own, of other tables of the tab."""
    prefilled: Mapping[str, str] = field(default_factory=dict)
    """Folded header to what the column shows in rows that nobody typed in."""
    headers: dict[str, int] = field(init=False)
    """Folded header of each column to its place; the family's where the tab has another."""
    renamed: dict[str, str] = field(default_factory=dict)
    """Folded header of the family to the one that the tab has instead."""

    def __post_init__(self) -> None:
        """Fold the headers once: they are asked for with every column."""
        self.headers = {normalise(self.layout.headers[p - 1]): p for p in self.layout.places}

    def take_names(self, own: Mapping[str, str]) -> None:
        """Call columns as the family does, by its folded headers and the tab's own."""
        instead = {mine: theirs for theirs, mine in own.items()}
        for theirs, mine in own.items():
            self.renamed[theirs] = self.layout.headers[self.headers[mine] - 1]
        self.headers = {instead.get(header, header): p for header, p in self.headers.items()}

    def letter(self, header: str) -> str:
        """Return the sheet's letter of a column."""
        return column_letter(self.headers[header])

    def cells(self, table: int, columns: Sequence[str]) -> TableCells:
        """Return where the cells of a table's columns stand in this tab."""
        headers = self.headers
        places = {n: headers[h] for n, h in enumerate(columns) if h in headers}
        elapsed = [n for n, p in places.items() if column_letter(p) in self.extract.elapsed]
        return TableCells(table, self.number, self.extract.table, self.data_rows, places, elapsed)


@dataclass(slots=True)
class TableGroup:
    """A table: one tab, or a family of tabs."""

    name: str
    members: list[TableTab]
    pattern: str | None = None
    joined: list[str] = field(default_factory=list)
    """Titles of tabs that are members by their headers alone, beside others that are more alike."""
    listed: bool = False
    """Whether equal headers alone make it a family: its titles have no pattern."""
    near: list[tuple[TableTab, dict[str, str]]] = field(default_factory=list)
    """Tabs of much the same headers that are tables of their own, with those that they have instead
    of the family's."""

    @property
    def headers(self) -> list[str]:
        """Folded headers of all members, in the order of the first, then of the others."""
        order: dict[str, None] = {}
        for member in self.members:
            order |= dict.fromkeys(member.headers)
        return list(order)


def look_at(number: int, tab: UndescribedTab) -> list[TableTab] | NotATable:
    """Return a tab as a table's member, its kinds of line as one each, or why it is none.

    Args:
        number: The number of the first member; others follow it.
        tab: The tab as read.
    """
    if tab.error is not None:
        return NotATable("unreadable", str(tab.error))
    if tab.metadata.sheet_type != "GRID":
        kind = tab.metadata.sheet_type
        return NotATable(
            *_WITHOUT_CELLS.get(kind, ("not_grid", f"of type {kind}, which has no cells"))
        )
    if tab.extract is None:
        return NotATable("unreadable", "the tab could not be read")
    return _members(number, tab, tab.extract)


def _members(number: int, tab: UndescribedTab, extract: TabExtract) -> list[TableTab] | NotATable:
    """Return the members that a tab of cells is, or why it is none."""
    grid = grid_of(tab, extract)
    if is_typed(tab, extract):
        return _typed_member(number, tab, extract, grid)
    kinds = find_kinds(grid)
    if not all(kind.header_row for kind in kinds):
        listed = ", ".join(kind.name for kind in kinds)
        reason = f"lines of several kinds ({listed}), none of them with a header line"
        fix = f"write one for each above the lines, such as {kinds[0].name}, Nomor, Tanggal"
        return NotATable("kinds_of_line", f"{reason}; {fix}")
    members: list[TableTab] = []
    tables = [TabTable(grid, _layout_of_kind(grid, kind)) for kind in kinds] or tables_of(grid)
    if isinstance(tables, NotATable):
        return tables
    if tab.metadata.is_separated:
        tables = [replace(t, layout=without_overfull(t.grid, t.layout)) for t in tables]
    for position, table in enumerate(tables):
        names = _names(table)
        if isinstance(names, NotATable):
            return names
        kind = kinds[position] if kinds else None
        member = TableTab(
            number + position,
            tab,
            extract,
            table.layout,
            names,
            kind=kind,
            which=table.which,
            own_title=table.title,
            beside=table.beside,
        )
        if kind:
            member.data_rows = list(kind.rows)
        else:
            _count_rows(table.grid, member)
        members.append(member)
    return members


def _typed_member(
    number: int, tab: UndescribedTab, extract: TabExtract, grid: Grid
) -> list[TableTab] | NotATable:
    """Return a table of a typed source as it is: its columns have names, and every row is data."""
    layout = typed_layout(grid)
    if not layout.places:
        return NotATable("empty", "the table is empty, and its source names no columns")
    names = _names(TabTable(grid, layout))
    if isinstance(names, NotATable):
        return names
    member = TableTab(number, tab, extract, layout, names)
    member.data_rows = typed_rows(grid)
    return [member]


def _layout_of_kind(grid: Grid, kind: LineKind) -> TableLayout:
    """Return the position of one kind of line of a tab."""
    texts = [grid.text(kind.header_row, p) for p in range(1, grid.width + 1)]
    places = tuple(p for p, text in enumerate(texts, 1) if text)
    return TableLayout(
        header_row=kind.header_row,
        header_rows=1,
        headers=tuple(header_texts(texts)),
        places=places,
        ignored=(),
        blank=frozenset(),
        column_numbers=False,
        last_row=max(kind.rows, default=kind.header_row),
    )


def _names(table: TabTable) -> Mapping[int, str] | NotATable:
    """Return the names of a table's columns, or why contracts cannot name them."""
    layout = table.layout
    if table.which is None and layout.first_row > HEAD_ROWS:
        reason = f"the header is in row {layout.header_row}, below row {HEAD_ROWS}"
        return NotATable("header_too_deep", f"{reason}; move the table up")
    for header in WITHOUT_CELL.intersection(
        normalise(layout.headers[p - 1]) for p in layout.places
    ):
        reason = f"a header is '{header}', by which contracts mean no column of the table"
        return NotATable("reserved_header", f"{reason}; rename it at its source")
    return layout.names or column_names(layout.headers, layout.places, layout.blank)


def _count_rows(grid: Grid, member: TableTab) -> None:
    """Find the rows of data: neither blank, nor a heading, nor a total, nor the header again."""
    layout = member.layout
    first = layout.first_row + layout.column_numbers
    inside = set(layout.places)
    below = [r for r in range(first, layout.last_row + 1) if inside & set(grid.filled(r))]
    header = (layout.header_row, layout.header_rows)
    repeated = {row for row in below if repeats_header(grid, row, *header)}
    rows = [row for row in below if row not in repeated]
    member.sections = find_sections(grid, rows, layout.places, repeated)
    heads = {r for r in rows if is_merged_heading(grid, r, layout.places)}.union(
        member.sections.rows
    )
    rows = [row for row in rows if row not in heads]
    member.summaries = SummarySearch(grid, rows, layout.places).search()
    add_computed(grid, rows, layout.places, member.summaries)
    summaries = member.summaries.labelled.keys() | member.summaries.sums.keys()
    member.data_rows = [row for row in rows if row not in summaries]
    prepared = find_prefilled(grid, member.data_rows, layout.places)
    if prepared:
        cells = prepared[1]
        member.prefilled = {h: cells[p] for h, p in member.headers.items() if p in cells}


def prefilled_cells(members: Sequence[TableTab]) -> dict[str, str]:
    """Return what each column of a table shows in rows that nobody typed in, by folded header."""
    shown: dict[str, str] = {}
    for member in members:
        for header, cell in member.prefilled.items():
            shown[header] = cell if shown.get(header, cell) == cell else ANY_CELL
    return shown


def column_name(table: TableGroup, header: str) -> tuple[str, str, int]:
    """Return name, written header and place of a table's column."""
    for member in table.members:
        place = member.headers.get(header)
        if place is not None and header not in member.renamed:
            return member.names[place], member.layout.headers[place - 1], place
    raise KeyError(header)


def words_over(table: TableGroup, header: str) -> str:
    """Return what says of a column what it holds: its header, else the name proposed for it."""
    name, written, _ = column_name(table, header)
    return name if any(member.layout.names for member in table.members) else written
