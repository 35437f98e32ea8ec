"""Builds the Dagster definitions and runs refreshes: assets, jobs, sensors, schedules, storage."""
