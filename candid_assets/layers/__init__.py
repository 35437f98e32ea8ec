"""Builds the raw, clean and ready layers and their Dagster assets."""
