"""Candid's Google Sheets as trusted DuckDB tables on a Dagster asset graph."""
