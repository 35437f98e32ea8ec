"""Asks each source that is no workbook of Sheets whether it can be read, and how wisely."""

from collections.abc import Iterator
from typing import cast

from candid_assets.contracts.families import claims_title, folded_title
from candid_assets.contracts.model import Catalog, Workbook
from candid_assets.doctor.findings import Finding, mend, note, ok
from candid_assets.names import SHEETS_KIND
from candid_assets.settings import Settings
from candid_assets.sources.errors import SourceError
from candid_assets.sources.protocol import Browser
from candid_assets.sources.registry import opened

KEPT = "its tables keep their last good content"


def wants_google(catalog: Catalog | None) -> bool:
    """Whether anything is read from Google; so it is told where nothing is declared yet."""
    books = catalog.workbooks if catalog else ()
    return not books or any(book.kind == SHEETS_KIND for book in books)


def check_sources(settings: Settings, catalog: Catalog | None) -> Iterator[Finding]:
    """Check every source of another kind: connection, tables, what is unwise about it."""
    for workbook in catalog.workbooks if catalog else ():
        if workbook.kind != SHEETS_KIND:
            yield from _source(settings, workbook)


def _source(settings: Settings, workbook: Workbook) -> Iterator[Finding]:
    env, check = settings.env, f"source {workbook.name}"
    if not workbook.locations.get(env):
        fix = f"put its location into the {env} server in {workbook.path}"
        yield note(check, f"is not connected in {env}", "its tables are not read", fix)
        return
    try:
        with opened(workbook.kind, settings) as reader:
            browser = cast("Browser", reader)
            titles = [title for title, _ in browser.titles(workbook, env)]
            advice = list(browser.advice(workbook, env))
    except SourceError as error:
        yield mend(check, error.message, KEPT, error.fix)
        return
    missing = [
        tab
        for tab in workbook.living_tabs
        if not any(
            claims_title(tab, t) if tab.is_family else folded_title(t) == folded_title(tab.title)
            for t in titles
        )
    ]
    for tab in missing:
        fix = f"correct physicalName in {tab.path}; it has {', '.join(map(repr, titles[:8]))}"
        yield mend(check, f"has no table {tab.title!r}", KEPT, fix)
    for item in advice:
        yield note(check, item.what, item.why, item.fix)
    if not missing:
        place = workbook.locations[env]
        yield ok(check, f"{place} answers and has all {len(workbook.living_tabs)} tables")
