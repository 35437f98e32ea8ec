"""A family's members: landed one by one, reported as one table, and the extracts chosen for it.

A member whose newest extract does not keep to the contract stays in the table with the extract
that did last; one that never did is left out. Both are named and turn the run red.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from candid_assets.cleaning.family_cleaning import Member
from candid_assets.cleaning.header_search import HeaderProblem, find_header, rows_to_search
from candid_assets.contracts.catalog import Tab
from candid_assets.contracts.header_map import HeaderMap
from candid_assets.refresh.context import Refresh
from candid_assets.refresh.events import Built, Checked, Event, Failed, Unchanged
from candid_assets.refresh.layout_drift import note_lost, note_missing
from candid_assets.sources.source_errors import place
from candid_assets.warehouse.check_results import CheckResult
from candid_assets.warehouse.current_extracts import CurrentExtract, joined_extract
from candid_assets.warehouse.extracts import accepted_members
from candid_assets.warehouse.raw_query import extract_relation, extract_rows
from candid_assets.warehouse.tab_changes import Change


def merged_events(family: Tab, events: Iterable[Event]) -> Iterator[Event]:
    """Yield the events of members as those of their family: one event of each kind.

    Failures stay one for each member, so that every cause is named.
    """
    built: list[Built] = []
    unchanged = failed = False
    checks: dict[str, list[CheckResult]] = {}
    for event in events:
        match event:
            case Built():
                built.append(event)
            case Checked():
                checks.setdefault(event.result.name, []).append(event.result)
            case Failed():
                failed = True
                yield replace(event, table=family.table, tab=family.name)
            case Unchanged():
                unchanged = True
    if built:
        yield _one_built(family, built)
    elif unchanged and not failed:
        yield Unchanged(family.source, family.table)
    for results in checks.values():
        yield Checked(_one_result(family, results))


def _one_built(family: Tab, built: Sequence[Built]) -> Built:
    facts: dict[str, str | int | float] = {"members with new content": len(built)}
    facts |= {str(b.facts.get("title", "")): b.rows for b in built}
    return Built(
        family.source,
        family.table,
        sum(b.rows for b in built),
        "+".join(b.version[:12] for b in built),
        sum(b.seconds for b in built),
        facts,
    )


def _one_result(family: Tab, results: Sequence[CheckResult]) -> CheckResult:
    failed = [r for r in results if not r.passed]
    worst = (failed or results)[0]
    counts: dict[str, int | float] = {}
    for result in results:
        for name, count in result.counts.items():
            counts[name] = counts.get(name, 0) + count
    messages = list(dict.fromkeys(r.message for r in failed or results))
    message = "; ".join(messages) if failed else messages[0]
    if not failed and len(results) > 1:
        message = f"{len(results)} tabs, each: {message}"
    samples = tuple(sample for r in failed or results for sample in r.samples)
    return replace(worst, table=family.table, message=message, counts=counts, samples=samples)


@dataclass(frozen=True, slots=True)
class Unfit:
    """A member whose newest extract does not keep to the contract."""

    cause: str
    message: str
    fix: str
    stays: bool
    """Whether its last good rows are in the table."""

    def __str__(self) -> str:
        """Return the message and the fix in one line."""
        return f"{self.message}; {self.fix}"


@dataclass(frozen=True, slots=True)
class Choice:
    """The extracts that a family's tables are built from."""

    members: tuple[Member, ...]
    unfit: tuple[Unfit, ...]
    lost: tuple[Unfit, ...]
    """Members with good rows in the table that no extract holds any more: the table is kept."""

    @property
    def problems(self) -> str | None:
        """What is wrong with the members that do not keep to the contract."""
        return "; ".join(str(u) for u in (*self.unfit, *self.lost)) or None

    def extract(self, family: Tab) -> CurrentExtract | None:
        """Return the chosen extracts as one."""
        return joined_extract(family, [m.extract for m in self.members])


def choose(refresh: Refresh, family: Tab, extract: CurrentExtract) -> Choice:
    """Choose for each member its newest extract, or the last that kept to the contract."""
    accepted = accepted_members(refresh.connection, family.workbook, family.name)
    chosen: list[Member] = []
    unfit: list[Unfit] = []
    lost: list[Unfit] = []
    for newest in extract.members:
        member = family.member(newest.tab, newest.title)
        header = member_header(refresh, member, newest)
        good = accepted.get(newest.tab)
        if isinstance(header, HeaderMap) and (good is None or not _emptied(member, newest, header)):
            chosen.append(Member(newest, header))
            continue
        before = member_header(refresh, member, good) if good is not None else None
        stays = isinstance(before, HeaderMap)
        if good is not None and isinstance(before, HeaderMap):
            chosen.append(Member(good, before))
        if isinstance(header, HeaderProblem):
            renamed = note_missing(refresh, member, newest, header)
            problem = Unfit("missing_column", *with_renames(header, renamed), stays)
        else:
            problem = Unfit("tab_emptied", *emptied(member), stays)
            note_lost(refresh, member, problem.cause, problem.message, problem.fix)
        (lost if good is not None and not stays else unfit).append(problem)
    return Choice(tuple(chosen), tuple(unfit), tuple(lost))


def with_renames(problem: HeaderProblem, renamed: Sequence[Change]) -> tuple[str, str]:
    """Return message and fix of a header that was not found, with what it looks renamed to."""
    for change in renamed:
        if change.kind == "header_gone":
            return f"{place(problem.workbook, problem.title)}: {change.detail}", change.fix
    message = "; ".join([problem.message, *(change.detail for change in renamed)])
    return message, next((change.fix for change in renamed), problem.fix)


def as_they_are(refresh: Refresh, family: Tab, extract: CurrentExtract) -> Choice:
    """Return the members of an extract that was chosen before, each as it is."""
    members: list[Member] = []
    unfit: list[Unfit] = []
    for part in extract.members:
        header = member_header(refresh, family.member(part.tab, part.title), part)
        if isinstance(header, HeaderMap):
            members.append(Member(part, header))
        else:
            unfit.append(Unfit("missing_column", header.message, header.fix, stays=False))
    return Choice(tuple(members), tuple(unfit), ())


def _emptied(member: Tab, extract: CurrentExtract, header: HeaderMap) -> bool:
    return extract.rows <= header.last_row and not member.options.allow_empty


def emptied(member: Tab) -> tuple[str, str]:
    """Return message and fix for a tab whose rows are gone."""
    return (
        f"tab '{member.title}' of workbook {member.workbook} has a header but no rows",
        f"{member.words.undo}, or set allowEmpty in {member.path}",
    )


def member_header(
    refresh: Refresh, member: Tab, extract: CurrentExtract
) -> HeaderMap | HeaderProblem:
    """Return where the contract's columns stand in one member's extract."""
    if extract.rows == 0 and member.options.allow_empty:
        return HeaderMap(header_row=1, positions={member.columns[0].name: 1})
    source = extract_relation(refresh.landing, member, extract.content_hash)
    rows = extract_rows(refresh.connection, source, 1, rows_to_search(member))
    return find_header(member, rows)


def failures(family: Tab, choice: Choice) -> Iterator[Failed]:
    """Yield a failure for each member that does not keep to the contract."""
    for unfit in (*choice.unfit, *choice.lost):
        fate = "its last good rows stay" if unfit.stays else "its rows are not in the table"
        if unfit in choice.lost:
            fate = "the whole table holds, for its last good rows cannot be made again"
        yield Failed(
            "clean",
            family.table,
            unfit.cause,
            f"{unfit.message}; {fate}",
            unfit.fix,
            family.workbook,
            family.name,
        )
