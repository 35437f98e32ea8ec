"""Takes a warehouse from the snapshot again where its last write was cut off.

DuckDB adds to its blocks of metadata where they lie. A process that is killed amid such a write, or
a power cut, leaves a file that cannot be opened, and the log of the process beside it. The snapshot
is a copy of the whole warehouse as the last refresh published it; what was done since is done again
by the next, from the sources and the landing.
"""

from pathlib import Path
from shutil import copyfile

from candid_assets.atomic_files import replacing
from candid_assets.names import SNAPSHOT_FILE
from candid_assets.warehouse.duckdb_blocks import is_whole, log_of, verify_file


def take_from_snapshot(file: Path) -> bool:
    """Put a copy of the snapshot in place of a warehouse whose last write was cut off.

    Returns:
        Whether it was; not where no process left its log, or there is no whole snapshot.

    Raises:
        OSError: There is no room for the copy; the next attempt goes on.
    """
    log_file, former_log = log_of(file), _former_log_of(file)
    if not log_file.exists() and not former_log.exists():
        return False
    snapshot = file.parent / SNAPSHOT_FILE
    if not is_whole(snapshot):
        return False
    if log_file.exists():  # it belongs to the file that goes, and says until then that it may
        log_file.replace(former_log)
    with replacing(file, single_writer=True) as part:
        copyfile(snapshot, part)
        verify_file(part)
    forget_interruption(file)
    return True


def forget_interruption(file: Path) -> None:
    """Remove what an interrupted process left beside a warehouse that is whole again."""
    _former_log_of(file).unlink(missing_ok=True)


def _former_log_of(file: Path) -> Path:
    return file.with_name(f"{file.name}.interrupted")
