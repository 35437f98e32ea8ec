"""Candid's Google Sheets as trusted DuckDB tables on a Dagster asset graph."""

import os
from typing import Final

DUCKDB_ALLOCATOR: Final = "dirty_decay_ms:100,muzzy_decay_ms:0"
"""DuckDB gives freed memory back after a tenth of a second instead of two: it does so for each
statement and would hold a quarter of its process's memory for nothing."""

# DuckDB's allocator reads it when DuckDB is imported, and so do the processes started from here.
os.environ.setdefault("DUCKDB_JE_MALLOC_CONF", DUCKDB_ALLOCATOR)
