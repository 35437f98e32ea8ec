"""How long whole commands take on the sample, and how much memory: `make bench-figures`.

Each figure stands beside its target; exits with 1 if one is missed. The commands run in a data
folder of their own, which is removed at the end.
"""

import json
import os
import statistics
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from candid_assets_tests.bench.api import api_figures
from candid_assets_tests.bench.figure import Figure, report
from candid_assets_tests.bench.models import model_figures
from candid_assets_tests.bench.processes import watched

REPOSITORY = Path(__file__).resolve().parents[2]
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
    ended = watched([sys.executable, *arguments], environment, REPOSITORY)
    if ended.code:
        raise SystemExit(f"{' '.join(arguments)} ended with {ended.code}")
    lines = [line for line in ended.out.splitlines() if line.startswith("{")]
    summary = json.loads(lines[-1]) if lines else {}
    return Done(ended.seconds, ended.peak_bytes, summary, ended.started_at)


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
