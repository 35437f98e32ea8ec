"""The landing store: every extract once, as an immutable Parquet file named by its content."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Protocol

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from candid_assets.atomic_files import READ_ONLY, put_in_place, replacing
from candid_assets.warehouse.errors import LandingError

_HASH: Final = re.compile(r"[0-9a-f]{64}")
_FACTS: Final = b"candid"


class Spooled(Protocol):
    """Rows that are in a file already, instead of a table in memory."""

    def keep(self, facts: bytes) -> Path:
        """Complete the file with its metadata, and return it."""

    def discard(self) -> None:
        """Remove the file."""


class Extract(Protocol):
    """What landing keeps of a tab's extract."""

    @property
    def spreadsheet_id(self) -> str: ...  # noqa: D102 - the names say it
    @property
    def sheet_id(self) -> int: ...  # noqa: D102
    @property
    def title(self) -> str: ...  # noqa: D102
    @property
    def hidden(self) -> bool: ...  # noqa: D102
    @property
    def rows(self) -> int: ...  # noqa: D102
    @property
    def columns(self) -> int: ...  # noqa: D102
    @property
    def table(self) -> pa.Table: ...  # noqa: D102
    @property
    def content_hash(self) -> str: ...  # noqa: D102
    @property
    def fetched_at(self) -> datetime: ...  # noqa: D102
    @property
    def modified_time(self) -> datetime: ...  # noqa: D102
    @property
    def locale(self) -> str: ...  # noqa: D102
    @property
    def time_zone(self) -> str: ...  # noqa: D102
    @property
    def merges(self) -> tuple[tuple[int, int, int, int], ...]: ...  # noqa: D102
    @property
    def spooled(self) -> Spooled | None: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class LandedExtract:
    """An extract in the landing store."""

    path: Path
    content_hash: str
    rows: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class LandedFacts:
    """The metadata of a landed file: when it was first seen and where it came from."""

    spreadsheet_id: str
    sheet_id: int
    title: str
    hidden: bool
    rows: int
    columns: int
    content_hash: str
    fetched_at: datetime
    modified_time: datetime
    locale: str
    time_zone: str
    merges: tuple[tuple[int, int, int, int], ...]


class Landing:
    """A folder of extracts: `<root>/<workbook>/<tab>/<content hash>.parquet`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, workbook: str, tab: str, content_hash: str) -> Path:
        """Return the path of the extract with this content."""
        if not _HASH.fullmatch(content_hash):
            raise LandingError(f"{content_hash!r} is not a content hash", "give 64 hex digits")
        return self.root / workbook / tab / f"{content_hash}.parquet"

    def store(self, workbook: str, tab: str, extract: Extract) -> LandedExtract:
        """Keep an extract; one that is there already, whole, is left as it is."""
        path = self.path(workbook, tab, extract.content_hash)
        is_new = not path.exists()
        if not is_new and not _is_whole(path, extract.rows):
            is_new = True
        if is_new:
            _write(path, extract)
        elif extract.spooled is not None:
            extract.spooled.discard()
        return LandedExtract(path, extract.content_hash, extract.rows, is_new)

    def open(self, workbook: str, tab: str, content_hash: str) -> pa.Table:
        """Return an extract's table, its pages checked against their checksums."""
        path = self.path(workbook, tab, content_hash)
        facts(path)
        try:
            with pq.ParquetFile(path, page_checksum_verification=True) as file:
                return file.read()
        except (OSError, pa.ArrowException) as error:
            raise _damaged(path, error) from error

    def facts(self, workbook: str, tab: str, content_hash: str) -> LandedFacts:
        """Return the metadata of an extract, without reading its rows."""
        return facts(self.path(workbook, tab, content_hash))

    def list(self, workbook: str, tab: str) -> list[LandedExtract]:
        """Return a tab's extracts in the order in which they were first seen."""
        folder = self.root / workbook / tab
        seen = [(facts(path), path) for path in sorted(folder.glob("*.parquet"))]
        seen.sort(key=lambda pair: pair[0].fetched_at)
        return [LandedExtract(path, f.content_hash, f.rows, is_new=False) for f, path in seen]


def facts(path: Path) -> LandedFacts:
    """Return the metadata of a landed file; a damaged one is a `LandingError`."""
    try:
        with pq.ParquetFile(path) as file:
            rows = file.metadata.num_rows
            stored = (file.metadata.metadata or {})[_FACTS]
        landed = _facts_of(orjson.loads(stored))
    except FileNotFoundError as error:
        raise LandingError(f"{path} is missing", "refresh the tab to land it again") from error
    except (OSError, pa.ArrowException, KeyError, TypeError, ValueError) as error:
        raise _damaged(path, error) from error
    if rows != landed.rows or path.stem != landed.content_hash:
        raise _damaged(
            path, f"it holds {rows} rows of {landed.rows} and names {landed.content_hash}"
        )
    return landed


def _facts_of(stored: Mapping[str, Any]) -> LandedFacts:
    changed = {
        "fetched_at": datetime.fromisoformat(stored["fetched_at"]),
        "modified_time": datetime.fromisoformat(stored["modified_time"]),
        "merges": tuple((a, b, c, d) for a, b, c, d in stored["merges"]),
    }
    return LandedFacts(**{**stored, **changed})


def _is_whole(path: Path, rows: int) -> bool:
    try:
        return facts(path).rows == rows
    except LandingError:
        return False


def _damaged(path: Path, cause: object) -> LandingError:
    return LandingError(
        f"{path} is damaged ({cause})", "delete the file and refresh the tab to land it again"
    )


def _stored(extract: Extract) -> bytes:
    names = LandedFacts.__dataclass_fields__
    return orjson.dumps({name: getattr(extract, name) for name in names})


def _write(path: Path, extract: Extract) -> None:
    """Put an extract in place: the file is there whole or not at all."""
    stored = _stored(extract)
    if extract.spooled is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            put_in_place(extract.spooled.keep(stored), path, READ_ONLY)
        except BaseException:
            extract.spooled.discard()
            raise
        return
    table = extract.table.replace_schema_metadata({_FACTS: stored})
    with replacing(path, READ_ONLY) as part:
        pq.write_table(table, part, compression="zstd", write_page_checksum=True)
