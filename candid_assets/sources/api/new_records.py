"""Asks an API only for records beyond the last ones landed, by the cursor of the contract."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from candid_assets.contracts.catalog import Tab
from candid_assets.settings import ZONE
from candid_assets.sources.growing_tables import Growing, header_of, highest, unfit
from candid_assets.sources.protocol import LastExtract

_OVERLAP: Final = re.compile(r"(\d+) (minute|hour|day|week)s?")


def growing(
    tab: Tab, facts: Mapping[str, Any], last: LastExtract | None
) -> tuple[Growing, dict[str, str]] | None:
    """Return what stays and the parameters for the rest; None where all is asked for.

    Raises:
        SourceError: The contract's cursor cannot be one.
    """
    cursor = tab.reading.cursor
    if cursor is None:
        return None
    columns = {c.header: c for c in tab.columns}
    if cursor not in columns:
        raise unfit(tab, f"no column of the contract has physicalName {cursor!r}")
    if not tab.primary_key:
        raise unfit(tab, "without a primary key its new records cannot be told from changed ones")
    if not facts.get("sinceParameter"):
        raise unfit(tab, "the server in contract.yaml has no sinceParameter")
    if last is None:
        return None
    path = Path(last.path)
    header = header_of(path)
    keys = [c.header for name in tab.primary_key for c in tab.columns if c.name == name]
    if cursor not in header or not set(keys) <= set(header):
        return None
    at = header.index(cursor)
    numeric = columns[cursor].logical_type in ("integer", "number")
    top = highest(path, at, "n" if numeric else "dst")
    if top is None:
        return None
    since = _less(tab, top, numeric=numeric)
    moment = columns[cursor].logical_type == "timestamp"
    asked = _in_utc(since) if moment else since
    places = tuple(header.index(key) for key in keys)
    stays = Growing(path, cursor, since, at, places, numeric)
    return stays, {facts["sinceParameter"]: asked}


def _in_utc(since: str) -> str:
    """Return a moment as it was landed, in WIB, as APIs are asked for one."""
    moment = datetime.fromisoformat(since).replace(tzinfo=ZONE).astimezone(UTC)
    return f"{moment.replace(tzinfo=None).isoformat()}Z"


def _less(tab: Tab, top: str, *, numeric: bool) -> str:
    overlap = tab.reading.overlap
    if overlap is None:
        return top
    if numeric:
        try:
            return str(Decimal(top) - Decimal(str(overlap)))
        except ArithmeticError as error:
            raise unfit(tab, f"overlap {overlap!r} is no number") from error
    found = _OVERLAP.fullmatch(str(overlap))
    if found is None:
        raise unfit(tab, f"overlap {overlap!r} is no time such as 2 days")
    moment = datetime.fromisoformat(top) - timedelta(**{f"{found[2]}s": int(found[1])})
    return moment.isoformat(" ") if " " in top else moment.date().isoformat()
