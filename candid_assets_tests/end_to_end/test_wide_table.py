"""A table of many columns goes through in memory that the setting bounds."""

import os
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

COLUMNS, ROWS = 800, 60
MOST_DESCRIBED, MOST_READ = 520, 850
"""Megabytes of a process; without any table a refresh has 350, most of them libraries. Reading took
690 to 790: threads that build tables each keep some memory of their own."""
COMMAND = """
import re, sys
from pathlib import Path
from candid_assets.cli import main
sys.argv = ["candid", *sys.argv[1:]]
try:
    main()
finally:
    status = Path("/proc/self/status").read_text()
    print("peak", int(re.search(r"VmHWM:\\s+(\\d+)", status)[1]) // 1024)
"""


def candid(folder: Path, *arguments: str) -> int:
    """Run a command in a process of its own and return the most memory it had, in megabytes."""
    environment = os.environ | {
        "CANDID_ENV": "staging",
        "CANDID_DATA_DIR": str(folder / "data"),
        "CANDID_CATALOG_DIR": str(folder / "catalog"),
        "CANDID_MEMORY": "400MB",
        "DAGSTER_HOME": str(folder),
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    peak = re.search(r"^peak (\d+)$", done.stdout, re.MULTILINE)
    assert peak is not None, done.stdout
    return int(peak[1])


@pytest.mark.served
def test_csv_of_800_columns_is_described_and_read_in_bounded_memory(tmp_path: Path) -> None:
    values = ("1.250,50", "17/08/2025", "Toko Maju", "1250")
    header = ["Kode", *(f"Kolom {n}" for n in range(1, COLUMNS))]
    lines = [[f"K{row:03}", *(values[n % 4] for n in range(1, COLUMNS))] for row in range(ROWS)]
    folder = tmp_path / "ekspor"
    folder.mkdir()
    text = "\n".join(";".join(line) for line in (header, *lines))
    (folder / "lebar.csv").write_text(f"{text}\n")
    (tmp_path / "catalog").mkdir()
    described = candid(
        tmp_path, "discover", str(folder), "--workbook", "w", "--into", str(tmp_path / "catalog")
    )
    assert described < MOST_DESCRIBED
    read = candid(tmp_path, "run", "--workbook", "w")
    assert read < MOST_READ
    with duckdb.connect(str(next(tmp_path.rglob("published/candid.duckdb")))) as published:
        (count,) = published.execute("select count(*) from clean.w__lebar").fetchall()
        columns = published.execute("describe clean.w__lebar").fetchall()
    assert count == (ROWS,)
    assert len(columns) == COLUMNS + 2
