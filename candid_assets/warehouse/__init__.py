"""Keeps landing, DuckDB tables and the published snapshot; imports no Dagster.

What reads or records `meta` works inside the caller's transaction; only `transaction` opens one.
"""
