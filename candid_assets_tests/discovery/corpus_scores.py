"""What `candid discover` makes of whole tabs, held against what a careful person would say."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from candid_assets.cleaning.macros import install_macros
from candid_assets.contracts.header_text import normalise
from candid_assets.discovery.proposal import TableProposal
from candid_assets.discovery.propose import propose
from candid_assets.discovery.rehearsal import Rehearsal
from candid_assets.sources.read_undescribed import UndescribedWorkbook
from candid_assets.sql import quoted
from candid_assets.warehouse.memory import open_scratch
from candid_assets_tests.discovery.corpus_whole import Truth
from candid_assets_tests.discovery.kit import workbook

_SAME: Final = {"amount": {"integer", "number"}}
TAKEN: Final = 2
"""A contract is taken by a careful person who changes at most so many of its lines."""


@dataclass
class Score:
    """One tab as discovered and cleaned under its contract, against its truth."""

    truth: Truth
    is_table: bool = False
    header: bool = False
    types_right: int = 0
    wrong_types: list[str] = field(default_factory=list)
    edits: list[str] = field(default_factory=list)
    """What a careful person would change in the contract, a line each."""
    falsely_quarantined: list[int] = field(default_factory=list)
    falsely_dropped: list[int] = field(default_factory=list)
    clean_sums: list[int] = field(default_factory=list)
    """Rows that are no data but are clean."""
    faults_passed: list[tuple[int, int]] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    """Rows with cells that are neither clean nor quarantined nor dropped by a rule."""

    @property
    def taken(self) -> bool:
        """Whether a careful person takes the contract."""
        return self.is_table and len(self.edits) <= TAKEN


@dataclass
class _Cleaned:
    clean: dict[int, dict[str, Any]]
    quarantined: set[int]
    dropped: dict[int, str]


def scored(truth: Truth, scratch: Path, book: UndescribedWorkbook | None = None) -> Score:
    """Return how a tab is discovered; a folder is used up.

    Args:
        truth: What is true of the tab.
        scratch: The folder.
        book: A workbook of the tab alone, as read of a source; None is one in memory.
    """
    score = Score(truth)
    book = book or workbook({"Data": truth.sheet}, truth.locale)
    proposal = propose(book, "toko", scratch / "found")
    if len(proposal.tables) != 1:
        reasons = [f"{item.code}: {item.reason}" for item in proposal.left_out]
        score.edits = ["no table", *reasons] if not proposal.tables else ["several tables"] * 3
        score.wrong_types = list(truth.types.values())
        score.faults_passed = []
        return score
    score.is_table = True
    table = proposal.tables[0]
    _judge_header(score, table)
    extract = book.tabs[0].extract
    assert extract is not None
    with open_scratch(scratch / "cleaned", threads=1) as connection:
        install_macros(connection)
        rehearsal = Rehearsal(connection, scratch / "cleaned" / "workbooks" / "toko", "toko")
        rehearsal.load(0, extract.table)
        outcome = rehearsal.try_on(table, 0, {0: "Data"})
        if outcome.problems:
            score.edits += outcome.problems
            return score
        names = ", ".join(["_row", *(quoted(c.name) for c in table.columns)])
        lines = connection.execute(f"SELECT {names} FROM temp.rehearsed_0").fetchall()
        columns = [c.name for c in table.columns]
        cleaned = _Cleaned(
            {line[0]: dict(zip(columns, line[1:], strict=True)) for line in lines},
            {
                r
                for (r,) in connection.execute("SELECT _row FROM temp.staged_quarantine").fetchall()
            },
            dict(connection.execute("SELECT _row, rule FROM temp.staged_dropped").fetchall()),
        )
    _judge_rows(score, table, cleaned)
    return score


def _judge_header(score: Score, table: TableProposal) -> None:
    truth, layout = score.truth, table.layout
    by_place = {c.place: c for c in table.columns}
    rows = (layout.header_row, layout.header_rows) == (truth.header_row, truth.header_rows)
    named = all(
        place in by_place and normalise(by_place[place].header) == normalise(header)
        for place, header in truth.headers.items()
        if header
    )
    score.header = rows and named and by_place.keys() == truth.headers.keys()
    if not rows:
        score.edits.append(f"header rows {layout.header_row}+{layout.header_rows}")
    elif not score.header:
        score.edits.append(f"names {[c.header for c in table.columns]}")
    for place, meant in truth.types.items():
        column = by_place.get(place)
        guessed = column.logical if column else None
        if guessed in _SAME.get(meant, {meant}):
            score.types_right += 1
        else:
            score.wrong_types.append(f"{truth.headers[place]}: {meant} as {guessed}")
    score.edits += score.wrong_types
    for place, column in by_place.items():
        if column.enum and place in truth.headers and place not in truth.closed:
            score.edits.append(f"enum of {column.name}")


def _judge_rows(score: Score, table: TableProposal, cleaned: _Cleaned) -> None:
    truth = score.truth
    by_place = {c.place: c.name for c in table.columns}
    faulty = {row for row, _ in truth.faults}
    fine = truth.data - faulty
    score.falsely_quarantined = sorted(fine & cleaned.quarantined)
    score.falsely_dropped = sorted(truth.data & cleaned.dropped.keys())
    score.clean_sums = sorted(truth.left_out.keys() & cleaned.clean.keys())
    for (row, place), _fault in truth.faults.items():
        if row in cleaned.clean and place in by_place:
            score.faults_passed.append((row, place))
    accounted = cleaned.clean.keys() | cleaned.quarantined | cleaned.dropped.keys()
    filled = {n for n, row in enumerate(truth.sheet.rows, 1) if any(c is not None for c in row)}
    score.lost = sorted(filled - accounted)
    other = truth.left_out.keys() & cleaned.quarantined
    for what, rows in {
        "rows quarantined": score.falsely_quarantined,
        "rows dropped": score.falsely_dropped,
        "sums clean": score.clean_sums,
        "sums quarantined": sorted(other),
    }.items():
        if rows:
            score.edits.append(f"{what}: {rows[:5]}")


@dataclass(frozen=True)
class Summary:
    """One line of the table of scores, in percent where not said otherwise."""

    name: str
    value: float
    goal: float
    least: bool = True
    """Whether the goal is the least it should be; else the most."""
    of: int = 0

    @property
    def met(self) -> bool:
        if not self.of:
            return True
        return self.value >= self.goal if self.least else self.value <= self.goal

    def __str__(self) -> str:
        sign = "at least" if self.least else "at most"
        verdict = "" if self.met else "  MISSED"
        return (
            f"{self.name:<52}{self.value:8.2f}%  of {self.of:<6,}({sign} {self.goal:g}%){verdict}"
        )


def summaries(scores: Sequence[Score]) -> list[Summary]:
    """Return the table of scores."""
    titled = [s for s in scores if s.truth.titled]
    deep = [s for s in scores if s.truth.header_rows > 1]
    data = sum(len(s.truth.data) - len({r for r, _ in s.truth.faults}) for s in scores)
    faults = sum(len(s.truth.faults) for s in scores)
    sums = sum(len(s.truth.left_out) for s in scores)
    filled = sum(sum(any(c is not None for c in r) for r in s.truth.sheet.rows) for s in scores)

    def part(count: int, of: int) -> float:
        return 100 * count / max(of, 1)

    def headers(chosen: Sequence[Score]) -> float:
        return part(sum(s.header for s in chosen), len(chosen))

    def types(chosen: Sequence[Score]) -> tuple[float, int]:
        every = sum(len(s.truth.types) for s in chosen)
        return part(sum(s.types_right for s in chosen), every), every

    return [
        Summary("headers exact", headers(scores), 95, of=len(scores)),
        Summary("types right", *_then(types(scores), 97)),
        Summary("title rows above: headers exact", headers(titled), 97, of=len(titled)),
        Summary("title rows above: types right", *_then(types(titled), 98)),
        Summary("header of 2+ rows: exact", headers(deep), 85, of=len(deep)),
        Summary("header of 2+ rows: types right", *_then(types(deep), 95)),
        Summary(
            "rows falsely quarantined",
            part(sum(len(s.falsely_quarantined) for s in scores), data), 0.1, False, data,
        ),
        Summary(
            "rows of data falsely dropped",
            part(sum(len(s.falsely_dropped) for s in scores), data), 0.1, False, data,
        ),
        Summary(
            "sums, headings and notes clean",
            part(sum(len(s.clean_sums) for s in scores), sums), 1, False, sums,
        ),
        Summary(
            "faults passed",
            part(sum(len(s.faults_passed) for s in scores), faults), 1, False, faults,
        ),
        Summary(
            "contracts taken with two lines changed at most",
            part(sum(s.taken for s in scores), len(scores)), 90, of=len(scores),
        ),
        Summary(
            "rows neither kept nor named",
            part(sum(len(s.lost) for s in scores), filled), 0, False, filled,
        ),
    ]  # fmt: skip


def _then(share: tuple[float, int], goal: float) -> tuple[float, float, bool, int]:
    return share[0], goal, True, share[1]
