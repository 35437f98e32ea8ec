"""Finds the versions of a history from the record: every earlier build of the tabs that it reads.

Needed where no versions stand yet, or where they are those of another query: the catalog grew a
history, or a column of it. Each refresh of the past is repeated once, in memory.
"""

from collections.abc import Sequence
from itertools import groupby

import duckdb

from candid_assets.cleaning.macros import install_macros
from candid_assets.contracts.catalog import Model
from candid_assets.history.replay import Replay
from candid_assets.refresh import history_versions
from candid_assets.refresh.context import Refresh
from candid_assets.sql import qualified
from candid_assets.warehouse.builds import Build, builds_needed
from candid_assets.warehouse.catalog_archive import CatalogArchive
from candid_assets.warehouse.database import bootstrap
from candid_assets.warehouse.errors import WarehouseError

BEFORE = "versions_before"
PAST = "versions_past"


def versions_before(refresh: Refresh, model: Model) -> tuple[str, list[int], bool]:
    """Return where the versions stand that a history goes on from.

    Returns:
        Their relation; the earlier builds of tabs that they were made from just now; and whether
        they are those of the table itself.
    """
    if _goes_on(refresh, model):
        return qualified("ready", model.name), [], True
    earlier = _earlier(refresh.connection, model)
    before = history_versions.empty(refresh.connection, model, BEFORE)
    repeated = _repeat(refresh, model, earlier) if earlier else set()
    return before, sorted(repeated), False


def _goes_on(refresh: Refresh, model: Model) -> bool:
    """Whether the table holds the versions of this very query and declaration."""
    row = refresh.connection.execute(
        "select b.catalog from meta.tables as t inner join meta.builds as b using (build)"
        " inner join duckdb_tables() as d on d.database_name = current_database()"
        ' and d.schema_name = t.layer and d.table_name = t."table"'
        " where t.layer = 'ready' and t.\"table\" = ?",
        [model.name],
    ).fetchone()
    if row is None or row[0] == refresh.origin.catalog:
        return row is not None
    try:
        kept = CatalogArchive(refresh.settings.catalogs_dir).read(row[0])
    except WarehouseError:
        return False
    files = [f"models/{model.spoke}/{model.name}.{kind}" for kind in ("sql", "yaml")]
    return [kept.get(f) for f in files] == [refresh.catalog.files.get(f) for f in files]


def _earlier(connection: duckdb.DuckDBPyConnection, model: Model) -> list[Build]:
    """Return the builds of the tabs that a history reads, but for those that stand now."""
    rows = connection.execute(
        "select b.build from meta.builds as b where b.layer = 'clean' and list_contains(?,"
        ' b."table") and b.build not in (select build from meta.tables where build is not null)',
        [[table for _, table in model.inputs]],
    ).fetchall()
    wanted = {row[0] for row in rows}
    return [b for b in builds_needed(connection, sorted(wanted)) if b.build in wanted]


def _repeat(refresh: Refresh, model: Model, earlier: Sequence[Build]) -> set[int]:
    """Fill `BEFORE` with the versions that the earlier builds gave, one run after the other.

    Returns the builds that could be repeated: an extract may have been pruned.
    """
    wanted = {build.build for build in earlier}
    needed = builds_needed(refresh.connection, sorted(wanted))
    repeated: set[int] = set()
    with duckdb.connect() as past:
        bootstrap(past, refresh.settings.env)
        _copy(refresh.connection, past, "meta.extracts")
        install_macros(past)
        before = history_versions.empty(past, model, BEFORE)
        with Replay(refresh.settings, past, versions_before) as replay:
            for _, run in groupby(needed, key=lambda build: build.run_id):
                done = {b.build for b in replay.run(list(run))} & wanted - replay.problems.keys()
                repeated |= done
                if done and _stand(past, model):
                    past.execute(f"create or replace temp table {PAST} as {model.sql}")
                    history_versions.fold(past, model, PAST, before)
                    past.execute(f"create or replace temp table {BEFORE} as from temp.{PAST}")
        _copy(past, refresh.connection, before)
    return repeated


def _stand(past: duckdb.DuckDBPyConnection, model: Model) -> bool:
    """Whether every tab that a history reads was loaded by then."""
    found = past.execute('select layer, "table" from meta.tables').fetchall()
    return set(model.inputs) <= set(found)


def _copy(source: duckdb.DuckDBPyConnection, target: duckdb.DuckDBPyConnection, table: str) -> None:
    target.register("copied", source.execute(f"from {table}").to_arrow_table())
    target.execute(f"insert into {table} by name from copied")
    target.unregister("copied")
