"""Reads several tabs once, in two renders of all their ranges; a bad range alone.

The second render begins when the first is complete. A cell that is the same in both was so at the
moment between them, so that a tab whose renders agree has been just like that, whatever was edited
while its ranges were on their way.

Between the two is read what the sheet shows for its numbers, which the first tells from dates, and
once more what it left out as blank: both are of that moment, too.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from candid_assets.sources.content_hash import content_hash, letters_of
from candid_assets.sources.extract import TabExtract
from candid_assets.sources.protocol import ReadPart
from candid_assets.sources.sheets.cells import RendersDifferError
from candid_assets.sources.sheets.chunks import (
    ChunkPlanner,
    TabGrid,
    TabRange,
)
from candid_assets.sources.sheets.drive import FileState
from candid_assets.sources.sheets.number_texts import (
    NumberQueue,
    ShownBlock,
    blank_blocks,
    number_blocks,
)
from candid_assets.sources.sheets.session import SheetsSession
from candid_assets.sources.sheets.spool_tab import MOST_CELLS, spool_tab
from candid_assets.sources.sheets.tab_builder import Rows, TabBuilder, packed, unpacked
from candid_assets.sources.sheets.values import CellBlock, Render, read_shown, read_values
from candid_assets.sources.source_errors import WHOLE_WORKBOOK, SourceError, place, unexpected
from candid_assets.sources.source_metadata import TabMetadata, WorkbookMetadata

log = logging.getLogger(__name__)
PartType = TypeVar("PartType", bound=CellBlock)
_GIVE_UP_AFTER = 2
"""Ranges that fail alone one after another before the whole reading is given up."""


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A tab that must be read again: it still calculates or changed between its renders."""

    loading: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fresh:
    """A tab that was read completely; `wavering` if a number differed between the renders."""

    extract: TabExtract
    wavering: bool


@dataclass(frozen=True, slots=True)
class ReadingBounds:
    """How much of a tab is read, and where a large one is kept meanwhile."""

    part: ReadPart | None = None
    """How much is enough; None for all."""
    spools: Path | None = None
    """The folder into which large tabs are written; None to have them in memory."""


Outcome = Fresh | Unsettled | SourceError


def read_tabs(
    session: SheetsSession,
    workbook: str,
    metadata: WorkbookMetadata,
    wanted: Mapping[str, TabMetadata],
    state: FileState,
    on_read: Callable[[str], None],
    bounds: ReadingBounds,
) -> dict[str, Outcome]:
    """Read each tab of `wanted` (by contract name) once and return its outcome."""
    reading = _Reading(session, workbook, metadata, wanted, on_read, bounds)
    reading.read()
    outcomes: dict[str, Outcome] = {}
    last_of = {tab.title: name for name, tab in wanted.items()}
    for name, tab in wanted.items():
        outcomes[name] = reading.outcome(name, tab, state)
        if last_of[tab.title] == name:
            # Let go before the table of the next tab is put together.
            del reading.builders[tab.title]
    return outcomes


def _grid(tab: TabMetadata, part: ReadPart | None) -> TabGrid:
    """Return the cells to read of a tab: all, or the first rows of a very large one."""
    columns, last = max(1, tab.grid_columns), None
    if part is not None and tab.grid_rows * columns > part.cells:
        last = max(1, part.cells // columns)
    return TabGrid(tab.title, tab.grid_rows, tab.grid_columns, last)


@dataclass(slots=True)
class _Reading:
    session: SheetsSession
    workbook: str
    metadata: WorkbookMetadata
    wanted: Mapping[str, TabMetadata]
    on_read: Callable[[str], None]
    bounds: ReadingBounds
    builders: dict[str, TabBuilder] = field(default_factory=dict)
    """By title, as ranges name tabs."""
    failed: dict[str, Unsettled | SourceError] = field(default_factory=dict)
    finished: dict[str, datetime] = field(default_factory=dict)
    first: dict[TabRange, bytes] = field(default_factory=dict)
    """Ranges in the first render, packed, until the second is read."""
    numbers: NumberQueue = field(default_factory=NumberQueue)
    """Cells of which it is still to be read what the sheet shows."""
    shown: dict[str, list[tuple[ShownBlock, bytes]]] = field(default_factory=dict)
    """By title, what the sheet shows for numbers, packed, until the second render is read."""
    short: set[str] = field(default_factory=set)
    """Titles of tabs that came with fewer cells at first than later."""

    def read(self) -> None:
        # Tables of one tab are read once.
        tabs = {tab.title: tab for tab in self.wanted.values()}.values()
        self.builders = {tab.title: TabBuilder(tab.merges) for tab in tabs}
        planner = ChunkPlanner(_grid(tab, self.bounds.part) for tab in tabs)
        chunks: list[list[TabRange]] = []
        try:
            while chunk := planner.next_chunk():
                self._together(self._alive(chunk), lambda parts: self._read_first(parts, planner))
                chunks.append(chunk)
                if self.numbers.is_full:
                    self._read_numbers()
            self._read_numbers()
            for chunk in chunks:
                self._together(self._alive(chunk), self._read_second)
        except SourceError as error:
            for title in self.builders.keys() - self.finished.keys():
                self.failed.setdefault(title, error.for_workbook())

    def outcome(self, name: str, tab: TabMetadata, state: FileState) -> Outcome:
        """Return a tab's outcome; an error that nothing foresees is this tab's alone."""
        try:
            return self._outcome(name, tab, state)
        except Exception as error:
            return self._unexpected(error, tab.title)

    def _unexpected(self, error: Exception, title: str) -> SourceError:
        where = place(self.workbook, title)
        log.exception("%s cannot be read", where)
        return unexpected(error, f"{where} cannot be read", self.workbook)

    def _outcome(self, name: str, tab: TabMetadata, state: FileState) -> Outcome:
        failure = self.failed.get(tab.title)
        builder = self.builders[tab.title]
        if isinstance(failure, SourceError):
            return failure.for_tab(name)
        if failure is not None or builder.loading or tab.title in self.short:
            return failure or Unsettled(tuple(builder.loading))
        table = builder.table()
        rows, columns = table.num_rows, len(letters_of(table.column_names))
        spool = None
        if self.bounds.spools is not None and rows * columns > MOST_CELLS:
            spool = spool_tab(self.bounds.spools, table)
            table = table.select(["_kinds"])
        extract = TabExtract(
            spreadsheet_id=self.metadata.spreadsheet_id,
            sheet_id=tab.sheet_id,
            title=tab.title,
            hidden=tab.hidden,
            rows=rows,
            columns=columns,
            table=table,
            content_hash=content_hash(table) if spool is None else spool.content_hash,
            fetched_at=self.finished[tab.title],
            modified_time=state.modified_time,
            locale=self.metadata.locale,
            time_zone=self.metadata.time_zone,
            merges=tab.merges,
            assurance=", twice, with equal cells",
            spooled=spool,
        )
        return Fresh(extract, builder.wavering)

    def _alive(self, parts: list[PartType]) -> list[PartType]:
        return [part for part in parts if part.title not in self.failed]

    def _read_numbers(self) -> None:
        """Read what the sheet shows for the numbers that wait."""
        while blocks := self.numbers.take():
            self._together(self._alive(blocks), self._read_shown)

    def _together(self, parts: list[PartType], read: Callable[[list[PartType]], None]) -> None:
        """Read ranges with one request; where Google refuses it, each of them alone."""
        try:
            if parts:
                read(parts)
            return
        except SourceError as error:
            if error.code in WHOLE_WORKBOOK:
                raise
            if len(parts) == 1:
                self.failed[parts[0].title] = error
                return
        in_a_row = 0
        for part in parts:
            try:
                read([part])
                in_a_row = 0
            except SourceError as error:
                self.failed[part.title] = error
                in_a_row += error.code != "bad_range"
                if error.code in WHOLE_WORKBOOK or in_a_row >= _GIVE_UP_AFTER:
                    raise

    def _read_shown(self, blocks: list[ShownBlock]) -> None:
        columns, size = read_shown(
            self.session, self.metadata.spreadsheet_id, blocks, workbook=self.workbook
        )
        self.numbers.observe(blocks, size)
        for block, shown in zip(blocks, columns, strict=True):
            if block.blank_from is None:
                self.shown.setdefault(block.title, []).append((block, packed(shown)))
            elif block.is_short(shown):
                # There are cells where the answer before had none: it came short, or was edited.
                self.short.add(block.title)
        self.on_read(f"{len(blocks)} ranges as shown, {size:,} bytes")

    def _read_first(self, chunk: list[TabRange], planner: ChunkPlanner) -> None:
        ranges, size = self._read_values(chunk, "FORMATTED_STRING")
        planner.observe(chunk, size)
        for part, rows in zip(chunk, ranges, strict=True):
            self.first[part] = packed(rows)
            self.numbers.add(number_blocks(part.title, part.first, rows))
            answer = len(rows), max(map(len, rows), default=0)
            self.numbers.add(
                blank_blocks(part.title, part.first, answer, (part.rows, part.columns))
            )

    def _read_second(self, chunk: list[TabRange]) -> None:
        ranges, size = self._read_values(chunk, "SERIAL_NUMBER")
        for part, rows in zip(chunk, ranges, strict=True):
            with self._failures_of(part):
                self._add(part, rows)
            if part.is_last:
                self.finished[part.title] = datetime.now(UTC)
        self.on_read(f"{len(chunk)} ranges, {size:,} bytes")

    def _add(self, part: TabRange, serial: Rows) -> None:
        """Add a range to its tab, in both renders and with what is shown for its numbers."""
        builder = self.builders[part.title]
        builder.add(part.first, serial, unpacked(self.first.pop(part)))
        rest = []
        for block, shown in self.shown.get(part.title, []):
            if part.first <= block.first < part.first + part.rows:
                builder.add_shown(block, unpacked(shown))
            else:
                rest.append((block, shown))
        self.shown[part.title] = rest

    def _read_values(self, chunk: list[TabRange], render: Render) -> tuple[list[Rows], int]:
        return read_values(
            self.session, self.metadata.spreadsheet_id, chunk, render, workbook=self.workbook
        )

    @contextmanager
    def _failures_of(self, part: CellBlock) -> Iterator[None]:
        """Note a tab as unsettled whose cells changed meanwhile, as failed by any other error."""
        try:
            yield
        except RendersDifferError:
            self.failed[part.title] = Unsettled()
        except Exception as error:
            self.failed[part.title] = self._unexpected(error, part.title)
