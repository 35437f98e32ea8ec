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
from candid_assets.warehouse.builds import Build, builds_needed, built_tables, recorded_builds
from candid_assets.warehouse.catalog_archive import CatalogArchive
from candid_assets.warehouse.database import bootstrap
from candid_assets.warehouse.errors import WarehouseError
from candid_assets.warehouse.extracts import copy_extracts
from candid_assets.warehouse.memory import open_scratch

BEFORE = "versions_before"
PAST = "versions_past"


def versions_before(refresh: Refresh, model: Model) -> tuple[str, list[int], bool]:
    """Return the relation of versions that a history continues from.

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
    tables = built_tables(refresh.connection)
    catalog = next((t.catalog for t in tables if (t.layer, t.table) == ("ready", model.name)), None)
    if catalog is None or catalog == refresh.origin.catalog:
        return catalog is not None
    try:
        kept = CatalogArchive(refresh.settings.catalogs_dir).read(catalog)
    except WarehouseError:
        return False
    files = [f"models/{model.spoke}/{model.name}.{kind}" for kind in ("sql", "yaml")]
    return [kept.get(f) for f in files] == [refresh.catalog.files.get(f) for f in files]


def _earlier(connection: duckdb.DuckDBPyConnection, model: Model) -> list[Build]:
    """Return the earlier builds of the tabs that a history reads."""
    current = {built.build for built in built_tables(connection)}
    builds = recorded_builds(connection, [table for _, table in model.inputs])
    return [b for b in builds if b.layer == "clean" and b.build not in current]


def _repeat(refresh: Refresh, model: Model, earlier: Sequence[Build]) -> set[int]:
    """Fill `BEFORE` with the versions that the earlier builds gave, one run after the other.

    Returns the builds that could be repeated: an extract may have been pruned.
    """
    wanted = {build.build for build in earlier}
    needed = builds_needed(refresh.connection, sorted(wanted))
    repeated: set[int] = set()
    with open_scratch(refresh.settings.data_dir) as past:
        bootstrap(past, refresh.settings.env)
        copy_extracts(refresh.connection, past)
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
        rows = past.execute(f"from {before}").to_arrow_table()
        refresh.connection.register("copied", rows)
        refresh.connection.execute(f"insert into {before} by name from copied")
        refresh.connection.unregister("copied")
    return repeated


def _stand(past: duckdb.DuckDBPyConnection, model: Model) -> bool:
    """Whether a file of repeated builds holds every table that a history reads."""
    return set(model.inputs) <= {(built.layer, built.table) for built in built_tables(past)}
