"""Reads folders of spreadsheets, CSV and Parquet files; imports no Dagster."""
