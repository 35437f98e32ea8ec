"""When each workbook was last read or found unchanged, noted in the data folder.

A refresh that finds nothing changed publishes nothing, so no snapshot says when it looked.
"""

from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import orjson

from candid_assets.atomic_files import write_whole
from candid_assets.regular_files import read_bytes


def note_looks(
    data_dir: Path, workbooks: Collection[str], known: Collection[str], at: datetime
) -> None:
    """Note the moment at which workbooks were read whole or found unchanged.

    Args:
        data_dir: The environment's folder.
        workbooks: Names of those that were.
        known: Names of all workbooks; of others nothing is kept.
        at: When the refresh that looked began.
    """
    kept = {name: when for name, when in last_looks(data_dir).items() if name in known}
    noted: Mapping[str, datetime] = kept | dict.fromkeys(workbooks, at)
    content = {name: when.astimezone(UTC).isoformat() for name, when in noted.items()}
    # Where the disk refuses, the next run notes it.
    with suppress(OSError):
        write_whole(_file(data_dir), orjson.dumps(content), durable=False)


def last_looks(data_dir: Path) -> dict[str, datetime]:
    """Return when each workbook was last read or found unchanged, as far as it is noted."""
    try:
        noted = orjson.loads(read_bytes(_file(data_dir)))
        moments = {str(name): datetime.fromisoformat(when) for name, when in noted.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}
    return {name: when for name, when in moments.items() if when.tzinfo}


def _file(data_dir: Path) -> Path:
    return data_dir / "looks.json"
