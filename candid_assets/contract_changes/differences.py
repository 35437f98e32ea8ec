"""Contract against sheet: what differs between them in the newest extracts that were landed.

The published snapshot says which extracts these are and which changes are open, the landing store
has their cells: no call to Google, and what is compared is exactly what the last refresh saw.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import duckdb

from candid_assets.cleaning.header_search import HeaderProblem, find_header, rows_to_search
from candid_assets.contracts.catalog import Catalog, Tab
from candid_assets.contracts.titles import folded_title
from candid_assets.refresh.header_renames import missing_headers
from candid_assets.settings import Settings
from candid_assets.warehouse.current_extracts import CurrentExtract
from candid_assets.warehouse.extracts import current_extract
from candid_assets.warehouse.landing import Landing
from candid_assets.warehouse.memory import open_scratch
from candid_assets.warehouse.raw_query import extract_relation, extract_rows
from candid_assets.warehouse.tab_changes import Change, accepted_layouts, open_changes

FROM_EVENTS: Final = frozenset(
    {"tab_missing", "tab_not_grid", "tab_emptied", "column_retyped", "tab_hidden"}
)
"""Changes that the newest extract does not show; the log of the last refresh does."""


@dataclass(frozen=True, slots=True)
class ContractDifference:
    """One thing that contract and sheet do not agree on."""

    tab: Tab
    change: Change
    titles: tuple[str, ...]
    """The tabs that it is about: of a family, one or more members."""
    everywhere: bool
    """Whether it is so in every tab that feeds the table."""
    extract: CurrentExtract | None = None
    """The first of the extracts that show it."""

    def facts(self) -> dict[str, Any]:
        """Return what `candid contracts diff --json` shows of it."""
        return {
            "workbook": self.tab.workbook,
            "table": self.tab.table,
            "contract": str(self.tab.path),
            "titles": list(self.titles),
            "kind": self.change.kind,
            "breaking": self.change.breaking,
            "column": self.change.column or None,
            "header": self.change.subject or None,
            "to": self.change.to or None,
            "detail": self.change.detail,
        }


def differences(
    settings: Settings,
    catalog: Catalog,
    snapshot: duckdb.DuckDBPyConnection,
    chosen: Collection[str] | None = None,
) -> list[ContractDifference]:
    """Return what differs, in the order of the catalog.

    Args:
        settings: Where the landing store is.
        catalog: The contracts.
        snapshot: The published snapshot.
        chosen: Names of workbooks and tables to compare; None compares all.
    """
    result: list[ContractDifference] = []
    with open_scratch(settings.data_dir) as scratch:
        comparing = _Comparing(settings, snapshot, scratch)
        for workbook in catalog.workbooks:
            for tab in workbook.living_tabs:
                if chosen is None or workbook.name in chosen or tab.table in chosen:
                    result += comparing.of_tab(tab)
    return result


class _Comparing:
    def __init__(
        self,
        settings: Settings,
        snapshot: duckdb.DuckDBPyConnection,
        scratch: duckdb.DuckDBPyConnection,
    ) -> None:
        self.landing = Landing(settings.landing_dir)
        self.snapshot = snapshot
        self.scratch = scratch

    def of_tab(self, tab: Tab) -> list[ContractDifference]:
        extract = current_extract(self.snapshot, tab)
        parts = () if extract is None else extract.members or (extract,)
        seen: dict[tuple[str, str, str], list[tuple[Change, CurrentExtract]]] = {}
        for part in parts:
            member = tab.member(part.tab, part.title) if tab.is_family else tab
            for change in self._changes(member, part):
                key = (change.kind, change.subject, change.to)
                seen.setdefault(key, []).append((change, part))
        compared = [
            ContractDifference(
                tab,
                group[0][0],
                tuple(part.title for _, part in group),
                len(group) == len(parts),
                group[0][1],
            )
            for group in seen.values()
        ]
        return compared + list(self._open(tab))

    def _changes(self, tab: Tab, extract: CurrentExtract) -> Iterator[Change]:
        if not tab.family and folded_title(extract.title) != folded_title(tab.title):
            detail = f"the contract says '{tab.title}', the tab is called '{extract.title}'"
            yield Change("tab_renamed", detail, to=extract.title)
        if extract.rows == 0:
            return
        source = extract_relation(self.landing, tab, extract.content_hash)
        header = find_header(tab, extract_rows(self.scratch, source, 1, rows_to_search(tab)))
        if isinstance(header, HeaderProblem):
            before = accepted_layouts(self.snapshot, tab.workbook).get(tab.name)
            old = extract_relation(self.landing, tab, before.content_hash) if before else source
            yield from missing_headers(self.scratch, tab, header, before, (source, old))
            return
        for text in header.unclaimed:
            yield Change("column_added", f"column '{text}' is not in the contract", text)
        for column in tab.columns:
            lacking = column.name not in header.positions and column.in_sheet
            if lacking and not column.options.retired:
                what = f"optional column '{column.header}' of {column.name}"
                detail = f"{what} is not {tab.words.inside}"
                yield Change("column_removed", detail, column.header, column=column.name)

    def _open(self, tab: Tab) -> Iterator[ContractDifference]:
        extract = current_extract(self.snapshot, tab)
        for noted in open_changes(self.snapshot, tab.table):
            if noted.change.kind in FROM_EVENTS:
                yield ContractDifference(
                    tab, noted.change, (noted.title,), not tab.is_family, extract
                )


def with_detail(difference: ContractDifference) -> ContractDifference:
    """Return a family's difference with the members that it is about in its words."""
    if (
        not difference.tab.is_family
        or difference.everywhere
        or difference.titles[0] in difference.change.detail
    ):
        return difference
    titles = ", ".join(f"'{title}'" for title in difference.titles[:4])
    more = f" and {len(difference.titles) - 4} more" if len(difference.titles) > 4 else ""
    detail = f"{difference.change.detail} (in {titles}{more})"
    return replace(difference, change=replace(difference.change, detail=detail))
