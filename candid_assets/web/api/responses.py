"""Runs a statement within limits and writes its rows as JSON, CSV or Arrow."""

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
_AGAIN: Final = 0.05


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of the machine the API may take."""

    seconds: float = 5.0
    """What one question may take; it is interrupted then."""
    at_once: int = 8
    """Questions that are answered at the same time; the others wait as long as one may take."""


class Runner:
    """Answers questions in threads, each within its time."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._places = asyncio.Semaphore(limits.at_once)

    async def __call__(
        self, snapshot: Snapshot, work: Callable[[duckdb.DuckDBPyConnection], T]
    ) -> T:
        """Return what the work gives with a connection of its own.

        Raises:
            Refused: It takes too long, too much memory, or compares with what no value can be.
        """
        try:
            await asyncio.wait_for(self._places.acquire(), self.limits.seconds)
        except TimeoutError as error:
            told = "too many questions at once; ask again in a moment"
            raise Refused(429, told, {"Retry-After": "1"}) from error
        try:
            return await self._within_time(snapshot.cursor(), work)
        except duckdb.InterruptException as error:
            told = f"this took longer than {self.limits.seconds:g} seconds"
            raise Refused(422, f"{told}; ask for fewer rows or columns, or do not sort") from error
        except duckdb.OutOfMemoryException as error:
            told = "this takes more memory than a question may"
            raise Refused(422, f"{told}; ask for fewer rows or columns, or do not sort") from error
        except (duckdb.ConversionException, duckdb.OutOfRangeException) as error:
            told = "a value is out of the range of its column; give one that the column can hold"
            raise Refused(400, told) from error
        finally:
            self._places.release()

    async def _within_time(
        self, cursor: duckdb.DuckDBPyConnection, work: Callable[[duckdb.DuckDBPyConnection], T]
    ) -> T:
        task = asyncio.ensure_future(run_in_threadpool(work, cursor))
        done, _ = await asyncio.wait({task}, timeout=self.limits.seconds)
        while not done:
            # Between two statements of one work an interruption is forgotten: it is said again.
            cursor.interrupt()
            done, _ = await asyncio.wait({task}, timeout=_AGAIN)
        return task.result()


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one answer, written."""

    body: bytes
    rows: int
    more: bool


def format_of(request: Request, known: tuple[Format, ...] = ("json", "csv", "arrow")) -> Format:
    """Return the format that is asked for by `?format=`, else by Accept.

    Raises:
        Refused: It is none of those that this is answered in.
    """
    asked = request.query_params.getlist("format")
    if asked:
        if len(asked) > 1 or asked[0] not in known:
            raise Refused(400, f"`format` is one of {', '.join(known)}")
        return asked[0]
    accepted = ",".join(request.headers.getlist("accept"))
    for media in _by_preference(accepted):
        if media in _ANYTHING:
            return known[0]
        if (found := _FORMATS.get(media)) in known and found is not None:
            return found
        if media == "text/*" and "csv" in known:
            return "csv"
    media_types = " or ".join(MEDIA[name] for name in known)
    raise Refused(406, f"this is answered as {media_types}; ask for one, or send no Accept")


def _by_preference(accepted: str) -> list[str]:
    """Return the media types of an Accept header, the preferred first."""
    found = []
    for part in accepted.lower().split(","):
        media, *options = (piece.strip() for piece in part.split(";"))
        quality = next((o[2:] for o in options if o.startswith("q=")), "1")
        try:
            weight = float(quality)
        except ValueError:
            weight = 0.0
        if weight > 0:
            found.append((-weight, media))
    return [media for _, media in sorted(found, key=lambda pair: pair[0])]


def page_of(
    cursor: duckdb.DuckDBPyConnection,
    statement: Statement,
    form: Format,
    told: Callable[[int, bool], dict[str, Any]],
) -> Page:
    """Run a statement and write its rows.

    Args:
        cursor: A connection of this question's own.
        statement: What is asked.
        form: How the rows are written.
        told: Gives what stands around the rows in JSON, from their number and whether more follow.
    """
    cursor.execute(statement.text, statement.values)
    if form == "json":
        names = [field.name for field in statement.fields]
        rows = cursor.fetchall()
        more = len(rows) > statement.limit
        rows = rows[: statement.limit]
        objects = [dict(zip(names, row, strict=True)) for row in rows]
        return Page(written({**told(len(rows), more), "rows": objects}), len(rows), more)
    table = cursor.to_arrow_table()
    more = table.num_rows > statement.limit
    table = table.slice(0, statement.limit)
    return Page(_csv(table) if form == "csv" else _stream(table), table.num_rows, more)


def written(value: Any) -> bytes:
    """Return a value as JSON: decimals as text, to the last digit."""
    return orjson.dumps(value, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)


def _csv(table: Any) -> bytes:
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
