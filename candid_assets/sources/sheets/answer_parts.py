"""Takes the parts of an answer that are of the type expected; says what is odd of any other."""

from collections.abc import Callable
from typing import Any

from candid_assets.errors import CandidError
from candid_assets.sources.retry import CallFailedError

Check = Callable[[dict[str, Any]], None]
"""Raises a `CallFailedError` for an answer that is JSON but not the one requested."""


class OtherAnswerError(CandidError):
    """An answer is about something else than what was asked for."""


def checked(make: Callable[[dict[str, Any]], object]) -> Check:
    """Return a check that passes for the bodies that `make` accepts."""

    def check(body: dict[str, Any]) -> None:
        try:
            make(body)
        except OtherAnswerError as error:
            raise CallFailedError("malformed", True, str(error)) from error
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            odd = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            raise CallFailedError("malformed", True, f"not the object expected: {odd}") from error

    return check


def require_same(name: str, asked: str, answered: object) -> None:
    """Raise `OtherAnswerError` unless an answer names what was asked for."""
    if answered != asked:
        raise OtherAnswerError(f"the answer is of another file: {name} {answered!r}, not {asked!r}")


def as_text(value: Any) -> str:
    """Return a text; raise TypeError for anything else."""
    if not isinstance(value, str):
        raise TypeError(f"{_short(value)} is no text")
    return value


def as_number(value: Any) -> int:
    """Return a whole number that is not negative; raise TypeError for anything else."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise TypeError(f"{_short(value)} is no whole number")
    return value


def as_flag(value: Any) -> bool:
    """Return true or false; raise TypeError for anything else."""
    if not isinstance(value, bool):
        raise TypeError(f"{_short(value)} is neither true nor false")
    return value


def as_list(value: Any) -> list[Any]:
    """Return a list; raise TypeError for anything else."""
    if not isinstance(value, list):
        raise TypeError(f"{_short(value)} is no list")
    return value


def as_object(value: Any) -> dict[str, Any]:
    """Return an object; raise TypeError for anything else."""
    if not isinstance(value, dict):
        raise TypeError(f"{_short(value)} is no object")
    return value


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
