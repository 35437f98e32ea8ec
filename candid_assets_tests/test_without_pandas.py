"""Libraries do not import pandas where nothing needs it."""

import subprocess
import sys

SCRIPT = """
import sys
import duckdb
import pyarrow as pa
from candid_assets.without_pandas import without_pandas
with without_pandas():
    pa.array([1])
    duckdb.execute("SELECT ?", [1]).fetchall()
print("pandas" in sys.modules)
import pandas
print(len(duckdb.sql("SELECT 1 AS a").df()), len(pa.table({"a": [1]}).to_pandas()))
"""


def test_arrays_and_parameters_import_no_pandas_and_frames_are_made_afterwards() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "1", "1"]
