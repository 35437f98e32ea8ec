"""Candid's Google Sheets as trusted DuckDB tables on a Dagster asset graph."""

import os
from typing import Final

DUCKDB_ALLOCATOR: Final = "dirty_decay_ms:200,muzzy_decay_ms:0"
"""Memory that a statement freed goes back to the system after a fifth of a second, not two: a
quarter of the process's memory would be held for nothing."""

# DuckDB's allocator reads it when DuckDB is imported, and so do the processes started from here.
os.environ.setdefault("DUCKDB_JE_MALLOC_CONF", DUCKDB_ALLOCATOR)
