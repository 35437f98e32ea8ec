"""The folders in which tasks leave the files of one table, until it is swapped in."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from candid_assets.engines.errors import EngineError
from candid_assets.settings import Settings


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to compute a table; its files are garbage once the table is swapped in, or is not."""

    folder: Path

    def discard(self) -> None:
        """Remove its files."""
        shutil.rmtree(self.folder, ignore_errors=True)


def attempts_folder(settings: Settings) -> Path:
    """Return the folder of all attempts, which every worker sees under the same path.

    Raises:
        EngineError: CANDID_STORE_URL is no folder.
    """
    url = settings.store_url
    if url is None:
        return settings.data_dir / "attempts"
    parts = urlsplit(url)
    if parts.scheme not in ("", "file") or parts.netloc not in ("", "localhost"):
        raise EngineError(
            f"CANDID_STORE_URL={url} is no folder, and workers share files by a folder",
            "give the path of a folder that is mounted here and on every worker",
        )
    path = Path(unquote(parts.path) if parts.scheme else url)
    if not path.is_absolute():
        raise EngineError(
            f"CANDID_STORE_URL={url} is no absolute path", "give the folder's whole path"
        )
    return path / settings.env / "attempts"


def new_attempt(settings: Settings, table: str) -> Attempt:
    """Make the folder of a try to compute a table.

    Raises:
        EngineError: The shared folder cannot be written.
    """
    folder = attempts_folder(settings) / f"{table}-{uuid4().hex}"
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise EngineError(
            f"{folder.parent} cannot be written: {error}", "mount it, or correct CANDID_STORE_URL"
        ) from error
    return Attempt(folder)
