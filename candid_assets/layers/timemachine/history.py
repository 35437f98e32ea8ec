"""What a tab held, content after content: when, how much, and what came and went."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import duckdb

from candid_assets.layers.timemachine.difference import NoTableError
from candid_assets.settings import Settings
from candid_assets.warehouse.database import open_published
from candid_assets.warehouse.landing import Landing
from candid_assets.warehouse.tables import literal


@dataclass(slots=True)
class Seen:
    """One content of a tab for as long as it stood; content that came back is told again."""

    extract: str
    first_seen: datetime
    last_seen: datetime | None
    """When the next content was found in its place, or the workbook was last read."""
    is_current: bool
    run_id: str
    title: str
    rows: int
    rows_clean: int | None
    """None where no clean table was built from it."""
    rows_quarantined: int | None
    kept: bool
    """Whether landing still has it."""
    rows_added: int | None = None
    """Rows that the former content had not, by content; None where one of the two is gone."""
    rows_removed: int | None = None


def tab_history(settings: Settings, table: str, limit: int | None = None) -> list[Seen]:
    """Return the contents of a tab, the newest first.

    Raises:
        NoTableError: No tab of this name was ever read.
    """
    with open_published(settings.published_file) as connection:
        rows = connection.execute(
            _SQL.format(limit=f"limit {limit + 1}" if limit else ""), [table]
        ).fetchall()
    if not rows:
        raise NoTableError(f"no tab {table!r} was ever read; name it as <workbook>__<tab>")
    landing = Landing(settings.landing_dir)
    files = [landing.path(r[0], r[1], r[2]) for r in rows]
    found = [Seen(*(*r[2:], file.exists())) for r, file in zip(rows, files, strict=True)]
    with duckdb.connect() as connection:
        for index, (seen, former) in enumerate(pairwise(found)):
            if seen.kept and former.kept:
                seen.rows_added = _more(connection, files[index], files[index + 1])
                seen.rows_removed = _more(connection, files[index + 1], files[index])
    return found[:limit] if limit else found


_SQL = """
with seen as (
    select
        *,
        lead(fetched_at) over (order by fetched_at) as replaced_at
    from meta.extracts
    where workbook || '__' || tab = $1
),
built as (
    select
        layer,
        extracts ->> '$[0].content_hash' as content_hash,
        arg_max(row_count, build) as row_count
    from meta.builds
    where "table" = $1 and layer in ('clean', 'quarantine')
    group by all
)
select
    s.workbook,
    s.tab,
    s.content_hash,
    s.fetched_at,
    coalesce(s.replaced_at, w.read_at),
    s.replaced_at is null,
    s.run_id,
    s.title,
    s.rows_read,
    c.row_count,
    q.row_count
from seen as s
left join meta.workbooks as w on s.workbook = w.workbook
left join built as c on s.content_hash = c.content_hash and c.layer = 'clean'
left join built as q on s.content_hash = q.content_hash and q.layer = 'quarantine'
order by s.fetched_at desc
{limit}
"""


def _more(connection: duckdb.DuckDBPyConnection, one: Path, other: Path) -> int | None:
    """Return how many rows one extract has more than another, by content, wherever they stand."""
    # Blank columns at the right end change the kinds of every row, but no row.
    sides = [
        "select rtrim(_kinds, '-') as kinds, list_filter(cells, lambda cell: cell is not null)"
        f" from (select _kinds, [*columns('^[A-Z]+$')] as cells from read_parquet({file}))"
        for file in (literal(str(one)), literal(str(other)))
    ]
    try:
        row = connection.execute(
            f"select count(*) from ({sides[0]} except all {sides[1]})"
        ).fetchone()
    except (duckdb.IOException, duckdb.InvalidInputException):  # one of the files is damaged
        return None
    return int(row[0]) if row else 0
