"""Compares a data folder with one that was not disturbed, and says in a line what came of a run."""

from pathlib import Path
from typing import Any

from candid_assets_tests.end_to_end.faults.kit import Outcome, outcome_of
from candid_assets_tests.torture.published import BrokenError, Good, read_published
from candid_assets_tests.torture.wire import Answer


def in_words(answer: Answer) -> str:
    if answer.killed or answer.hung:
        return "killed" if answer.killed else "hung"
    if answer.error or answer.crash:
        return f"{answer.error or answer.crash[-300:]} [{answer.happened}]"
    failures = sorted({(f[1], f[2]) for f in answer.failures})
    return f"built {len(answer.built)}, refused {failures}, published {answer.published}" + (
        f" [{answer.happened}]" if answer.happened else ""
    )


def outcome(data: Path) -> Outcome:
    return outcome_of(_published(data))


def good_of(data: Path) -> Good:
    return read_published(_published(data)).good


def _published(data: Path) -> Path:
    """Return the snapshot of the one environment that a data folder holds."""
    (file,) = data.glob("*/published/candid.duckdb")
    return file


def check_same(wanted: Outcome, now: Outcome, answer: Answer) -> None:
    """Compare what a disturbed and an undisturbed folder show, to the verdict."""
    for name in wanted.tables.keys() | now.tables.keys():
        if wanted.tables.get(name) != now.tables.get(name):
            raise BrokenError(
                f"after the disturbed refresh the next one leaves {name} otherwise than an"
                f" undisturbed one: {answer.failures[:2]}"
            )
    for what in ("checks", "ledger", "failures"):
        more = _lasting(getattr(now, what)) - _lasting(getattr(wanted, what))
        less = _lasting(getattr(wanted, what)) - _lasting(getattr(now, what))
        if more or less:
            raise BrokenError(
                f"after the disturbed refresh the next one leaves other {what}:"
                f" {sorted(more, key=repr)[:3]} instead of {sorted(less, key=repr)[:3]}"
            )


def _lasting(lines: frozenset[tuple[Any, ...]]) -> frozenset[tuple[Any, ...]]:
    """Leave out what is news of one look: whether a layout differs from that of the look before."""
    return frozenset(line for line in lines if "layout_unchanged" not in line)
