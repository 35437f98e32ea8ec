"""What a tab held, content after content: when, how much, and what came and went."""

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from candid_assets.history.errors import HistoryError
from candid_assets.history.moments import iso
from candid_assets.near_names import hint
from candid_assets.settings import Settings
from candid_assets.sql import literal
from candid_assets.warehouse.builds import recorded_builds
from candid_assets.warehouse.database import open_published
from candid_assets.warehouse.errors import duckdb_errors
from candid_assets.warehouse.extracts import recorded_extracts, tables_read
from candid_assets.warehouse.landing import Landing
from candid_assets.warehouse.memory import open_scratch


@dataclass(slots=True)
class TabContent:
    """One content of a tab for as long as it stood; content that came back is listed again."""

    extract: str
    first_seen: datetime
    last_seen: datetime | None
    """When the next content was found in its place, or the workbook was last read."""
    is_current: bool
    run_id: str
    title: str
    rows: int
    rows_clean: int | None
    """None where no clean table was built from it, or one from other tabs of a family too."""
    rows_quarantined: int | None
    kept: bool
    """Whether landing still has it."""
    rows_added: int | None = None
    """Rows that the former content had not, by content; None where one of the two is gone."""
    rows_removed: int | None = None

    def facts(self) -> dict[str, Any]:
        """Return what `candid history --json` shows of it."""
        moments = {"first_seen": iso(self.first_seen), "last_seen": iso(self.last_seen)}
        return asdict(self) | moments


@duckdb_errors()
def tab_history(settings: Settings, table: str, limit: int | None = None) -> list[TabContent]:
    """Return the contents of a tab, the newest first.

    Raises:
        HistoryError: No tab of this name was ever read.
    """
    with open_published(settings.published_file) as connection:
        contents = recorded_extracts(connection, table)
        builds = recorded_builds(connection, [table])
        known = [] if contents else tables_read(connection)
    if not contents:
        message = f"no tab {table!r} was ever read{hint(table, known)}"
        raise HistoryError(message, "name it as <workbook>__<tab>", exit_code=2)
    rows = {(b.layer, b.extracts[0].content_hash): b.rows for b in builds if len(b.extracts) == 1}
    landing = Landing(settings.landing_dir)
    former: dict[str, tuple[Path, bool]] = {}
    oldest_first: list[TabContent] = []
    with open_scratch(settings.data_dir) as connection:
        for content in reversed(contents):
            extract, tab = content.extract, content.extract.tab
            file = landing.path(extract.workbook, tab, extract.content_hash)
            digest = extract.content_hash
            stood = (content.first_seen, content.last_seen, content.is_current, content.run_id)
            built = (rows.get(("clean", digest)), rows.get(("quarantine", digest)))
            seen = TabContent(digest, *stood, extract.title, extract.rows, *built, file.exists())
            # Rows are compared only where both files are as they were written.
            whole = seen.kept and landing.is_whole(extract.workbook, tab, digest)
            if whole and tab in former and former[tab][1]:
                seen.rows_added = _more(connection, file, former[tab][0])
                seen.rows_removed = _more(connection, former[tab][0], file)
            former[tab] = (file, whole)
            oldest_first.append(seen)
    newest_first = oldest_first[::-1]
    return newest_first[:limit] if limit else newest_first


def _more(connection: duckdb.DuckDBPyConnection, one: Path, other: Path) -> int:
    """Return how many rows one extract has more than another, by content, wherever they stand."""
    # Blank columns at the right end change the kinds of every row, but no row.
    sides = [
        "select rtrim(_kinds, '-') as kinds, list_filter(cells, lambda cell: cell is not null)"
        f" from (select _kinds, [*columns('^[A-Z]+$')] as cells from read_parquet({file}))"
        for file in (literal(str(one)), literal(str(other)))
    ]
    row = connection.execute(f"select count(*) from ({sides[0]} except all {sides[1]})").fetchone()
    return int(row[0]) if row else 0
