"""Checks of what is stored: warehouse, snapshot, landing, catalogs and Dagster's history.

The quick checks open each store and read what is small; `deep` reads every byte of every store.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import duckdb

from candid_assets.findings import Finding, failed, note, ok
from candid_assets.monitoring.history_place import SharedHistoryError, shared_place, shared_problem
from candid_assets.settings import Settings
from candid_assets.storage_errors import is_held
from candid_assets.warehouse.builds import built_tables
from candid_assets.warehouse.catalog_archive import CatalogArchive
from candid_assets.warehouse.database import open_published
from candid_assets.warehouse.duckdb_blocks import verify_file
from candid_assets.warehouse.errors import LandingError, WarehouseError
from candid_assets.warehouse.extracts import current_extracts
from candid_assets.warehouse.landing import Landing, verify
from candid_assets.warehouse.memory import SMALL_BYTES, open_file
from candid_assets.warehouse.opening import remains, restore_fix
from candid_assets.warehouse.repair import unreadable_tables
from candid_assets.warehouse.versions import environment_of

SHOWN: Final = 5
_REPAIR: Final = "run `candid run`, which builds again what can be built; else "


def check_stores(settings: Settings, *, deep: bool) -> Iterator[Finding]:
    """Check every store of an environment."""
    yield check_warehouse(settings, deep=deep)
    yield check_published(settings, deep=deep)
    yield from check_landing(settings, deep=deep)
    yield from check_catalogs(settings)
    yield check_history(settings, deep=deep)


def check_warehouse(settings: Settings, *, deep: bool = False) -> Finding:
    """Check that the working file is there, whole, and this environment's."""
    file = settings.warehouse_file
    fix = restore_fix(file)
    if not file.exists():
        kept = remains(file)
        if kept:
            return failed("warehouse", f"{file} is missing beside {kept}", "history is gone", fix)
        return ok("warehouse", "not there yet; the first run makes it")
    try:
        with open_file(file) as connection:
            env = environment_of(connection)
            if deep and (tables := unreadable_tables(connection)):
                names = ", ".join(f"{schema}.{table}" for schema, table in tables)
                raise WarehouseError(f"it cannot read {names}")
        if deep or file.stat().st_size <= SMALL_BYTES:
            verify_file(file)
    except (OSError, WarehouseError, duckdb.Error) as error:
        if is_held(error):
            why = "one refresh writes at a time; readers use the published snapshot"
            wait = "wait until it has ended; if it hangs, end the process that the message names"
            return note("warehouse", f"held by another process: {_first(error)}", why, wait)
        return failed("warehouse", f"{file}: {_first(error)}", "it is damaged", _REPAIR + fix)
    if env != settings.env:
        own = f"set CANDID_ENV={env} or give {settings.env} its own CANDID_DATA_DIR"
        return failed("warehouse", f"{file} holds {env} data", "environments never mix", own)
    return ok("warehouse", f"{file} opens" + (", every table was read" if deep else ""))


def check_published(settings: Settings, *, deep: bool = False) -> Finding:
    """Check that readers can open the snapshot, and that its blocks are whole."""
    file = settings.published_file
    if not file.exists():
        fix = "run `candid run`"
        return note("snapshot", f"nothing is published at {file}", "there is nothing to read", fix)
    try:
        if deep or file.stat().st_size <= SMALL_BYTES:
            verify_file(file)
        with open_published(file) as connection:
            built_tables(connection)
    except (OSError, WarehouseError, duckdb.Error) as error:
        fix = f"run `candid run`, which publishes it again; a large one only once {file} is removed"
        return failed("snapshot", f"{file}: {_first(error)}", "it is damaged", fix)
    return ok("snapshot", f"{file} opens" + (", every block was read" if deep else ""))


def check_landing(settings: Settings, *, deep: bool = False) -> Iterator[Finding]:
    """Check the extracts that today's tables are built from; with `deep` every one that is kept."""
    landing = Landing(settings.landing_dir)
    problems: list[LandingError] = []
    checked = 0
    for path in sorted(landing.root.rglob("*.parquet")) if deep else _current(settings, landing):
        checked += 1
        try:
            verify(path)
        except LandingError as error:
            problems.append(error)
    for problem in problems[:SHOWN]:
        yield failed("landing", problem.message, "nothing is built from it", problem.fix)
    if len(problems) > SHOWN:
        rest = f"{len(problems) - SHOWN} more extracts are missing or damaged"
        yield failed("landing", rest, "as above", "as above")
    if not problems:
        which = "of all times" if deep else "of today's tables"
        yield ok("landing", f"{checked:,} extracts {which} are as they were written")


def check_catalogs(settings: Settings) -> Iterator[Finding]:
    """Check that every catalog that tables were built with can be read."""
    problems = CatalogArchive(settings.catalogs_dir).damaged()
    for problem in problems[:SHOWN]:
        why = "what was built with it cannot be built again"
        yield failed("catalogs", problem.message, why, problem.fix)
    if not problems:
        yield ok("catalogs", "every catalog that is kept can be read")


def check_history(settings: Settings, *, deep: bool = False) -> Finding:
    """Check that Dagster's history opens; with `deep` every page of its files."""
    # Dagster takes a second to import; nothing else here needs it.
    import dagster as dg

    folder, place = settings.data_dir / "dagster", None
    try:
        place = shared_place(settings)
        with dg.DagsterInstance.get() as instance:
            runs = instance.get_runs_count()
        damaged = _damaged_databases(folder) if deep and place is None else []
    # Whatever Dagster raises here keeps runs from being recorded.
    except Exception as error:
        what = f"Dagster's history does not open: {_first(error)}"
        fix = _history_fix(folder)
        if place is not None or isinstance(error, SharedHistoryError):
            what, fix = shared_problem(error, place or "")
        return failed("history", what, "runs are not recorded", fix)
    if damaged:
        what = f"{', '.join(damaged)} are damaged"
        return failed("history", what, "runs are not shown", _history_fix(folder))
    where = "" if place is None else f" in {place}"
    return ok("history", f"Dagster's history{where} opens, {runs} runs")


def _history_fix(folder: Path) -> str:
    return (
        f"check DAGSTER_HOME; put {folder} back from a backup, or move it away: only the history"
        " of runs is lost"
    )


def _current(settings: Settings, landing: Landing) -> list[Path]:
    try:
        with open_published(settings.published_file) as connection:
            extracts = current_extracts(connection)
    except (WarehouseError, duckdb.Error):
        return []
    return [
        landing.path(workbook, tab, extract.content_hash)
        for (workbook, tab), extract in extracts.items()
    ]


def _damaged_databases(folder: Path) -> list[str]:
    damaged = []
    for path in sorted(folder.rglob("*.db")):
        try:
            with closing(sqlite3.connect(path)) as database:
                answer = database.execute("pragma integrity_check(1)").fetchone()
            if answer != ("ok",):
                damaged.append(str(path))
        except sqlite3.Error:
            damaged.append(str(path))
    return damaged


def _first(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
