"""Checks that each source of typed tables can be read, and what about it is unwise."""

from collections.abc import Iterator, Sequence

from candid_assets.contracts.catalog import Workbook
from candid_assets.contracts.families import may_claim_title
from candid_assets.contracts.titles import folded_title
from candid_assets.findings import Finding, failed, note, ok
from candid_assets.settings import Settings
from candid_assets.sources.open_reader import open_reader
from candid_assets.sources.protocol import KEPT
from candid_assets.sources.source_clock import SYNCHRONISE, TIMES_WRONG, clock_difference
from candid_assets.sources.source_errors import SourceError


def findings(settings: Settings, workbooks: Sequence[Workbook]) -> Iterator[Finding]:
    """Check every source: connection, tables, what is unwise about it."""
    for workbook in workbooks:
        yield from _source(settings, workbook)


def _source(settings: Settings, workbook: Workbook) -> Iterator[Finding]:
    env, check = settings.env, f"source {workbook.name}"
    if not workbook.locations.get(env):
        fix = f"put its location into the {env} server in {workbook.path}"
        yield note(check, f"is not connected in {env}", "its tables are not read", fix)
        return
    try:
        with open_reader(workbook.kind, settings) as reader:
            titles = [table.title for table in reader.metadata(workbook, env).tabs]
            advice = reader.advice(workbook, env)
    except SourceError as error:
        yield failed(check, error.message, KEPT, error.fix)
        return
    difference = clock_difference(workbook.name, reader.clock.seconds_fast)
    if difference:
        yield note(check, difference, TIMES_WRONG, SYNCHRONISE)
    missing = [
        tab
        for tab in workbook.living_tabs
        if not any(
            may_claim_title(tab, t) if tab.is_family else folded_title(t) == folded_title(tab.title)
            for t in titles
        )
    ]
    for tab in missing:
        fix = f"correct physicalName in {tab.path}; it has {', '.join(map(repr, titles[:8]))}"
        yield failed(check, f"has no table {tab.title!r}", KEPT, fix)
    for item in advice:
        finding = failed if item.stops else note
        yield finding(check, item.what, item.why, item.fix)
    if not missing and not any(item.stops for item in advice):
        place = workbook.locations[env]
        yield ok(check, f"{place} answers and has all {len(workbook.living_tabs)} tables")
