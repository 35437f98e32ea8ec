"""What tasks leave of a table, and how it stands in the place of what cleaning makes here."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb

from candid_assets.cleaning.cleaning_sql import CleaningTables
from candid_assets.cleaning.quarantine_sql import numbered_sql, same_sql
from candid_assets.cleaning.raw_file import read_files
from candid_assets.contracts.catalog import Tab
from candid_assets.sql import quoted

KINDS: Final = ("clean", "quarantine", "dropped")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What tasks left of a table: files in the order of its rows, and what they counted."""

    files: dict[str, list[Path]]
    """The files of `clean`, `quarantine` and `dropped`."""
    rows: dict[str, int]
    undeclared: list[Any]
    """What `undeclared_columns.count_sql` answers for all rows; empty where it was not asked."""
    memory: int
    """The most bytes that a worker's process held."""


def stage(
    connection: duckdb.DuckDBPyConnection,
    tab: Tab,
    cleaned: Cleaned,
    names: CleaningTables,
    *,
    numbered: bool,
) -> None:
    """Show what tasks left under the names that cleaning gives it; the quarantine is copied.

    Args:
        connection: Where the names are made.
        tab: The tab's contract.
        cleaned: What the tasks left.
        names: Names of the temporary relations to make.
        numbered: Whether quarantined rows of one name have their numbers already.
    """
    read = {kind: read_files(files) for kind, files in cleaned.files.items()}
    columns = "".join(
        f"{quoted(c.name)}::{c.physical_type} AS {quoted(c.name)}, " for c in tab.columns
    )
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW {quoted(names.clean)} AS"
        f" SELECT {columns}* EXCLUDE ({', '.join(quoted(c.name) for c in tab.columns)})"
        f" FROM {read['clean']}"
    )
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW {quoted(names.dropped)} AS FROM {read['dropped']}"
    )
    name = "_id" if numbered else numbered_sql("_id")
    same = "" if numbered else same_sql("_id")
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {quoted(names.quarantine)} AS"
        f" SELECT * REPLACE ({name} AS _id) FROM {read['quarantine']}{same}"
        + ("" if tab.is_family else " ORDER BY _row")
    )
