"""Checks the foreign keys of tabs once every clean table is built, whatever their order."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

import duckdb

from candid_assets.contracts.catalog import Tab
from candid_assets.contracts.header_text import normalise
from candid_assets.names import column_letter
from candid_assets.quality.frame import column_types
from candid_assets.quality.references import check_references
from candid_assets.refresh.contained import contained, of_tab
from candid_assets.refresh.context import Refresh
from candid_assets.refresh.events import Checked, Event
from candid_assets.refresh.swap import StagedTab
from candid_assets.sql import qualified, quoted
from candid_assets.warehouse.check_results import Cells, CheckResult, MemberCells
from candid_assets.warehouse.current_extracts import CurrentExtract
from candid_assets.warehouse.extracts import current_extract, current_extracts
from candid_assets.warehouse.refresh_record import recorded_checks
from candid_assets.warehouse.tab_changes import Layout


def moves_keys(refresh: Refresh, staged: StagedTab) -> bool:
    """Whether a staged tab changes values that foreign keys of tabs refer to.

    Where it has the same, no verdict about a key that leads there can change.
    """
    table, connection = staged.tab.table, refresh.connection
    columns = {
        column.reference.column
        for tab in refresh.catalog.tabs
        for column in tab.columns
        if column.reference and column.reference.table == table
    }
    if not columns:
        return False
    before = refresh.states.get(("clean", table))
    if before is None or not before.inputs_key:  # its last run may have had no verdict
        return True
    new, old = staged.temp("clean"), qualified("clean", table)
    try:
        types = [dict(column_types(connection, relation)) for relation in (new, old)]
        if any(types[0].get(name) != types[1].get(name) for name in columns):
            return True
        return any(_differ(connection, quoted(name), new, old) for name in sorted(columns))
    except duckdb.Error:  # such as no such column
        return True


def _differ(connection: duckdb.DuckDBPyConnection, name: str, new: str, old: str) -> bool:
    differing = connection.execute(
        f"(select {name} from {new} except select {name} from {old}) union all"
        f" (select {name} from {old} except select {name} from {new}) limit 1"
    )
    return differing.fetchone() is not None


def look_up(refresh: Refresh, replaced: Sequence[Tab], rekeyed: Collection[str]) -> Iterator[Event]:
    """Check the foreign keys of tabs with new content, and of tabs that refer to `rekeyed` tables.

    Of the latter only a verdict that changed is yielded.
    """
    new = {tab.table for tab in replaced}
    extracts = current_extracts(refresh.connection) if replaced or rekeyed else {}
    for tab in replaced:
        yield from _judged(refresh, tab, extracts, lambda _: True)
    for tab in refresh.catalog.tabs:
        leads = {column.reference.table for column in tab.columns if column.reference}
        if tab.table not in new and leads & set(rekeyed) and ("clean", tab.table) in refresh.states:
            yield from _judged(refresh, tab, extracts, lambda r: not is_recorded(refresh, r))


def _judged(
    refresh: Refresh,
    tab: Tab,
    extracts: Mapping[tuple[str, str], CurrentExtract],
    is_news: Callable[[CheckResult], bool],
) -> Iterator[Event]:
    """Yield the verdicts on a tab's foreign keys that are news; an error is this tab's failure."""

    def check() -> Iterator[Event]:
        extract = extracts.get((tab.workbook, tab.name))
        if tab.is_family:
            extract = current_extract(refresh.connection, tab)
        cells = _cells(refresh, tab, extract) if extract else None
        relation = qualified("clean", tab.table)
        for result in check_references(refresh.connection, tab, relation, cells):
            if is_news(result):
                yield Checked(result)

    what = f"foreign keys of {tab.table} could not be judged"
    yield from contained(check(), what, refresh.settings, of_tab(tab))


def is_recorded(refresh: Refresh, result: CheckResult) -> bool:
    """Whether the last verdict that was recorded of a check says the same."""
    before = recorded_checks(refresh.connection, layer=result.layer, table=result.table)
    outcome = (result.name, result.passed, result.message)
    return outcome in [(check.name, check.passed, check.message) for check in before]


def _cells(refresh: Refresh, tab: Tab, extract: CurrentExtract) -> Cells:
    """Return how rows link to cells; a column whose header is not found links to the row."""
    parts = extract.members or (extract,)
    names = {part.sheet_id: part.tab or tab.name for part in parts}
    layouts = refresh.accepted_layouts(tab.workbook, names.values())
    letters = {
        sheet_id: _letters(tab, layouts[name]) if name in layouts else {}
        for sheet_id, name in names.items()
    }
    titles = {part.sheet_id: part.title for part in extract.members}
    members = {
        sheet_id: MemberCells(title, letters[sheet_id]) for sheet_id, title in titles.items()
    }
    own = letters.get(extract.sheet_id, {})
    return Cells(extract.spreadsheet_id, extract.sheet_id, own, members)


def _letters(tab: Tab, layout: Layout) -> dict[str, str]:
    places = {normalise(text): n for n, text in reversed(list(enumerate(layout.headers, 1)))}
    return {
        column.name: column_letter(places[normalise(column.header)])
        for column in tab.columns
        if normalise(column.header) in places
    }
