"""What was asked of the server: a log of every call, and counters."""

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One call and how it was answered; status 0 means that the connection was broken."""

    at: float
    kind: str
    method: str
    path: str
    query: str
    scopes: tuple[str, ...]
    status: int
    bytes: int
    faults: tuple[str, ...]


class Journal:
    """The calls since the start or the last reset."""

    def __init__(self) -> None:
        """Hold no calls."""
        self._entries: deque[Entry] = deque(maxlen=_KEPT)
        self._counts: Counter[str] = Counter()

    def add(self, entry: Entry) -> None:
        """Append one call."""
        self._entries.append(entry)
        self._counts[entry.kind] += 1
        if entry.status == 429:
            self._counts["refused"] += 1

    def entries(self) -> list[dict[str, Any]]:
        """Return every call, oldest first."""
        return [asdict(entry) for entry in self._entries]

    def counts(self) -> Mapping[str, int]:
        """Return how many reads of Sheets and Drive, writes and tokens were asked for."""
        names = ("sheets_reads", "drive_reads", "writes", "tokens", "other", "refused")
        return {name: self._counts[name] for name in names}

    def clear(self) -> None:
        """Remove every call."""
        self._entries.clear()
        self._counts.clear()
