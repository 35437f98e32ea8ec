"""Keeps landing, DuckDB tables and the published snapshot; imports no Dagster."""
