"""What a check of the installation finds: what is so, why it matters, how to correct it."""

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "note", "failed"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One check and its outcome; only `failed` makes the command fail."""

    check: str
    state: State
    what: str
    why: str = ""
    fix: str = ""


def ok(check: str, what: str) -> Finding:
    """Return the finding of a check that found nothing wrong."""
    return Finding(check, "ok", what)


def note(check: str, what: str, why: str, fix: str) -> Finding:
    """Return a finding that a person should know and that stops nothing."""
    return Finding(check, "note", what, why, fix)


def failed(check: str, what: str, why: str, fix: str) -> Finding:
    """Return a finding with which a refresh fails until it is corrected."""
    return Finding(check, "failed", what, why, fix)
