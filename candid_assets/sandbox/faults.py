"""Faults on request: which calls go wrong, how, and how often."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

from candid_assets.sandbox.edits import CHANGES
from candid_assets.sandbox.named_errors import ERROR_NAMES, is_error_name

ANSWERING: Final = frozenset({"answer", "error"})
"""The call is answered with something else than the data."""

CHANGING: Final = frozenset(
    {
        *("drop_range", "swap_ranges", "double_range", "other_range"),
        *("drop_values", "drop_rows", "short_rows", "loading", "empty_json"),
        *("set", "remove"),
    }
)
"""The right answer is changed before it is sent."""

SERVING: Final = frozenset({"other_workbook", "other_tab", "old_version"})
"""The answer is right, but for another workbook or tab, or of before the changes asked for here."""

GARBLING: Final = frozenset(
    {
        *("malformed", "empty_body", "bad_utf8", "bad_gzip"),
        *("cut_gzip", "utf16", "latin1", "byte_order_mark"),
    }
)
"""The body is not what was meant, and says nothing of it."""

SENDING: Final = GARBLING | {
    *("close", "reset", "reset_in_headers", "reset_in_body", "truncate"),
    *("long_length", "short_length", "slow", "stall", "drip"),
}
"""The answer is right, its way to the caller is not."""

STATE: Final = frozenset({"expire_tokens", "use_quota"})
"""The server's state is changed before the call is answered."""

ACTIONS: Final = ANSWERING | CHANGING | SERVING | SENDING | STATE | frozenset(CHANGES)

_NUMBERS = count(1)


@dataclass(slots=True)
class Fault:
    """One fault: for which calls, after how many of them, and how often."""

    do: Mapping[str, Any]
    method: str | None = None
    path: str | None = None
    query: str | None = None
    tab: str | None = None
    api: str | None = None
    workbook: str | None = None
    skip: int = 0
    count: int | None = 1
    number: int = field(default_factory=_NUMBERS.__next__)
    seen: int = 0
    done: int = 0

    def meets(self, call: "CallFacts") -> bool:
        """Return whether the fault is about this call, whatever its count."""
        return (
            (self.method is None or self.method.upper() == call.method)
            and (self.path is None or self.path in call.path)
            and (self.query is None or self.query in call.query)
            and (self.api is None or self.api == call.api)
            and (self.workbook is None or self.workbook in call.path)
            and (self.tab is None or any(names_tab(r, self.tab) for r in call.ranges))
        )

    @property
    def spent(self) -> bool:
        """Return whether the fault has happened as often as its count says."""
        return self.count is not None and self.done >= self.count


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What a fault can be matched against; path and query are decoded."""

    method: str
    path: str
    query: str
    api: str
    ranges: tuple[str, ...]


def names_tab(a1_range: str, tab: str) -> bool:
    """Return whether a range is about a tab, quoted or not."""
    quoted = "'" + tab.replace("'", "''") + "'"
    return a1_range in (tab, quoted) or a1_range.startswith((f"{tab}!", f"{quoted}!"))


class Faults:
    """The queue of faults, oldest first."""

    def __init__(self) -> None:
        """Hold no faults."""
        self.queue: list[Fault] = []

    def add(self, wanted: Mapping[str, Any]) -> Fault:
        """Queue a fault given as JSON; a wrong word raises ValueError with the right ones."""
        known = {"do", "method", "path", "query", "tab", "api", "workbook", "skip", "count"}
        unknown = set(wanted) - known
        if unknown:
            raise ValueError(f"a fault has no {sorted(unknown)}: use {sorted(known)}")
        do = wanted.get("do")
        action: Mapping[str, Any] = {"do": do} if isinstance(do, str) else do or {}
        if action.get("do") not in ACTIONS:
            raise ValueError(f"no fault {action.get('do')!r}: use one of {sorted(ACTIONS)}")
        if action["do"] == "error" and not is_error_name(action.get("error")):
            raise ValueError(f"no error {action.get('error')!r}: use one of {sorted(ERROR_NAMES)}")
        fault = Fault(**{**wanted, "do": action})
        self.queue.append(fault)
        return fault

    def take(self, call: CallFacts) -> list[Fault]:
        """Return the faults that this call meets, and count them."""
        met = []
        for fault in self.queue:
            if fault.spent or not fault.meets(call):
                continue
            fault.seen += 1
            if fault.seen > fault.skip:
                fault.done += 1
                met.append(fault)
        return met

    def pending(self) -> list[Fault]:
        """Return the faults that have not yet happened as often as asked for."""
        return [fault for fault in self.queue if not fault.spent]

    def clear(self) -> None:
        """Drop every fault."""
        self.queue.clear()
