"""Runs a statement within limits and serialises its rows as JSON, CSV or Arrow."""

import asyncio
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal, TypeVar

import duckdb
import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from candid_assets.web.api.formula_texts import FORMULAS, escaped
from candid_assets.web.api.query_parameters import Statement
from candid_assets.web.api.snapshots import Snapshot
from candid_assets.web.refusal import Refused

T = TypeVar("T")
Format = Literal["json", "csv", "arrow"]
MEDIA: Final[Mapping[Format, str]] = {
    "json": "application/json",
    "csv": "text/csv",
    "arrow": "application/vnd.apache.arrow.stream",
}
_FORMATS: Final[Mapping[str, Format]] = {media: name for name, media in MEDIA.items()}
_ANYTHING: Final = frozenset({"", "*/*", "application/*"})
_AGAIN_SECONDS: Final = 0.05
_ASK_LESS: Final = "ask for fewer rows or columns, or do not sort"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of the machine the API may take."""

    seconds: float = 5.0
    """The most time a query may take before it is interrupted."""
    at_once: int = 8
    """Queries that run at the same time; a further one waits for at most `seconds`."""


class Runner:
    """Runs queries in threads, each within its time limit."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._slots = asyncio.Semaphore(limits.at_once)

    async def __call__(
        self, snapshot: Snapshot, work: Callable[[duckdb.DuckDBPyConnection], T]
    ) -> T:
        """Return what `work` returns for a cursor of its own.

        Raises:
            Refused: It waits or takes too long, needs too much memory, or compares a column with a
                value out of its range.
        """
        try:
            await asyncio.wait_for(self._slots.acquire(), self.limits.seconds)
        except TimeoutError as error:
            message = "too many requests at once; try again in a moment"
            raise Refused(429, message, {"Retry-After": "1"}) from error
        try:
            return await self._within_time(snapshot.cursor(), work)
        except duckdb.InterruptException as error:
            message = f"this took longer than {self.limits.seconds:g} seconds"
            raise Refused(422, f"{message}; {_ASK_LESS}") from error
        except duckdb.OutOfMemoryException as error:
            message = "this takes more memory than a query may"
            raise Refused(422, f"{message}; {_ASK_LESS}") from error
        except (duckdb.ConversionException, duckdb.OutOfRangeException) as error:
            message = "a value is out of the range of its column; give one that the column can hold"
            raise Refused(400, message) from error
        finally:
            self._slots.release()

    async def _within_time(
        self, cursor: duckdb.DuckDBPyConnection, work: Callable[[duckdb.DuckDBPyConnection], T]
    ) -> T:
        task = asyncio.ensure_future(run_in_threadpool(work, cursor))
        done, _ = await asyncio.wait({task}, timeout=self.limits.seconds)
        while not done:
            # An interruption between two statements of the work has no effect: it is repeated.
            cursor.interrupt()
            done, _ = await asyncio.wait({task}, timeout=_AGAIN_SECONDS)
        return task.result()


@dataclass(frozen=True, slots=True)
class Page:
    """The serialised rows of one answer."""

    body: bytes
    rows: int
    more: bool


def format_of(request: Request, known: tuple[Format, ...] = ("json", "csv", "arrow")) -> Format:
    """Return the format requested by `?format=`, else by the Accept header.

    Raises:
        Refused: It is not one of `known`.
    """
    formats = request.query_params.getlist("format")
    if formats:
        if len(formats) > 1 or formats[0] not in known:
            raise Refused(400, f"`format` is one of {', '.join(known)}")
        return formats[0]
    accepted = ",".join(request.headers.getlist("accept"))
    for media in _by_preference(accepted):
        if media in _ANYTHING:
            return known[0]
        if (name := _FORMATS.get(media)) in known and name is not None:
            return name
        if media == "text/*" and "csv" in known:
            return "csv"
    media_types = " or ".join(MEDIA[form] for form in known)
    raise Refused(406, f"this is answered as {media_types}; ask for one, or send no Accept")


def _by_preference(accepted: str) -> list[str]:
    """Return the media types of an Accept header, the preferred first."""
    weighted = []
    for part in accepted.lower().split(","):
        media, *options = (piece.strip() for piece in part.split(";"))
        quality = next((o[2:] for o in options if o.startswith("q=")), "1")
        try:
            weight = float(quality)
        except ValueError:
            weight = 0.0
        if weight > 0:
            weighted.append((-weight, media))
    return [media for _, media in sorted(weighted, key=lambda pair: pair[0])]


def row_count(cursor: duckdb.DuckDBPyConnection, statement: Statement) -> int:
    """Return how many rows a statement has, whatever its limit."""
    row = cursor.execute(f"select count(*) from ({statement.sql})", statement.values).fetchone()
    return int(row[0]) if row else 0


def page_of(
    cursor: duckdb.DuckDBPyConnection,
    statement: Statement,
    form: Format,
    head_of: Callable[[int, bool], dict[str, Any]],
    formulas: str = FORMULAS[0],
) -> Page:
    """Run a statement and return its serialised rows.

    Args:
        cursor: A cursor that no other request uses.
        statement: The query.
        form: The format of the rows.
        head_of: Returns the other keys of the JSON object, from the number of rows and whether
            more follow.
        formulas: One of `FORMULAS`, for texts in CSV that a spreadsheet would calculate.
    """
    cursor.execute(statement.text, statement.values)
    if form == "json":
        names = [field.name for field in statement.fields]
        rows = cursor.fetchall()
        more = len(rows) > statement.limit
        rows = rows[: statement.limit]
        objects = [dict(zip(names, row, strict=True)) for row in rows]
        return Page(to_json({**head_of(len(rows), more), "rows": objects}), len(rows), more)
    table = cursor.to_arrow_table()
    more = table.num_rows > statement.limit
    table = table.slice(0, statement.limit)
    table = escaped(table) if form == "csv" and formulas == "escape" else table
    return Page(to_csv(table) if form == "csv" else _stream(table), table.num_rows, more)


def to_json(value: Any) -> bytes:
    """Return a value as JSON, with decimals as text, to the last digit."""
    return orjson.dumps(value, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)


def to_csv(table: Any) -> bytes:
    """Return an Arrow table as CSV."""
    from pyarrow import csv

    sink = io.BytesIO()
    csv.write_csv(table, sink)
    return sink.getvalue()


def _stream(table: Any) -> bytes:
    import pyarrow as pa

    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return sink.getvalue()
