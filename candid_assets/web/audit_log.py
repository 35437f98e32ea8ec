"""The audit log: `<data>/<env>/web/audit.jsonl`, one JSON object a line, only ever appended to.

Months that are over are set aside beside it, by one rename.
"""

import json
import os
import threading
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from candid_assets.settings import Settings

LONGEST_TEXT: Final = 200
MOST_ITEMS: Final = 20
DEEPEST: Final = 8


class Audit:
    """Appends what was asked of the webserver and what came of it."""

    def __init__(self, settings: Settings) -> None:
        self.file = settings.audit_file
        self._lock = threading.Lock()

    def write(self, event: str, **told: Any) -> None:
        """Append one line and wait until the disk has it.

        Raises:
            OSError: It could not be written; what was to be logged must then not happen.
        """
        self._append(event, told, lasting=True)

    def note(self, event: str, **told: Any) -> None:
        """Append one line about what changed nothing, such as rows that were read.

        It is not waited for until the disk has it: a crash of the machine may cost the last ones.
        """
        self._append(event, told, lasting=False)

    def _append(self, event: str, told: dict[str, Any], *, lasting: bool) -> None:
        when = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = json.dumps({"when": when, "event": event, **told}, ensure_ascii=False, default=str)
        with self._lock:
            self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(self.file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(handle, line.encode() + b"\n")
                if lasting:
                    os.fsync(handle)
            finally:
                os.close(handle)


def new_id() -> str:
    """Return the name that joins the line of an asking with the line of its outcome."""
    return uuid4().hex[:12]


def shortened(value: Any, depth: int = 0) -> Any:
    """Return variables as the log keeps them: long texts and lists cut, with their length."""
    if isinstance(value, str):
        if len(value) <= LONGEST_TEXT:
            return value
        return f"{value[:LONGEST_TEXT]}… ({len(value)} characters)"
    if isinstance(value, dict):
        return _some(depth, value, ((k, shortened(v, depth + 1)) for k, v in value.items()), dict)
    if isinstance(value, list):
        return _some(depth, value, (shortened(v, depth + 1) for v in value), list)
    return value


def _some(depth: int, whole: Any, parts: Iterable[Any], kind: Any) -> Any:
    if depth >= DEEPEST:
        return f"… ({len(whole)} items)"
    kept = [part for _, part in zip(range(MOST_ITEMS), parts, strict=False)]
    if len(whole) > MOST_ITEMS:
        more = f"{len(whole) - MOST_ITEMS} more"
        kept.append(("…", more) if kind is dict else f"… {more}")
    return kind(kept)
