"""The check `contract_holds` of a tab whose tables are staged, or are current."""

from collections.abc import Iterator, Sequence

from candid_assets.cleaning.family_cleaning import Member
from candid_assets.cleaning.header_search import HeaderProblem, find_header, rows_to_search
from candid_assets.contracts.catalog import Tab
from candid_assets.contracts.header_map import HeaderMap
from candid_assets.quality import invariants
from candid_assets.refresh.context import Refresh
from candid_assets.refresh.events import Checked, Event
from candid_assets.refresh.family_members import Choice
from candid_assets.refresh.land_stage import raw_head
from candid_assets.refresh.unfilled_merges import unfilled_merges
from candid_assets.sql import qualified
from candid_assets.warehouse.current_extracts import CurrentExtract
from candid_assets.warehouse.refresh_record import recorded_checks


def contract_of_current(
    refresh: Refresh, tab: Tab, extract: CurrentExtract, choice: Choice | None
) -> Iterator[Event]:
    """Judge the contract of tables that are current: it is broken now, or was when last judged."""
    known = recorded_checks(refresh.connection, layer=tab.source, table=tab.table, failed=True)
    was_broken = any(check.name == "contract_holds" and check.blocking for check in known)
    problem = choice.problems if choice else None
    if problem is None and not was_broken:
        return
    header = None if choice else header_of(refresh, tab, extract)
    members = choice.members if choice else ()
    if isinstance(header, HeaderMap):
        members = (Member(extract, header),)
    relations = [qualified(layer, tab.table) for layer in ("clean", "quarantine")]
    yield contract_check(refresh, tab, members, relations, problem)


def contract_check(
    refresh: Refresh,
    tab: Tab,
    members: Sequence[Member],
    kept: Sequence[str],
    problem: str | None,
) -> Checked:
    """Return the check of a contract: what is wrong, not described, or merged and left blank."""
    unclaimed = tuple(dict.fromkeys(h for m in members for h in m.header.unclaimed))
    unfilled = unfilled_merges(refresh, tab, members, kept)
    return Checked(
        invariants.contract_holds(
            tab.source, tab.table, problem=problem, unclaimed=unclaimed, unfilled=unfilled
        )
    )


def header_of(refresh: Refresh, tab: Tab, extract: CurrentExtract) -> HeaderMap | HeaderProblem:
    """Return where the contract's columns stand in a tab's raw table, or what is missing."""
    if extract.rows == 0:  # landed only where the contract allows an empty tab
        return HeaderMap(header_row=1, positions={tab.columns[0].name: 1})
    return find_header(tab, raw_head(refresh, tab.table, rows_to_search(tab)))
