"""Reads the pages of one table, and reports what does not add up to a whole."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from dlt.sources.helpers.rest_client.client import RESTClient

from candid_assets.contracts.catalog import Tab
from candid_assets.sources.api.answers import AnswerPage, value_at
from candid_assets.sources.api.change_detection import PageValidators, validators_of
from candid_assets.sources.api.flatten import RecordTable
from candid_assets.sources.api.page_signs import (
    Sign,
    full_page,
    more_in,
    signs_of,
    stated_records,
)
from candid_assets.sources.api.paging import COUNTED, MissingPageError, pages_of
from candid_assets.sources.growing_tables import LandedRows, header_of
from candid_assets.sources.row_buffer import RowBuffer
from candid_assets.sources.source_errors import SourceError, place

ROUNDS: Final = 3
"""How often the pages of a table are read that changes meanwhile."""
_SIZES: Final = frozenset(
    {*("limit", "per_page", "page_size", "pagesize", "size", "take", "top", "maxresults", "rows")}
)
"""Query parameters, folded, that ask for so many records."""

NewRecords = tuple[LandedRows, dict[str, str]] | None
"""The landed rows to keep and the parameters for the rest; None to read all records."""


class _PagesChangedError(Exception):
    """The pages do not add up to the number of records that the API states."""


@dataclass(slots=True)
class _Seen:
    """What one reading of the pages has seen."""

    pages: set[bytes] = field(default_factory=set)
    records: set[bytes] = field(default_factory=set)
    rows: int = 0
    totals: list[Any] = field(default_factory=list)
    validators: list[PageValidators | None] = field(default_factory=list)
    last: list[Sign] = field(default_factory=list)
    """Signs of the last page."""
    stated: Sign | None = None
    """The largest number of records that a page states."""
    repeated: int = 0
    """Records that were on an earlier page, too."""

    @property
    def distinct(self) -> int:
        """Records without those that were on an earlier page, too."""
        return self.rows - self.repeated


@dataclass(slots=True)
class TableReading:
    """The reading of one table, page by page."""

    client: RESTClient
    tab: Tab
    facts: Mapping[str, Any]
    most: int | None
    """Records after which reading may stop."""
    new_records: NewRecords
    pages: list[PageValidators] | None = None
    """Validators of the pages read; None if one of them had none."""

    def read_certain(self, buffer: RowBuffer) -> RecordTable:
        """Return all records, read again if the pages changed meanwhile.

        Raises:
            SourceError: The pages change during each reading, never end, or are only a part.
        """
        content: set[bytes] | None = None
        changed = _PagesChangedError("")
        for _ in range(ROUNDS):
            buffer.clear()
            seen = _Seen()
            try:
                table = self._read(buffer, seen)
            except (_PagesChangedError, MissingPageError) as error:
                changed = _PagesChangedError(str(error))
                continue
            # Records that come twice may have taken the places of others between two pages.
            if not (seen.repeated and self._is_counted) or content == seen.records:
                return table
            content = seen.records
            changed = _PagesChangedError(f"{seen.repeated} records came on two pages")
        raise SourceError(
            "changed_while_reading",
            f"{place(self.tab.workbook, self.tab.title)} changed during each of {ROUNDS}"
            f" readings: {changed}",
            "run again when fewer records are written, or let the API sort them by a key"
            f" (parameters:){self._ignoring(changed)}",
            self.tab.workbook,
            self.tab.name,
        ) from changed

    @property
    def _is_counted(self) -> bool:
        return self.facts.get("pagination") in COUNTED

    def _ignoring(self, changed: Exception) -> str:
        if "(" not in str(changed):
            return ""
        return "; where that sign says nothing of this table, list it under ignoredSigns"

    def _read(self, buffer: RowBuffer, seen: _Seen) -> RecordTable:
        kept, parameters = self.new_records or (None, {})
        table = RecordTable(self.tab, buffer, header_of(kept.path) if kept else ())
        most_pages = int(self.facts.get("mostPages", 10_000))
        self.pages = None
        answers = pages_of(self.client, self.tab, self.facts, parameters)
        for number, page in enumerate(answers, 1):
            self._take(page, number, seen)
            if number > most_pages:
                raise _repeated(self.tab, f"there are more than {number - 1} pages")
            table.add(page.records)
            if self.most is not None and table.rows >= self.most:
                return table
        self._require_whole(seen, len(seen.validators))
        known = [page for page in seen.validators if page is not None]
        self.pages = known if len(known) == len(seen.validators) else None
        return table

    def _take(self, page: AnswerPage, number: int, seen: _Seen) -> None:
        """Add a page to what was seen; raise if it is an earlier one or follows a short one."""
        seen.validators.append(validators_of(page.response, self.facts))
        signs = signs_of(page, self.facts.get("ignoredSigns") or ())
        if self.facts.get("totalAt"):
            seen.totals.append(value_at(page.content, self.facts["totalAt"]))
        seen.last = signs
        if not page.records:
            return
        records = [_digest(record) for record in page.records]
        digest = hashlib.sha256(b"".join(records)).digest()
        if digest in seen.pages:
            raise _repeated(self.tab, f"page {number} is the same as an earlier one")
        seen.pages.add(digest)
        seen.repeated += sum(record in seen.records for record in records)
        seen.records.update(records)
        seen.rows += len(records)
        stated = stated_records(signs)
        if stated is not None and (seen.stated is None or stated.value > seen.stated.value):
            seen.stated = stated

    def _require_whole(self, seen: _Seen, pages: int) -> None:
        """Raise if the API states more records, or more pages, than came."""
        if self.facts.get("totalAt"):
            self._require_total(seen)
        # A request for new records only may be answered with the number of all.
        counts = self.new_records is None
        signs = [s for s in seen.last if counts or s.says not in ("records", "pages")]
        if self.facts.get("pagination", "none") == "none":
            said = more_in(signs, seen.rows) or self._full_page(seen)
            if said is not None:
                raise _unread(self.tab, seen.rows, said)
            return
        said = more_in([s for s in signs if s.says != "records"], seen.distinct, pages)
        if said is None and counts and seen.stated and seen.stated.value > seen.distinct:
            said = seen.stated
        if said is not None:
            raise _PagesChangedError(
                f"the API gave {seen.distinct:,} records and says that there are more ({said})"
            )

    def _require_total(self, seen: _Seen) -> None:
        totals = [str(total) for total in seen.totals if total is not None]
        rows = seen.distinct
        wrong = not totals or len(set(totals)) > 1 or not totals[0].isdigit()
        if wrong or int(totals[0]) > rows:
            stated = " then ".join(dict.fromkeys(totals)) or "no number of"
            raise _PagesChangedError(f"the API states {stated} records and gave {rows}")

    def _full_page(self, seen: _Seen) -> Sign | None:
        """Return a sign that as many records came as one page holds, or were asked for."""
        for name, value in self.tab.reading.parameters.items():
            asked = str(value)
            folded = name.lower().strip("$").replace("-", "_")
            if folded in _SIZES and asked.isdigit() and 0 < int(asked) <= seen.rows:
                return Sign(name, value, "size")
        return full_page(seen.last, seen.rows)


def _digest(record: Any) -> bytes:
    written = json.dumps(record, default=str, sort_keys=True)
    return hashlib.blake2b(written.encode(), digest_size=12).digest()


def _unread(tab: Tab, rows: int, said: Sign) -> SourceError:
    return SourceError(
        "pages_unread",
        f"{place(tab.workbook, tab.title)} cannot be read: the API gave {rows:,} records and says"
        f" that there are more ({said}), and no paging is declared",
        f"declare pagination, nextAt and pageParameter in {tab.path.name}, or of the server in"
        " contract.yaml where all tables are paged so, as candid discover proposes them; where"
        f" {said.path} says nothing of this table, list it there: ignoredSigns: [{said.path}]",
        tab.workbook,
        tab.name,
    )


def _repeated(tab: Tab, why: str) -> SourceError:
    return SourceError(
        "pages_repeat",
        f"{place(tab.workbook, tab.title)} cannot be read: {why}, so that its pages never end",
        f"write pagination: none into {tab.path.name} if one page holds all of its records; else"
        " correct pagination, nextAt, pageParameter or mostPages there, or of the server in"
        " contract.yaml",
        tab.workbook,
        tab.name,
    )
