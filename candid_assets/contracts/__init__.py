"""Reads the catalog of contracts and models; imports no Dagster."""
