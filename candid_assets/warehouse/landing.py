"""The landing store: every extract once, as an immutable Parquet file named by its content.

A file is compared with its seal before its rows are used, once for each `Landing`, which lives as
long as a run; one that is damaged is written anew when its content is read again. Arrow is imported
where a file is opened: a refresh without news opens none.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import orjson

from candid_assets.atomic_files import PRIVATE_READ_ONLY, put_in_place, replacing
from candid_assets.regular_files import require_regular
from candid_assets.warehouse.errors import LandingError
from candid_assets.warehouse.parquet_seal import is_sealed, seal

if TYPE_CHECKING:
    import pyarrow as pa

_HASH: Final = re.compile(r"[0-9a-f]{64}")
_FACTS: Final = b"candid"
_SEALED: Final = "sealed"
"""Among the facts of a file that has a seal; files of earlier releases have none."""


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
    def table(self) -> "pa.Table": ...  # noqa: D102
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
        self._verified: set[Path] = set()

    def path(self, workbook: str, tab: str, content_hash: str) -> Path:
        """Return the path of the extract with this content."""
        if not _HASH.fullmatch(content_hash):
            raise LandingError(f"{content_hash!r} is not a content hash", "give 64 hex digits")
        return self.root / workbook / tab / f"{content_hash}.parquet"

    def store(self, workbook: str, tab: str, extract: Extract) -> LandedExtract:
        """Keep an extract; one that is there already, whole, is left as it is."""
        path = self.path(workbook, tab, extract.content_hash)
        is_new = not self.is_whole(workbook, tab, extract.content_hash)
        if is_new:
            _write(path, extract)
        elif extract.spooled is not None:
            extract.spooled.discard()
        return LandedExtract(path, extract.content_hash, extract.rows, is_new)

    def open(self, workbook: str, tab: str, content_hash: str) -> "pa.Table":
        """Return an extract's table, its pages checked against their checksums."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        path = self.whole_file(workbook, tab, content_hash)
        try:
            with pq.ParquetFile(path, page_checksum_verification=True) as file:
                return file.read()
        except (OSError, pa.ArrowException) as error:
            raise _damaged(path, error) from error

    def whole_file(self, workbook: str, tab: str, content_hash: str) -> Path:
        """Return the path of an extract whose every byte is as it was written.

        Raises:
            LandingError: It is missing or damaged.
        """
        path = self.path(workbook, tab, content_hash)
        if path not in self._verified:
            verify(path)
            self._verified.add(path)
        return path

    def is_whole(self, workbook: str, tab: str, content_hash: str) -> bool:
        """Whether an extract is there, every byte as it was written."""
        try:
            self.whole_file(workbook, tab, content_hash)
        except LandingError:
            return False
        return True

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
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        require_regular(path)
        with pq.ParquetFile(path) as file:
            rows = file.metadata.num_rows
            stored = (file.metadata.metadata or {})[_FACTS]
        landed = _facts_of(orjson.loads(stored))
    except FileNotFoundError as error:
        message = f"{path} is missing"
        fix = "run `candid run` again, which reads the tab anew, or `candid restore` a backup"
        raise LandingError(message, fix) from error
    except (OSError, pa.ArrowException, KeyError, TypeError, ValueError) as error:
        raise _damaged(path, error) from error
    if rows != landed.rows or path.stem != landed.content_hash:
        raise _damaged(
            path, f"it holds {rows} rows of {landed.rows} and names {landed.content_hash}"
        )
    return landed


def verify(path: Path) -> None:
    """Read a landed file and compare it with its seal, one without a seal by its pages' checksums.

    Raises:
        LandingError: It is missing or damaged.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    # The bytes first: what a damaged footer makes of a reader of Parquet is anyone's guess.
    try:
        kept = is_sealed(path)
    except OSError:
        kept = None
    if kept is False:
        raise _damaged(path, "its bytes are not those that were written")
    facts(path)
    if kept:
        return
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            if _SEALED in orjson.loads(file.metadata.metadata[_FACTS]):
                raise _damaged(path, "its seal is gone")
            for _ in file.iter_batches():
                pass
    except (OSError, pa.ArrowException) as error:
        raise _damaged(path, error) from error


def _facts_of(stored: Mapping[str, Any]) -> LandedFacts:
    changed = {
        "fetched_at": datetime.fromisoformat(stored["fetched_at"]),
        "modified_time": datetime.fromisoformat(stored["modified_time"]),
        "merges": tuple((a, b, c, d) for a, b, c, d in stored["merges"]),
    }
    named = {name: value for name, value in stored.items() if name != _SEALED}
    return LandedFacts(**{**named, **changed})


def _damaged(path: Path, cause: object) -> LandingError:
    return LandingError(
        f"{path} is damaged ({cause})",
        "run `candid run` again, which reads the tab anew; if the tab has other content by now,"
        " this one comes back with `candid restore`",
    )


def _stored(extract: Extract) -> bytes:
    names = LandedFacts.__dataclass_fields__
    return orjson.dumps({name: getattr(extract, name) for name in names} | {_SEALED: True})


def _write(path: Path, extract: Extract) -> None:
    """Put an extract in place: the file is there whole or not at all."""
    stored = _stored(extract)
    if extract.spooled is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            part = extract.spooled.keep(stored)
            seal(part)
            put_in_place(part, path, PRIVATE_READ_ONLY)
        except BaseException:
            extract.spooled.discard()
            raise
        return
    import pyarrow.parquet as pq

    table = extract.table.replace_schema_metadata({_FACTS: stored})
    with replacing(path, PRIVATE_READ_ONLY) as part:
        pq.write_table(table, part, compression="zstd", write_page_checksum=True)
        seal(part)
