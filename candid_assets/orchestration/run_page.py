"""What a run's page in Dagster says of a refresh: a line a workbook, a spoke, the snapshot."""

import logging
from collections.abc import Iterator
from typing import Final

from candid_assets.contracts.catalog import Catalog
from candid_assets.refresh.events import Built, Failed
from candid_assets.refresh.record import Record

_OMITTED: Final = "did not yield or return expected outputs"


def without_omitted(record: logging.LogRecord) -> bool:
    """Leave out Dagster's remark on outputs that were not yielded.

    A check's verdict is an event and no output, and an unchanged table says so itself.
    """
    return _OMITTED not in record.getMessage()


def summary_lines(record: Record, catalog: Catalog) -> Iterator[tuple[int, str]]:
    """Yield a level and a line for each workbook, each spoke and the snapshot of a refresh.

    Args:
        record: What the refresh did.
        catalog: What it was of.
    """
    for workbook in catalog.workbooks:
        tables = {tab.table for tab in workbook.tabs}
        tables |= {tab.table for tab in workbook.broken_tabs}
        built = [b for b in record.built if b.layer != "ready" and b.table in tables]
        failed = [f for f in record.failures if f.table in tables]
        yield from _line(f"workbook {workbook.name}", f"{len(tables)} tabs", built, failed)
    for spoke in dict.fromkeys(model.spoke for model in catalog.models):
        names = {model.name for model in catalog.models if model.spoke == spoke}
        built = [b for b in record.built if b.layer == "ready" and b.table in names]
        failed = [f for f in record.failures if f.layer == "ready" and f.table in names]
        yield from _line(f"spoke {spoke}", f"{len(names)} tables", built, failed)
    if record.summary is not None and record.summary.stage_seconds:
        stages = sorted(record.summary.stage_seconds.items(), key=lambda stage: -stage[1])
        spent = ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in stages)
        yield logging.INFO, f"where the time went: {spent}"
    snapshot = "a new one is published" if record.published else "stays as it was"
    yield logging.INFO, f"snapshot: {snapshot}"


def _line(
    name: str, size: str, built: list[Built], failed: list[Failed]
) -> Iterator[tuple[int, str]]:
    if not built and not failed:
        return
    seconds = sum(event.seconds for event in built)
    rows = sum(event.rows for event in built if event.layer in ("clean", "ready"))
    what = f"{len(built)} tables built with {rows:,} rows in {seconds:.1f} s"
    if not failed:
        yield logging.INFO, f"{name}: {size}, {what}"
        return
    reasons = "; ".join(dict.fromkeys(str(failure) for failure in failed))
    many = len({failure.table for failure in failed})
    yield logging.ERROR, f"{name}: {size}, {what}, {many} failed: {reasons}"
