"""Generates the pages of `docs/` from the catalog, so that they cannot go stale."""
