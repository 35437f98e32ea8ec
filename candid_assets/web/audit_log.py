"""The audit log: `<data>/<env>/web/audit.jsonl`, one JSON object a line, in ASCII, append-only.

Past months are archived in files beside it, by one rename. Each line carries the hash of the one
before it; `candid doctor` follows them.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from candid_assets.chained_log import ChainedLog
from candid_assets.settings import Settings

LONGEST_TEXT: Final = 200
MOST_ITEMS: Final = 20
DEEPEST: Final = 8


class AuditLog:
    """Appends requests to the webserver and their outcomes."""

    def __init__(self, settings: Settings) -> None:
        self._log = ChainedLog(settings.audit_file)

    def write(self, event: str, **fields: Any) -> None:
        """Append one line and wait until it is on disk.

        Raises:
            OSError: It could not be written; the logged action must then not be carried out.
        """
        self._append(event, fields, durable=True)

    def note(self, event: str, **fields: Any) -> None:
        """Append one line about a request that changes nothing, such as a read.

        It returns before the line is on disk: a crash of the machine may lose the last lines.
        """
        self._append(event, fields, durable=False)

    def _append(self, event: str, fields: dict[str, Any], *, durable: bool) -> None:
        when = datetime.now(UTC).isoformat(timespec="milliseconds")
        self._log.append({"when": when, "event": event, **fields}, durable=durable)


def new_id() -> str:
    """Return a new id shared by the lines of a request and of its outcome."""
    return uuid4().hex[:12]


def shortened(value: Any, depth: int = 0) -> Any:
    """Return a JSON value with long texts, lists and objects cut, each with its length."""
    if isinstance(value, str):
        if len(value) <= LONGEST_TEXT:
            return value
        return f"{value[:LONGEST_TEXT]}… ({len(value)} characters)"
    if isinstance(value, dict):
        return _first_items(
            depth, value, ((k, shortened(v, depth + 1)) for k, v in value.items()), dict
        )
    if isinstance(value, list):
        return _first_items(depth, value, (shortened(v, depth + 1) for v in value), list)
    return value


def _first_items(depth: int, whole: Any, parts: Iterable[Any], kind: Any) -> Any:
    if depth >= DEEPEST:
        return f"… ({len(whole)} items)"
    kept = [part for _, part in zip(range(MOST_ITEMS), parts, strict=False)]
    if len(whole) > MOST_ITEMS:
        more = f"{len(whole) - MOST_ITEMS} more"
        kept.append(("…", more) if kind is dict else f"… {more}")
    return kind(kept)
