"""Asks every kind of source of the catalog, each in its own way, whether it can be read."""

from collections.abc import Iterator
from importlib import import_module

from candid_assets.contracts.catalog import Catalog
from candid_assets.findings import Finding
from candid_assets.settings import Settings
from candid_assets.source_kinds.registry import DEFAULT, KINDS, stand_in


def check_sources(settings: Settings, catalog: Catalog | None) -> Iterator[Finding]:
    """Check what is read from; where nothing is declared yet, the kind that most will be of."""
    declared = catalog.workbooks if catalog else ()
    for kind in sorted(KINDS.values(), key=lambda kind: kind is DEFAULT):
        books = [book for book in declared if book.kind == kind.name]
        if not books and (declared or kind is not DEFAULT):
            continue
        findings = import_module(kind.doctor).findings
        with stand_in(kind, settings) as local:
            yield from findings(local, books)
