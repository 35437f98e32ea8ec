"""The folders in which tasks leave the files of one table, until it is swapped in."""

import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from candid_assets.engines.errors import EngineError
from candid_assets.settings import Settings
from candid_assets.warehouse.builds import TableState

INPUTS: Final = "inputs"
"""The folder, beside the attempts, of the tables that models read on a cluster."""


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


def input_file(settings: Settings, layer: str, table: str, state: TableState) -> Path:
    """Return the file of a table that models read on a cluster; its name says what it holds.

    Raises:
        EngineError: CANDID_STORE_URL is no folder.
    """
    name = f"{layer}.{table}-{state.fingerprint[:32]}.parquet"
    return attempts_folder(settings).parent / INPUTS / name


def unused_files(settings: Settings, states: Mapping[tuple[str, str], TableState]) -> list[Path]:
    """Return what no refresh reads any more: attempts, and inputs that have other content now.

    Args:
        settings: The environment, in which no refresh is at work.
        states: What its tables hold.
    """
    try:
        attempts = attempts_folder(settings)
        needed = {input_file(settings, *table, state) for table, state in states.items()}
    except EngineError:
        return []
    folders = (attempts, attempts.parent / INPUTS)
    return [
        path
        for folder in folders
        if folder.is_dir()
        for path in sorted(folder.iterdir())
        if path not in needed
    ]


def remove_unused(paths: Sequence[Path]) -> None:
    """Remove attempts and inputs; what cannot be removed waits for the next time."""
    for path in paths:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):
                path.unlink(missing_ok=True)
