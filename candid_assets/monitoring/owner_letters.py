"""What each owner hears on weekday mornings: the cells of their tabs to mend, worst first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final
from urllib.parse import urlencode

import duckdb

from candid_assets.contracts.catalog import Catalog, Tab
from candid_assets.languages import Language, Wording, wording
from candid_assets.lineage.fault_reach import FaultReach
from candid_assets.monitoring.words_for_codes import REASONS
from candid_assets.settings import Settings
from candid_assets.warehouse.ledger import OpenCell, cells_by_table, open_cells

CELLS: Final = 25
"""Cells that a letter names; the page has all."""
LONGEST: Final = 60
FIRST_DAYS: Final = 3
"""How far back a first letter looks for what was mended."""


@dataclass(frozen=True, slots=True)
class OwnerCells:
    """The cells of one owner's tabs that keep rows out."""

    owner: str
    cells: tuple[OpenCell, ...]
    """Those of the tabs that most metrics hang on first."""
    mended: int
    """How many were mended since the last letter."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to one owner."""

    owner: str
    title: str
    body: str
    cells: int


def cells_of_owners(
    connection: duckdb.DuckDBPyConnection,
    catalog: Catalog,
    since: Mapping[str, datetime],
    now: datetime,
) -> list[OwnerCells]:
    """Return the cells of each owner who has some to mend, by the owner's name.

    Args:
        connection: The published snapshot.
        catalog: The catalog, which says whose each tab is.
        since: When each owner got the last letter.
        now: The moment.
    """
    reach = FaultReach(catalog)
    owned: dict[str, list[Tab]] = {}
    for tab in catalog.tabs:
        owned.setdefault(tab.owner, []).append(tab)
    found_cells = []
    for owner, tabs in sorted(owned.items()):
        weight = {tab.table: -reach.of(f"clean.{tab.table}").metrics for tab in tabs}
        cells = open_cells(connection, list(weight))
        if not cells:
            continue
        cells.sort(key=lambda cell: (weight[cell.table], cell.table))
        last = since.get(owner, now - timedelta(days=FIRST_DAYS))
        counts = cells_by_table(connection, last)
        mended = sum(count.mended for count in counts if count.table in weight)
        found_cells.append(OwnerCells(owner, tuple(cells), mended))
    return found_cells


def letter(
    settings: Settings, catalog: Catalog, of: OwnerCells, language: Language, now: datetime
) -> Letter:
    """Return the message to an owner, in a language."""
    words = wording(language)
    many = len(of.cells)
    title = words.texts(
        "Candid: mend %(n)s cell in your tabs", "Candid: mend %(n)s cells in your tabs", many
    )
    lines = [
        words.texts(
            "Good morning. %(n)s cell of your tabs keeps its row out of the data.",
            "Good morning. %(n)s cells of your tabs keep their rows out of the data.",
            many,
        ),
        words.text("Open each one, correct it there, and the next refresh takes the row in."),
    ]
    if of.mended:
        lines.append(
            words.texts(
                "%(n)s was mended since the last message. Thank you.",
                "%(n)s were mended since the last message. Thank you.",
                of.mended,
            )
        )
    for table, cells in groupby(of.cells[:CELLS], key=lambda cell: cell.table):
        lines += ["", *_tab_lines(catalog, table, list(cells), words, now)]
    rest = many - CELLS
    if rest > 0:
        lines += ["", words.texts("And %(n)s more.", "And %(n)s more.", rest)]
    address = (settings.public_url or settings.web_url).rstrip("/")
    page = f"{address}/candid/mend?{urlencode({'owner': of.owner})}"
    lines += ["", words.text("The whole list: %(page)s", page=page)]
    return Letter(of.owner, title, "\n".join(lines), many)


def _tab_lines(
    catalog: Catalog, table: str, cells: Sequence[OpenCell], words: Wording, now: datetime
) -> list[str]:
    tab = next(tab for tab in catalog.tabs if tab.table == table)
    headers = {column.name: column.header for column in tab.columns}
    lines = [f"{catalog.workbook_of(tab).title} › {tab.title}"]
    for cell in cells:
        reason = words.text(REASONS.get(cell.reason, cell.reason.replace("_", " ")))
        value = f" “{_short(cell.value)}”" if cell.value else ""
        time = words.lasted(cell.first_seen, now)
        since = words.text("for %(time)s", time=time)
        lines.append(f"- {headers.get(cell.column, cell.column)} {cell.cell}{value}: {reason}")
        lines.append(f"  {since} · {cell.link}")
    return lines


def _short(text: str) -> str:
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
