"""Keeps every catalog that tables were built with: `<root>/<hash>.zip`, each content once."""

import hashlib
import io
import re
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from candid_assets.atomic_files import PRIVATE_READ_ONLY, write_whole
from candid_assets.regular_files import require_regular
from candid_assets.warehouse.errors import WarehouseError

_HASH: Final = re.compile(r"[0-9a-f]{64}")
FIX: Final = (
    "put it back from a backup (`candid restore`); today's catalog is written anew by `candid run`"
)
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


def catalog_hash(files: Mapping[str, bytes]) -> str:
    """Return a hash of a catalog's files: names and content, nothing else."""
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{len(name.encode())} {name} {len(files[name])}\n".encode())
        digest.update(files[name])
    return digest.hexdigest()


class CatalogArchive:
    """A folder of catalogs, one compressed file each, named by content."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def store(self, files: Mapping[str, bytes]) -> str:
        """Keep a catalog, if it is not there already and whole, and return its hash."""
        digest = catalog_hash(files)
        try:
            self.read(digest)
        except WarehouseError:
            write_whole(self._path(digest), _zipped(files), PRIVATE_READ_ONLY)
        return digest

    def damaged(self) -> list[WarehouseError]:
        """Read every catalog and return what is wrong with those that are damaged."""
        problems = []
        for path in sorted(self.root.glob("*.zip")):
            try:
                self.read(path.stem)
            except WarehouseError as error:
                problems.append(error)
        return problems

    @contextmanager
    def restored(self, wanted: str) -> Iterator[Path]:
        """Yield a temporary folder that holds the catalog as it was.

        Raises:
            WarehouseError: It was never kept, or its file is damaged.
        """
        files = self.read(wanted)
        with tempfile.TemporaryDirectory(prefix="candid-catalog-") as name:
            root = Path(name)
            for file, content in files.items():
                path = root / file
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            yield root

    def read(self, wanted: str) -> dict[str, bytes]:
        """Return the files of a catalog, checked against its hash."""
        path = self._path(wanted)
        try:
            require_regular(path)
            with zipfile.ZipFile(path) as archive:
                files = {name: archive.read(name) for name in archive.namelist()}
        except FileNotFoundError as error:
            raise WarehouseError(f"the catalog {wanted[:12]} is not kept at {path}", FIX) from error
        # A damaged archive raises what its damage makes of it: of zlib, of codecs, of struct.
        except Exception as error:
            raise WarehouseError(f"{path} is damaged: {error}", FIX) from error
        if catalog_hash(files) != wanted:
            raise WarehouseError(f"{path} is damaged: its content has another hash", FIX)
        return files

    def _path(self, wanted: str) -> Path:
        if not _HASH.fullmatch(wanted):
            raise WarehouseError(f"{wanted!r} is not the hash of a catalog")
        return self.root / f"{wanted}.zip"


def _zipped(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), files[name], zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
