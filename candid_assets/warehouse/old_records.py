"""Removes the rows of `meta` that are past their time and that nothing needs.

A publication whose extracts are all kept can be built again, so all that it needs stays, however
old it is. What one was made from that was removed from landing cannot be: its builds and extracts
are past their time when it is. Runs go unless a table, a check or a build names them. Of cells that
were quarantined, of changes and of holds only what is over goes.
"""

from contextlib import suppress
from datetime import datetime

from duckdb import DuckDBPyConnection as Connection

from candid_assets.warehouse.builds import builds_needed
from candid_assets.warehouse.database import transaction
from candid_assets.warehouse.replacements import with_replaced_at

_LOST = """
create or replace temp table lost as
with recursive gone as (
    select workbook, tab, content_hash
    from (
        select workbook, tab, content_hash, max(number) as number from meta.pruned_extracts
        group by all
    ) as p
    where not exists (
        from meta.extracts as e
        where e.workbook = p.workbook and e.tab = p.tab and e.content_hash = p.content_hash
            and e.number > p.number
    )
),
used as (
    select build, unnest(from_json(
        extracts, '[{"workbook": "VARCHAR", "tab": "VARCHAR", "content_hash": "VARCHAR"}]'
    )) as u
    from meta.builds
),
reads as (select build, unnest(inputs) as input from meta.builds),
lost (build) as (
    select build from used
    inner join gone
        on used.u.workbook = gone.workbook and used.u.tab = gone.tab
        and used.u.content_hash = gone.content_hash
    union
    select r.build from reads as r inner join lost as l on r.input = l.build
)
select distinct build from lost
"""
"""The builds that cannot be repeated, for an extract behind them is gone from landing."""

_PUBLICATIONS = f"""
delete from meta.publications where publication in (
    select s.publication
    from ({with_replaced_at("meta.publications", "published_at", "publication")}) as s
    inner join meta.published_tables as p
        on s.publication between p.since and coalesce(p."until", s.publication)
    inner join temp.lost as l on p.build = l.build
    where s.replaced_at < $before
)
"""
_SHOWN = """
delete from meta.published_tables as t
where t."until" is not null and not exists (
    from meta.publications as p where p.publication between t.since and t."until"
)
"""
_BUILDS = """
delete from meta.builds
where build in (from temp.lost) and not list_contains($needed::bigint[], build)
    and built_at < $before and build < (select max(build) from meta.builds)
"""
_EXTRACTS = """
delete from meta.extracts
where fetched_at < $before
    and (workbook, tab, content_hash) in (
        select (workbook, tab, content_hash) from meta.pruned_extracts
    )
    and number not in (select max(number) from meta.extracts group by workbook, tab)
    and (workbook, tab, content_hash) not in (
        select (u.workbook, u.tab, u.content_hash) from (
            select unnest(from_json(
                extracts, '[{"workbook": "VARCHAR", "tab": "VARCHAR", "content_hash": "VARCHAR"}]'
            )) as u
            from meta.builds
        )
    )
"""
_PRUNED = """
delete from meta.pruned_extracts
where pruned_at < $before and (workbook, tab, content_hash) not in (
    select (workbook, tab, content_hash) from meta.extracts
)
"""
_RUNS = """
delete from meta.runs
where finished_at < $before and number < (select max(number) from meta.runs)
    and run_id not in (
        select run_id from meta.tables
        union all select run_id from meta.checks
        union all select run_id from meta.failures
        union all select run_id from meta.builds
        union all select run_id from meta.extracts
        union all select run_id from meta.publications
        union all select run_id from meta.layouts
    )
"""
_OVER = (
    "delete from meta.quarantine_history where resolved < $before",
    "delete from meta.schema_changes where resolved_at < $before",
    "delete from meta.holds where resolved_at < $before",
    "delete from meta.compactions where compacted_at < $before"
    " and rowid < (select max(rowid) from meta.compactions)",
)


class _CountedError(Exception):
    """The rows were counted and are to stay."""


def remove_old_records(
    connection: Connection,
    *,
    runs_before: datetime,
    histories_before: datetime,
    now: datetime,
    dry_run: bool = False,
) -> int:
    """Remove, in one transaction, the rows that are past their time; return how many.

    Args:
        connection: The warehouse.
        runs_before: Runs, builds, publications and extracts of an earlier time may go.
        histories_before: So may quarantined cells, changes and holds that were over earlier.
        now: This moment.
        dry_run: Whether they are only counted.
    """
    removed = 0
    with suppress(_CountedError), transaction(connection):
        connection.execute(_LOST)
        removed += _deleted(connection, _PUBLICATIONS, before=runs_before, now=now)
        removed += _deleted(connection, _SHOWN)
        shown = connection.execute(
            "select build from meta.published_tables"
            " union select build from meta.tables where build is not null"
        ).fetchall()
        needed = [build.build for build in builds_needed(connection, [row[0] for row in shown])]
        removed += _deleted(connection, _BUILDS, before=runs_before, needed=needed)
        for statement in (_EXTRACTS, _PRUNED, _RUNS):
            removed += _deleted(connection, statement, before=runs_before)
        for statement in _OVER:
            removed += _deleted(connection, statement, before=histories_before)
        connection.execute("drop table temp.lost")
        if dry_run:
            raise _CountedError
    return removed


def catalogs_named(connection: Connection) -> set[str]:
    """Return the hashes of the catalogs that a build or a publication names."""
    rows = connection.execute(
        "select catalog from meta.builds union select catalog from meta.publications"
    ).fetchall()
    return {row[0] for row in rows}


def _deleted(connection: Connection, statement: str, **values: object) -> int:
    row = connection.execute(statement, values).fetchone()
    return int(row[0]) if row else 0
