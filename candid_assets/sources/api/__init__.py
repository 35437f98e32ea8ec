"""Reads JSON over HTTP through dlt's REST client; imports no Dagster."""
