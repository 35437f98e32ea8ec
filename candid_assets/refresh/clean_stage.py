"""The third stage: raw to clean and quarantine, staged, checked and swapped in one transaction."""

import time
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from datetime import date

from candid_assets.cleaning.cleaning_sql import CleaningTables
from candid_assets.cleaning.family_cleaning import Member
from candid_assets.cleaning.header_search import HeaderProblem
from candid_assets.contracts.catalog import Tab
from candid_assets.quality import invariants
from candid_assets.quality.plausibility import check_plausible
from candid_assets.quality.row_rules import check_row_rules
from candid_assets.quality.swapped_columns import check_swapped
from candid_assets.quality.table_fingerprint import fingerprint_and_rows
from candid_assets.refresh.clean_rows import clean_rows, drop_rows
from candid_assets.refresh.context import Refresh
from candid_assets.refresh.contract_check import contract_check, contract_of_current, header_of
from candid_assets.refresh.events import Built, Checked, Event, Failed, Unchanged
from candid_assets.refresh.family_members import Choice, as_they_are, emptied, with_renames
from candid_assets.refresh.input_keys import clean_key
from candid_assets.refresh.layout_drift import note_current, note_layouts, note_lost, note_missing
from candid_assets.refresh.layouts import observe
from candid_assets.refresh.lost_keys import judge_losses
from candid_assets.refresh.swap import KINDS, StagedTab, swap
from candid_assets.sql import qualified, quoted
from candid_assets.warehouse.builds import TableState
from candid_assets.warehouse.check_results import Cells, CheckResult, MemberCells
from candid_assets.warehouse.current_extracts import CurrentExtract
from candid_assets.warehouse.ledger import Ledger
from candid_assets.warehouse.refresh_record import unfinished_checks
from candid_assets.warehouse.tables import row_count


def stage_clean(
    refresh: Refresh, tab: Tab, extract: CurrentExtract, choice: Choice | None = None
) -> Generator[Event, None, StagedTab | None]:
    """Stage a tab's clean and quarantine tables.

    Yields what happened so far and returns what is staged; None where the tables are current or
    cannot be built. Of a family, `choice` has its members.
    """
    if tab.is_family and choice is None:
        choice = as_they_are(refresh, tab, extract)
    problem = choice.problems if choice else None
    key = clean_key(tab, extract)
    if refresh.is_current("clean", tab.table, key):
        yield Unchanged("clean", tab.table)
        yield Unchanged("quarantine", tab.table)
        yield from contract_of_current(refresh, tab, extract, choice)
        note_current(refresh, tab, extract)
        return None
    if choice is None:
        header = header_of(refresh, tab, extract)
        if isinstance(header, HeaderProblem):
            message, fix = with_renames(header, note_missing(refresh, tab, extract, header))
            problem = f"{message}; {fix}"
            yield Checked(invariants.contract_holds(tab.source, tab.table, problem=problem))
            yield _failed(tab, "missing_column", message, fix)
            return None
        members: tuple[Member, ...] = (Member(extract, header),)
    else:
        members = choice.members
    staged = _stage(refresh, tab, members, extract, key)
    if gone := _emptied(refresh, staged):
        message, fix = emptied(gone)
        yield Checked(invariants.contract_holds(tab.source, tab.table, problem=f"{message}; {fix}"))
        yield _failed(tab, "tab_emptied", message, fix)
        note_lost(refresh, gone, "tab_emptied", message, fix)
        _drop(refresh, staged)
        return None
    holding = list(note_layouts(refresh, tab, staged.layouts))
    losses = list(judge_losses(refresh, staged))
    holding += [event for event in losses if isinstance(event, Failed)]
    yield from (event for event in losses if not isinstance(event, Failed))
    if holding:
        yield from holding
        _drop(refresh, staged)
        return None
    if staged.quarantine.rows and not staged.clean.rows:
        yield from _nothing_passed(refresh, staged)
        _drop(refresh, staged)
        return None
    relations = [staged.temp("clean"), staged.temp("quarantine")]
    yield contract_check(refresh, tab, members, relations, problem)
    return staged


def finish_clean(refresh: Refresh, staged: StagedTab) -> Iterator[Event]:
    """Audit the staged tables and swap them in, or yield why the last good ones stay."""
    tab = staged.tab
    before = refresh.states.get(("quarantine", tab.table))
    results = _audit(refresh, staged)
    if not any(r.stops for r in results):
        results.append(swap(refresh, staged))
    _drop(refresh, staged)
    yield from (Checked(result) for result in results)
    broken = [r for r in results if r.stops]
    if broken:
        message = f"{tab.table} was not replaced: {broken[0].message}"
        yield _failed(
            tab, "check_failed", message, "see the check's samples for the cells to correct"
        )
        return
    yield from _built(refresh, staged, before.rows if before else None)


def _emptied(refresh: Refresh, staged: StagedTab) -> Tab | None:
    """Return the tab, or the first member, that has no row any more and may not be empty."""
    tab, layouts = staged.tab, staged.layouts
    if tab.options.allow_empty or all(layout.rows_kept for layout in layouts.values()):
        return None
    if not tab.is_family:
        return tab
    if not any(layout.rows_kept for layout in layouts.values()):
        return tab
    before = refresh.accepted_layouts(tab.workbook, layouts)
    gone = (
        n for n, now in layouts.items() if n in before and before[n].rows_kept > now.rows_kept == 0
    )
    return next((tab.member(name, layouts[name].title) for name in gone), None)


def _nothing_passed(refresh: Refresh, staged: StagedTab) -> Iterator[Event]:
    """Report a table of which every row went to quarantine; the last good one stays."""
    tab, quarantine = staged.tab, staged.temp("quarantine")
    result = invariants.nothing_quarantined(refresh.connection, tab.table, quarantine, 0)
    yield Checked(result)
    cells = "; ".join(dict.fromkeys(s.detail for s in result.samples[:3] if s.detail))
    message = f"{tab.table} was not replaced: {result.message} ({cells})"
    fix = f"correct the cells {tab.words.inside}, or correct the columns in {tab.path.name}"
    yield _failed(tab, "check_failed", message, fix)


def _failed(tab: Tab, cause: str, message: str, fix: str) -> Failed:
    return Failed("clean", tab.table, cause, message, fix, tab.workbook, tab.name)


def _stage(
    refresh: Refresh, tab: Tab, members: Sequence[Member], extract: CurrentExtract, key: str
) -> StagedTab:
    connection, started = refresh.connection, time.monotonic()
    names = _names(tab)
    relations = {kind: f"temp.{quoted(f'staged_{kind}__{tab.table}')}" for kind in KINDS}
    rows = clean_rows(refresh, tab, members, extract, names)
    counted = connection.execute(
        f"select rule, count(*) from {relations['dropped']} group by rule order by rule"
    ).fetchall()
    dropped: Counter[str] = Counter(dict(counted))
    clean, quarantine = (
        TableState(key, *fingerprint_and_rows(connection, relations[k]))
        for k in ("clean", "quarantine")
    )
    ledger = Ledger(
        rows_read=extract.rows,
        rows_raw=row_count(connection, qualified("raw", tab.table)),
        rows_clean=clean.rows,
        rows_quarantined=quarantine.rows,
        rows_dropped=dropped.total(),
    )
    cells = _cells(tab, members)
    kept = _kept_verdicts(refresh, tab, members)
    swapped = check_swapped(connection, tab, (relations["clean"], _last_good(refresh, tab)), cells)
    compared = [kept.get(result.name, result) for result in swapped]
    row_checks = [
        *check_row_rules(connection, tab, relations["clean"], cells),
        *check_plausible(connection, tab, relations["clean"], cells, _read_day(refresh, tab)),
        *compared,
    ]
    layouts = {
        m.extract.tab: observe(connection, tab, m, relations["clean"], relations["quarantine"])
        for m in members
    }
    seconds = time.monotonic() - started
    facts = (clean, quarantine, ledger, dropped, cells)
    more = (rows.undeclared, layouts, row_checks, seconds)
    return StagedTab(tab, extract, key, *facts, *more, kept, compared, rows.attempt)


def _names(tab: Tab) -> CleaningTables:
    return CleaningTables(*(f"staged_{kind}__{tab.table}" for kind in KINDS))


def _kept_verdicts(refresh: Refresh, tab: Tab, members: Sequence[Member]) -> dict[str, CheckResult]:
    """Return what a run that was killed later recorded when it swapped in this very content."""
    parts = {m.extract.tab: m.extract.content_hash for m in members}
    layouts = refresh.accepted_layouts(tab.workbook, parts)
    if {name: layout.content_hash for name, layout in layouts.items()} != parts:
        return {}
    return {check.name: check for check in unfinished_checks(refresh.connection, tab.table)}


def _last_good(refresh: Refresh, tab: Tab) -> str | None:
    """Return the clean table that the staged one is to replace; None where there is none."""
    known = ("clean", tab.table) in refresh.states
    return qualified("clean", tab.table) if known and not refresh.is_replay else None


def _read_day(refresh: Refresh, tab: Tab) -> date:
    """Return the day on which the newest content of a raw table was read first."""
    row = refresh.connection.execute(
        f"select make_timestamp(epoch_us(max(_loaded_at)))::date from {qualified('raw', tab.table)}"
    ).fetchone()
    day: date | None = row[0] if row else None
    return day or refresh.started_at.date()


def _cells(tab: Tab, members: Sequence[Member]) -> Cells:
    """Return how the rows of a tab, or of every member of a family, link to cells."""
    placed = {
        m.extract.sheet_id: MemberCells(
            m.extract.title, {c.name: m.header.letter(c.name) or "" for c in tab.columns}
        )
        for m in members
    }
    first = members[0].extract
    if tab.is_family:
        return Cells(first.spreadsheet_id, first.sheet_id, members=placed)
    return Cells(first.spreadsheet_id, first.sheet_id, placed[first.sheet_id].letters)


def _drop(refresh: Refresh, staged: StagedTab) -> None:
    drop_rows(refresh, _names(staged.tab), staged.attempt)


def _audit(refresh: Refresh, staged: StagedTab) -> list[CheckResult]:
    table = staged.tab.table
    before = refresh.states.get(("clean", table))
    same_inputs = before.fingerprint if before and before.inputs_key == staged.key else None
    return [
        invariants.rows_conserved(table, staged.ledger),
        invariants.rerun_identical("clean", table, same_inputs, staged.clean.fingerprint),
        *refresh.audit.judge(staged.tab, refresh.connection, staged.temp("clean"), staged.cells),
        *staged.row_checks,
    ]


def _built(refresh: Refresh, staged: StagedTab, rows_before: int | None) -> Iterator[Event]:
    tab = staged.tab
    facts: dict[str, str | int | float] = {
        "extract": staged.extract.content_hash[:12],
        "rows read": staged.ledger.rows_read,
        "quarantined": staged.quarantine.rows,
    }
    facts |= {f"dropped: {rule}": count for rule, count in staged.dropped.items()}
    clean, quarantine = staged.clean, staged.quarantine
    yield Built("clean", tab.table, clean.rows, clean.fingerprint, staged.seconds, facts)
    yield Built("quarantine", tab.table, quarantine.rows, quarantine.fingerprint, 0.0)
    held = qualified("quarantine", tab.table)
    yield Checked(
        invariants.nothing_quarantined(refresh.connection, tab.table, held, clean.rows, rows_before)
    )
