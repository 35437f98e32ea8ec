"""Reads PostgreSQL databases, in read-only transactions; imports no Dagster."""
