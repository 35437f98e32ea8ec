"""Writes a large tab to a file as soon as it is read, so that one table at most is in memory."""

from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from candid_assets.sources.content_hash import SHOWN_SUFFIX, bytes_of, letters_of, more_of
from candid_assets.sources.spool import Spool, spooling

MOST_CELLS: Final = 1_000_000
"""Cells of a tab that stays in memory until it is landed."""
_AT_ONCE: Final = 200_000


def spool_tab(folder: Path, table: pa.Table) -> Spool:
    """Return a spool with the columns of an extract."""
    names = table.column_names
    letters, more = letters_of(names), more_of(names)
    beside = [name for name in names if name.endswith(SHOWN_SUFFIX)]
    with spooling(folder, len(letters), more, beside) as spool:
        step = max(1, _AT_ONCE // max(1, len(letters)))
        for start in range(0, table.num_rows, step):
            rows = table.slice(start, step)
            _, codes = bytes_of(rows.column("_kinds"))
            kinds = np.frombuffer(codes, np.uint8).reshape(rows.num_rows, len(letters))
            texts, said, shown = (
                [_whole(rows, name) for name in group] for group in (letters, more, beside)
            )
            spool.add(texts, list(kinds.T), said, shown)
    return spool


def _whole(rows: pa.Table, name: str) -> pa.Array:
    return pa.concat_arrays(rows.column(name).chunks)
