"""Many refreshes in one process and one data folder, on a clock that runs fast.

`python -m candid_assets_tests.torture.soak --runs 1000`: an edit, half a day, a refresh, and what
the daemon does by itself. Every 50 runs what has grown is noted: memory, open files, threads and
the bytes of every store. The table is written to data/torture/soak.csv and shown as a chart.
"""

import csv
import gc
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Final

import click
import duckdb

from candid_assets.sandbox.edits import touch
from candid_assets.sandbox.process import SandboxServer
from candid_assets.settings import REPOSITORY, Settings
from candid_assets_tests.torture.company import first_books, settings_for, write_catalog
from candid_assets_tests.torture.desk import Desk, Nothing
from candid_assets_tests.torture.edits import EDITS
from candid_assets_tests.torture.shim import compiled, set_clock
from candid_assets_tests.torture.wire import Request

HALF_A_DAY: Final = 43_200
CALM: Final = ("type", "mistype", "enter a date", "append rows", "delete rows", "undo")
STORES: Final = {
    "warehouse": "warehouse.duckdb",
    "snapshot": "published",
    "landing": "landing",
    "catalogs": "catalogs",
    "reports": "reports",
    "openlineage": "openlineage",
    "history": "dagster",
}
RECORDS: Final = ("runs", "builds", "publications", "extracts", "quarantine_history")
RETENTION_DAYS: Final = 60
"""What a run of half a day keeps is level long before the end."""
LEVEL: Final = 1.1
"""How much larger a figure may be at the end than at half time to be level."""
BARS: Final = "▁▂▃▄▅▆▇█"


def figures(settings: Settings) -> dict[str, float]:
    """Return memory, files, connections, threads, MB of each store and rows of the record."""
    gc.collect()
    status = Path("/proc/self/status").read_text()
    memory = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
    opened = [_target(path) for path in Path("/proc/self/fd").iterdir()]
    taken = {
        "memory": int(memory) / 1e3,
        "files": float(len(opened)),
        "connections": float(sum(name.startswith("socket:") for name in opened)),
        "threads": float(threading.active_count()),
    }
    for name, place in STORES.items():
        path = settings.data_dir / place
        files = [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]
        taken[name] = sum(p.stat().st_size for p in files) / 1e6
    with duckdb.connect(str(settings.published_file), read_only=True) as connection:
        for table in RECORDS:
            rows = connection.execute(f"select count(*) from meta.{table}").fetchone()
            taken[table] = float(rows[0]) if rows else 0.0
    return taken


def _target(path: Path) -> str:
    try:
        return str(path.readlink())
    except FileNotFoundError:  # the one that reads the folder
        return ""


def chart(name: str, values: list[float]) -> str:
    """Return one line: the values as bars, from what to what."""
    most = max(values) or 1.0
    bars = "".join(BARS[min(7, int(8 * value / most))] for value in values)
    return f"{name:<12}{bars}  {values[0]:.2f} → {values[-1]:.2f}"


@contextmanager
def company() -> Iterator[tuple[Request, SandboxServer]]:
    root = Path(tempfile.mkdtemp(prefix="torture-soak-"))
    try:
        for head in write_catalog(root).glob("workbooks/*/contract.yaml"):
            kept = f"customProperties: [{{property: retention, value: P{RETENTION_DAYS}D}}]\n"
            head.write_text(head.read_text() + kept)
        shutil.copy(REPOSITORY / "dagster.yaml", root)
        with SandboxServer(root / "books", quota=False) as server:
            yield Request(root, root / "data", server.url, server.credentials_file), server
    finally:
        shutil.rmtree(root, ignore_errors=True)


def soak(runs: int, every: int, dagster_every: int, rows: "csv.DictWriter[str]") -> list[str]:
    """Refresh so many times, note the figures and return what did not level off."""
    from candid_assets.orchestration import run_refresh
    from candid_assets_tests.torture import short_cuts, zygote

    short_cuts.load_all()
    taken: list[dict[str, float]] = []
    by_dagster = run_refresh._run_job
    with company() as (request, server):
        settings = settings_for(request.root, request.url, request.credentials, request.data)
        os.environ |= settings.variables_beside(Settings()) | {"DAGSTER_HOME": str(request.root)}
        books = first_books(Random(0))  # noqa: S311
        for book in books.values():
            book.save(server.folder)
        desk = Desk(books, Random(1))  # noqa: S311
        for run in range(1, runs + 1):
            set_clock(run * HALF_A_DAY)
            server.control("POST", "/settings", {"clock_offset": run * HALF_A_DAY})
            _edit(desk, server)
            whole = run % dagster_every == 0
            run_refresh._run_job = by_dagster if whole else zygote.light_job
            record = zygote.refresh_here(request)
            # Two rows in three are gone now and then; a person takes that.
            if any(failure.cause == "rows_vanished" for failure in record.failures):
                zygote.refresh_here(request, accept_loss=True)
            if run % 2 == 0:
                _tidy(settings)
            if run % every == 0:
                taken.append(figures(settings))
                rows.writerow({"run": run, **taken[-1]})
                print(f"{run:>6} " + " ".join(f"{k} {v:.1f}" for k, v in taken[-1].items()))
                sys.stdout.flush()
    print(*(chart(name, [line[name] for line in taken]) for name in taken[0]), sep="\n")
    half = taken[len(taken) // 2]
    return [name for name in half if taken[-1][name] > half[name] * LEVEL + 0.5]


def _edit(desk: Desk, server: SandboxServer) -> None:
    workbook = desk.rng.choice(sorted(desk.books))
    done = False
    while not done:
        try:
            EDITS[desk.rng.choice(CALM)][0](desk, workbook)
            done = True
        except Nothing:
            continue
    for tab in desk.books[workbook].tabs:
        del tab.rows[60:]
    touch(desk.books[workbook])
    desk.books[workbook].save(server.folder)


def _tidy(settings: Settings) -> None:
    """Do what the daemon's sensor does by itself."""
    import dagster as dg

    from candid_assets.maintenance.retention import remove_due

    with dg.DagsterInstance.get() as instance:
        remove_due(settings, instance, datetime.now(UTC))


@click.command()
@click.option("--runs", default=1000, show_default=True, help="How many refreshes.")
@click.option("--every", default=50, show_default=True, help="How often figures are taken.")
@click.option("--dagster-every", default=10, show_default=True, help="How often Dagster runs it.")
def main(runs: int, every: int, dagster_every: int) -> None:
    """Refresh many times; exit with 1 if something grew by a tenth in the second half."""
    os.environ["CANDID_KEEP_RUNS_DAYS"] = os.environ["CANDID_KEEP_LOGS_DAYS"] = str(RETENTION_DAYS)
    if "torture-shim" not in os.environ.get("LD_PRELOAD", ""):
        folder = tempfile.mkdtemp(prefix="torture-shim-")
        os.environ |= {"LD_PRELOAD": str(compiled(Path(folder))), "PYTHONPATH": str(REPOSITORY)}
        os.execv(sys.executable, [sys.executable, "-m", __spec__.name, *sys.argv[1:]])  # noqa: S606
    target = REPOSITORY / "data" / "torture" / "soak.csv"
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w", newline="") as file:
        names = ["run", "memory", "files", "connections", "threads", *STORES, *RECORDS]
        rows = csv.DictWriter(file, names)
        rows.writeheader()
        grown = soak(runs, every, dagster_every, rows)
    print(f"figures: {target}")
    print(f"still growing: {', '.join(grown)}" if grown else "everything levelled off")
    sys.exit(1 if grown else 0)


if __name__ == "__main__":
    main()
