"""Loads the whole catalog; what was read of the same files before is not read again."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from candid_assets.contracts.catalog import Catalog
from candid_assets.contracts.catalog_files import Entry, entries_below, moments_below
from candid_assets.contracts.compiled_catalog import compiled_catalog, keep_catalog


def load_catalog(root: Path) -> Catalog:
    """Return everything that the catalog's files declare, with every problem in them.

    No content of a file makes this raise. A bad tab becomes a broken one, so that it
    keeps its assets and last good table; a bad head makes all its tabs broken; a bad model is
    left out, and those that read it keep reading its last good table. The last result is cached,
    so that one process does not parse the same files twice; one without problems is kept for the
    next process.
    """
    return _load(root, tuple(entries_below(root)))


@lru_cache(maxsize=1)
def _load(root: Path, entries: tuple[Entry, ...]) -> Catalog:
    files = {path: content for path, content in entries if content is not None}
    known = compiled_catalog(root, entries)
    if known is not None:
        return replace(known, files=files)
    # What reads files takes longer to import than a compiled catalog takes to load.
    from candid_assets.contracts.read_catalog import read_catalog

    moments = list(moments_below(root))
    is_same = tuple(entries_below(root)) == entries
    catalog = read_catalog(root, files)
    # What somebody edited meanwhile may have been read as it is now, or as it was then.
    if is_same and not catalog.problems and list(moments_below(root)) == moments:
        keep_catalog(catalog, entries)
    return catalog
