"""Queries metrics: their declarations, their SQL and their published values."""
