"""Writes the page of the last refresh again, or finds the page that an earlier run left."""

import json
from pathlib import Path

from candid_assets.contracts.load import load_catalog
from candid_assets.errors import CandidError
from candid_assets.reports.page import PageRun, page_path, write_page
from candid_assets.settings import Settings
from candid_assets.warehouse.database import open_published
from candid_assets.warehouse.refresh_record import recent_runs

NEWEST_NAMED = 5


class ReportError(CandidError):
    """There is no page of that run, or it cannot be written."""


def write_page_again(settings: Settings) -> Path:
    """Write the page of the last recorded refresh again from the published snapshot.

    Raises:
        WarehouseError: Nothing is published.
        ReportError: No refresh is recorded, or the page cannot be written.
    """
    with open_published(settings.published_file) as connection:
        run = next(iter(recent_runs(connection)), None)
        if run is None:
            raise ReportError("no refresh is recorded", "run `candid run` first")
        summary = json.loads(run.summary)
        path = page_path(settings.reports_dir / Path(summary["report"]).name)
        catalog = load_catalog(settings.catalog_dir)
        try:
            write_page(connection, catalog, PageRun(run.started_at, summary), path)
        except OSError as error:
            raise ReportError(f"{path} cannot be written: {error}", "free disk space") from error
    return path


def page_of_run(settings: Settings, run_id: str) -> Path:
    """Return the page of the run whose id begins so.

    Raises:
        ReportError: There is none, or more than one; the message names the newest.
    """
    if not run_id.replace("-", "").isalnum():
        raise ReportError(
            f"{run_id!r} is no run's id", "`candid run --json` and the report show the id"
        )
    pages = sorted(settings.reports_dir.glob("*.html"))
    matches = [p for p in pages if p.stem.rpartition("_")[2].startswith(run_id[:8])]
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise ReportError(f"{len(matches)} runs begin with {run_id!r}", "give more of the id")
    newest = ", ".join(p.stem.rpartition("_")[2] for p in pages[-NEWEST_NAMED:]) or "none"
    raise ReportError(
        f"run {run_id!r} left no page in {settings.reports_dir}; the newest: {newest}",
        "`candid report` writes that of the last refresh",
    )
