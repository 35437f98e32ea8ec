"""What sequences publish into a tab of a workbook: what a person approved, once, and to the cell.

Without an approval, and over what somebody typed since, nothing is written; a publication that was
killed is done once more and is written once all the same; taken back, the tab holds what it held.
"""

from copy import deepcopy
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from candid_assets.sandbox.workbook import Cell, SampleTab, SampleWorkbook
from candid_assets_tests.tab_cells import without_trailing_blanks
from candid_assets_tests.torture import gate_steps
from candid_assets_tests.torture.oracle import Row
from candid_assets_tests.torture.published import MART, BrokenError, read_published

if TYPE_CHECKING:
    from candid_assets_tests.torture.sequence import Sequence

WORKBOOK: Final = "gudang"
TITLE: Final = "Papan"
HEADER: Final = ["sold_date", "receipts", "amount_idr"]
APPROVERS: Final = ("ani", "budi")
LOST: Final[tuple[str | dict[str, Any], ...]] = (
    {"do": "error", "error": "unavailable"},
    "reset",
    "truncate",
)
"""Answers to a write by which nobody knows whether it was done."""


def publish(at: "Sequence") -> None:
    """Publish the model into a tab of its own, and take it back in some cases."""
    at.right_clock()
    at.refresh()
    book = at.plant.books[WORKBOOK]
    closed = not book.shared or book.trashed
    if at.gate is None or closed or at.gate.refuses(at.model.rules):
        return None
    mart = read_published(at.plant.published).mart if at.plant.published.exists() else None
    if mart is None:
        return None
    wanted = [HEADER, *([_cell(value) for value in row] for row in sorted(mart, key=_day))]
    before = type_into_board(at)
    at.log.append(f"publish {MART} into {TITLE}")
    plan = gate_steps.act(at, "plan a publication", f"ready.{MART}", WORKBOOK, TITLE)
    if at.rng.random() < 0.2:
        gate_steps.refused(at, "is not approved", "publish", plan)
        _check(at, before)
    gate_steps.act(at, "approve", plan, at.plant.key(at.rng.choice(APPROVERS)))
    if at.rng.random() < 0.15:
        type_into_board(at)
        gate_steps.refused(at, "was edited since", "publish", plan)
        return at.refresh()
    _write(at, plan, wanted)
    if at.rng.random() < 0.5:
        undo = gate_steps.act(at, "plan to take back", plan)
        gate_steps.act(at, "approve", undo, at.plant.key("ani"))
        _write(at, undo, before)
    return at.refresh()


def type_into_board(at: "Sequence") -> list[list[Cell]]:
    """Let somebody type into the tab, which is added where it is not there; return its cells."""
    book = at.plant.books[WORKBOOK]
    tab = next((tab for tab in book.tabs if tab.title == TITLE), None)
    if tab is None:
        tab = SampleTab(max(tab.sheet_id for tab in book.tabs) + 10, TITLE, [])
        book.tabs.append(tab)
    tab.rows = [["lama", at.rng.randint(1, 10_000)], [None, "catatan"], ["x", 2.5, 7, "y"]]
    at.plant.save(WORKBOOK)
    return deepcopy(tab.rows)


def _write(at: "Sequence", plan: str, wanted: list[list[Cell]]) -> None:
    """Apply a plan, whose write may have no answer and which may be killed; look at every tab."""
    others = deepcopy(at.plant.books[WORKBOOK])
    if at.rng.random() < 0.2 and _unanswered(at, plan):
        at.log.append("  it is written all the same")
    else:
        gate_steps.act(at, "publish", plan, kill=0.5)
    _check(at, wanted)
    now = at.plant.books[WORKBOOK]
    for tab, was in zip(now.tabs, others.tabs, strict=True):
        if tab.title != TITLE and tab != was:
            raise BrokenError(f"a publication into {TITLE} has changed {tab.title}")
    gate_steps.refused(at, "was published already", "publish", plan)


def _unanswered(at: "Sequence", plan: str) -> bool:
    """Apply a plan whose write has no whole answer; return whether it is done all the same."""
    fault = at.rng.choice(LOST)
    at.plant.server.fault(fault, count=1, api="writes")
    answer = at.plant.act("publish", plan)
    at.plant.server.reset()
    at.log.append(f"  publish with {fault}: {answer.error or 'done'}")
    if answer.crash or answer.killed or answer.hung:
        raise BrokenError(f"a publication without an answer: {answer}")
    return not answer.error


def _check(at: "Sequence", wanted: list[list[Cell]]) -> None:
    """Compare the tab with what it must hold, and take the workbook as it is now."""
    book = SampleWorkbook.load(at.plant.server.folder / f"{WORKBOOK}.json")
    at.plant.books[WORKBOOK] = book
    (tab,) = (tab for tab in book.tabs if tab.title == TITLE)
    if trimmed(tab.rows) != trimmed(wanted):
        raise BrokenError(f"{TITLE} holds {trimmed(tab.rows)[:4]}, not {trimmed(wanted)[:4]}")


def trimmed(rows: list[list[Cell]]) -> list[list[Cell]]:
    return without_trailing_blanks([None if cell == "" else cell for cell in row] for row in rows)


def _day(row: Row) -> date:
    day: date = row[0]
    return day


def _cell(value: Any) -> Cell:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    return value  # type: ignore[no-any-return]
