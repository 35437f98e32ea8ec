"""How long whole commands take on the sample, and how much memory: `make bench`.

Each figure stands beside its target; exits with 1 if one is missed. The commands run in a data
folder of their own, which is removed at the end.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from candid_assets_tests.bench.api import api_figures
from candid_assets_tests.bench.figure import Figure, report
from candid_assets_tests.bench.models import model_figures

REPOSITORY = Path(__file__).resolve().parents[2]
SAMPLE_SECONDS = 0.1
NEWS = 1.02
"""How much more resident memory is worth a look at how it is shared."""
LOADS = 5


@dataclass(frozen=True)
class Done:
    """One command that ended."""

    seconds: float
    peak_bytes: int
    """Greatest sum of the memory of the command and its children, pages they share counted once."""
    summary: dict[str, Any]
    started_at: float
    """Seconds since the epoch."""


def measured(data: Path, *arguments: str, variables: Mapping[str, str] | None = None) -> Done:
    """Run a command of this Python and watch its memory."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CANDID_")}
    environment |= {"CANDID_DATA_DIR": str(data), "DAGSTER_HOME": str(REPOSITORY)}
    environment |= variables or {}
    started, started_at = time.perf_counter(), time.time()
    peak = most_resident = 0
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            env=environment,
            cwd=REPOSITORY,
            stdout=out,
            stderr=subprocess.DEVNULL,
        )
        while process.poll() is None:
            # Asking for shares stops the process that is asked for a moment, so it is asked only
            # where there is more resident memory than ever before.
            resident = sum(_resident(pid) for pid in _tree(process.pid))
            if resident > most_resident * NEWS:
                most_resident = resident
                peak = max(peak, sum(_memory(pid) for pid in _tree(process.pid)))
            time.sleep(SAMPLE_SECONDS)
        seconds = time.perf_counter() - started
        out.seek(0)
        lines = [line for line in out.read().decode().splitlines() if line.startswith("{")]
    if process.returncode:
        raise SystemExit(f"{' '.join(arguments)} ended with {process.returncode}")
    return Done(seconds, peak, json.loads(lines[-1]) if lines else {}, started_at)


def _tree(pid: int) -> Iterator[int]:
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from _tree(int(child))


def _resident(pid: int) -> int:
    """Return the pages of a process that are in memory, shared ones too."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0


def _memory(pid: int) -> int:
    """Return the bytes of a process's proportional set size: its share of every page it uses."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def figures(data: Path) -> Iterator[Figure]:
    """Take every figure, the next one on what the last one left."""
    loads = [measured(data, "-c", "import candid_assets.definitions").seconds for _ in range(LOADS)]
    yield Figure("load candid_assets.definitions, median of 5", statistics.median(loads), 3, "s")
    candid = ("-m", "candid_assets.cli")
    for scale in (1, 10):
        out = data / f"scale{scale}"
        made = measured(
            data, *candid, "sandbox", "generate", "--scale", str(scale), "--out", str(out)
        )
        yield Figure(f"generate the sample at scale {scale}", made.seconds, 20, "s")
    run = (*candid, "run", "--json")
    full = measured(data, *run)
    yield Figure("candid run, everything", full.seconds, 45, "s")
    yield Figure(
        "candid run, everything: memory of all processes", full.peak_bytes / 1e9, 1.2, "GB"
    )
    yield Figure(
        "candid run, everything: reads of Sheets", full.summary["sheets_reads"], 40, "reads"
    )
    yield from model_figures(data)
    yield from api_figures(data)
    again = measured(data, *run)
    yield Figure("candid run, nothing changed", again.seconds, 6, "s")
    yield Figure("candid run, nothing changed: reads", again.summary["sheets_reads"], 0, "reads")
    yield Figure("candid run, nothing changed: tables", again.summary["assets_built"], 0, "tables")
    measured(data, *candid, "sandbox", "edit", "CoreOS", "Outlet", "B7=Toko Baru Sekali")
    edited = measured(data, *run)
    published = (data / "sample" / "published" / "candid.duckdb").stat().st_mtime
    yield Figure(
        "candid run, one cell edited: start to published", published - edited.started_at, 10, "s"
    )
    yield Figure("candid run, one cell edited: reads", edited.summary["sheets_reads"], 8, "reads")


if __name__ == "__main__":
    sys.exit(report(figures))
