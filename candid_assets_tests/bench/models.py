"""How long the ready layer takes: every model from clean tables, and any published metric.

Alone: `python -m candid_assets_tests.bench.models DATA`, where DATA holds a refreshed sample.
"""

import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb

from candid_assets.contracts.catalog import Catalog
from candid_assets.contracts.load import load_catalog
from candid_assets.history.earlier_versions import versions_before
from candid_assets.history.replay import AuditPassed
from candid_assets.refresh.context import Refresh
from candid_assets.refresh.events import Built
from candid_assets.refresh.ready_stage import build_model
from candid_assets.settings import Settings
from candid_assets.warehouse.builds import Origin, table_states
from candid_assets.warehouse.database import bootstrap, open_published
from candid_assets.warehouse.landing import Landing
from candid_assets_tests.bench.figure import Figure

TRIES = 3


def model_figures(data: Path) -> Iterator[Figure]:
    """Take the figures of the ready layer over a refreshed sample, which stays as it is."""
    settings = Settings(CANDID_ENV="sample", CANDID_DATA_DIR=data)
    catalog = load_catalog(settings.catalog_dir)
    seconds, tables = _built(settings, catalog)
    name = f"build hub, spokes, metrics: {tables} tables, no checks"
    yield Figure(name, seconds, 6, "s")
    slowest, asked = _slowest_metric(settings, catalog)
    yield Figure(f"slowest of {asked} published metrics by grain", slowest * 1000, 50, "ms")


def _built(settings: Settings, catalog: Catalog) -> tuple[float, int]:
    """Build every model again in this process, in a copy of the warehouse."""
    with tempfile.TemporaryDirectory(prefix="candid-bench-") as folder:
        copy = Path(folder) / "warehouse.duckdb"
        shutil.copy(settings.warehouse_file, copy)
        with duckdb.connect(str(copy)) as connection:
            bootstrap(connection, settings.env)
            refresh = Refresh(
                settings=settings,
                catalog=catalog,
                connection=connection,
                landing=Landing(settings.landing_dir),
                run_id="bench",
                earlier_versions=versions_before,
                force=True,
                audit=AuditPassed(),
                states=table_states(connection),
                origin=Origin("bench"),
            )
            started = time.perf_counter()
            events = [event for model in catalog.models for event in build_model(refresh, model)]
            seconds = time.perf_counter() - started
    built = sum(isinstance(event, Built) for event in events)
    if built != len(catalog.models):
        raise SystemExit(f"{built} of {len(catalog.models)} models were built")
    return seconds, built


def _slowest_metric(settings: Settings, catalog: Catalog) -> tuple[float, int]:
    """Return the seconds that the slowest metric takes at one of its grains, the best of tries."""
    query = "select * from ready.metric_values where metric = ? and grain = ?"
    figures = []
    with open_published(settings.published_file) as connection:
        for metric in catalog.registry.metrics:
            for grain in metric.grains:
                figures.append(
                    min(_asked(connection, query, metric.name, grain) for _ in range(TRIES))
                )
    return max(figures), len(figures)


def _asked(connection: duckdb.DuckDBPyConnection, query: str, *values: str) -> float:
    started = time.perf_counter()
    connection.execute(query, list(values)).fetchall()
    return time.perf_counter() - started


def main() -> int:
    """Print the figures and return the exit code."""
    figures = list(model_figures(Path(sys.argv[1])))
    print(*figures, sep="\n")
    return 0 if all(figure.met for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
