"""Reads Google Sheets and Drive, read-only; imports no Dagster."""
