"""Delivers published tables and metrics: to PostgreSQL, to a folder or to an S3 store."""
