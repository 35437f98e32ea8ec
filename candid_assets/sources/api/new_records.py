"""Requests only records beyond the last ones landed, by the cursor of the contract."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from candid_assets.contracts.catalog import Tab
from candid_assets.settings import ZONE
from candid_assets.sources.growing_tables import (
    LandedRows,
    cursor_error,
    header_of,
    highest,
    holds_kinds,
)
from candid_assets.sources.protocol import LastExtract

_OVERLAP: Final = re.compile(r"(\d+) (minute|hour|day|week)s?")


def growing(
    tab: Tab, facts: Mapping[str, Any], last: LastExtract | None
) -> tuple[LandedRows, dict[str, str]] | None:
    """Return the landed rows to keep and the parameters for the rest; None to read all records.

    Raises:
        SourceError: The contract's cursor cannot be used.
    """
    cursor = tab.reading.cursor
    if cursor is None:
        return None
    columns = {c.header: c for c in tab.columns}
    if cursor not in columns:
        raise cursor_error(tab, f"no column of the contract has physicalName {cursor!r}")
    if not tab.primary_key:
        raise cursor_error(tab, "without a primary key new and changed records look alike")
    if not facts.get("sinceParameter"):
        raise cursor_error(tab, "the server in contract.yaml has no sinceParameter")
    if last is None:
        return None
    path = Path(last.path)
    header = header_of(path)
    keys = [c.header for name in tab.primary_key for c in tab.columns if c.name == name]
    if cursor not in header or not set(keys) <= set(header):
        return None
    if holds_kinds(path, ["tn"] * len(header)):
        return None
    at = header.index(cursor)
    numeric = columns[cursor].logical_type in ("integer", "number")
    top = highest(path, at, "m" if numeric else "dsx")
    if top is None:
        return None
    since = _less_overlap(tab, top, numeric=numeric)
    parameter = _in_utc(since) if columns[cursor].logical_type == "timestamp" else since
    positions = tuple(header.index(key) for key in keys)
    kept = LandedRows(path, cursor, since, at, positions, numeric)
    return kept, {facts["sinceParameter"]: parameter}


def _in_utc(since: str) -> str:
    """Return a moment, landed in WIB, as a parameter in UTC."""
    moment = datetime.fromisoformat(since).replace(tzinfo=ZONE).astimezone(UTC)
    return f"{moment.replace(tzinfo=None).isoformat()}Z"


def _less_overlap(tab: Tab, top: str, *, numeric: bool) -> str:
    """Return the highest value landed less the overlap, written as it is landed."""
    overlap = tab.reading.overlap
    if overlap is None:
        return top
    if numeric:
        try:
            return str(Decimal(top) - Decimal(str(overlap)))
        except ArithmeticError as error:
            raise cursor_error(tab, f"overlap {overlap!r} is no number") from error
    duration = _OVERLAP.fullmatch(str(overlap))
    if duration is None:
        raise cursor_error(tab, f"overlap {overlap!r} is no time such as 2 days")
    moment = datetime.fromisoformat(top) - timedelta(**{f"{duration[2]}s": int(duration[1])})
    return moment.isoformat(" ") if " " in top else moment.date().isoformat()
