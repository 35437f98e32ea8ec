"""Verifies that a chained log is as it was written, and names the first line that is not."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from candid_assets.chained_log import BEGINNING, REMOVED, files_of, hash_of, head_of, number_of


@dataclass(slots=True)
class ChainCheck:
    """How far a log could be followed."""

    lines: int = 0
    """The number of the last line."""
    sha256: str = BEGINNING
    """Its hash: noted elsewhere, it shows later whether the log was written anew."""
    problem: str | None = None
    """The first line that does not fit, and what is wrong with it."""
    _first: tuple[str, int, str] | None = None
    _removed: set[tuple[int, str]] = field(default_factory=set)
    _by_number: dict[int, str] = field(default_factory=dict)


def verify_chain(file: Path) -> ChainCheck:
    """Follow a log from its oldest file to its end.

    Lines from before lines were numbered are not verified but for the last of them.

    Raises:
        OSError: A file cannot be read.
    """
    check, head = ChainCheck(), head_of(file)
    for path in files_of(file):
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                _follow(check, f"{path.name} line {number}", line.removesuffix(b"\n"), head.lines)
                if check.problem:
                    return check
    check.problem = _problem_of_ends(check, head.lines, head.sha256)
    return check


def _follow(check: ChainCheck, place: str, text: bytes, head: int) -> None:
    line = _parsed(text)
    number = number_of(line)
    if number is None:
        # What a power cut left of a line is no JSON; the line after it says that it was there.
        if line is not None and check.lines:
            check.problem = f"{place} was not written by candid: it has no number"
        check.sha256 = hash_of(text)
        return
    if check.lines == 0 and number > 1:
        check._first = (place, number, str(line.get("before")))
    elif number != check.lines + 1:
        check.problem = f"{place} is number {number}, and number {check.lines + 1} has to come here"
    elif line.get("before") != check.sha256:
        check.problem = f"the line before {place} is not as it was written"
    check.lines, check.sha256 = number, hash_of(text)
    if number == head:
        check._by_number[number] = check.sha256
    if line.get("event") == REMOVED:
        check._removed.add((int(line.get("through", 0)), str(line.get("sha256"))))


def _parsed(text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _problem_of_ends(check: ChainCheck, lines: int, sha256: str) -> str | None:
    """Return what is missing at the beginning or at the end."""
    if check._first is not None:
        place, number, before = check._first
        if (number - 1, before) not in check._removed:
            return f"{place} is number {number}; those before it are gone, and no line says so"
    if lines > check.lines:
        last = check.lines
        return f"it ends with number {last}; number {last + 1} to {lines} were written and are gone"
    if lines and check._by_number.get(lines, sha256) != sha256:
        return f"number {lines} is not as it was written"
    if check.lines and not lines:
        return "its head, which says how far it was written, is gone"
    return None
