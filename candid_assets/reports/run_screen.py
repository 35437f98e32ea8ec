"""How a refresh looks in the terminal: progress bars, then the outcome."""

import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from candid_assets.console import shown
from candid_assets.refresh.record import Record
from candid_assets.reports.check_digest import check_lines
from candid_assets.terminal_text import marked
from candid_assets.warehouse.check_results import CheckResult

TITLES = {
    "extract": "reading tables from their sources",
    "build": "raw, clean and quarantine",
    "ready": "ready tables",
    "publish": "publishing the snapshot",
}


class TerminalProgress:
    """One bar a stage; a line a stage where the output is not a terminal."""

    def __init__(self, console: Console) -> None:
        """Prepare bars on `console`."""
        self._lock = threading.Lock()
        self._tasks: dict[str, TaskID] = {}
        self._bars = Progress(
            TextColumn("{task.description:34}", markup=False),
            BarColumn(bar_width=28),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[note]}", style="dim", markup=False),
            console=console,
        )

    def stage(self, name: str, total: int) -> None:
        """Show a stage or raise its total."""
        with self._lock:
            if name not in self._tasks:
                title = TITLES.get(name, name)
                self._tasks[name] = self._bars.add_task(title, total=0, note="")
            task = self._tasks[name]
            known = self._bars.tasks[task].total or 0
            self._bars.update(task, total=known + total)

    def step(self, name: str, note: str = "") -> None:
        """Advance a stage's bar."""
        self._bars.update(self._tasks[name], advance=1, note=note)

    def __enter__(self) -> Self:
        """Show the bars."""
        self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop updating the bars."""
        self._bars.stop()


def show(console: Console, record: Record, failed: Sequence[CheckResult]) -> None:
    """Print the outcome of a refresh: the counts, each cause once, where the report is.

    Args:
        console: The terminal.
        record: What the refresh did.
        failed: Every check that fails now, those of earlier refreshes too.
    """
    summary = record.summary
    if summary is None:
        return
    if not record.built and record.succeeded:
        console.print(
            marked(
                "[green]Nothing changed[/]: no table was written, {} counted reads, {} s.",
                summary.sheets_reads,
                f"{summary.seconds:.1f}",
            )
        )
    else:
        console.print(_counts(record, failed))
    for cause in record.distinct_failures():
        console.print(f"✗ {cause.message}", style="red", soft_wrap=True)
        console.print(f"  fix: {cause.fix}", soft_wrap=True)
    for place in summary.read_as:
        console.print(f"read from {place}", soft_wrap=True)
    for sentence in summary.wrong_clocks:
        console.print(f"! {sentence}", style="yellow", soft_wrap=True)
    for table in summary.undescribed:
        place = f"'{table['title']}' of workbook {table['workbook']}"
        console.print(f"! {place} is in no contract and was not read", style="yellow")
        console.print(f"  {table['proposal']}", soft_wrap=True)
    named = {failure.table for failure in record.failures}
    for line, style in check_lines([check for check in failed if check.table not in named]):
        console.print(line, style=style, soft_wrap=True)
    console.print(f"report: {shown(Path(record.report))}", soft_wrap=True)
    page = Path(record.report).with_suffix(".html")
    if page.exists():
        console.print(f"page:   {shown(page)}", soft_wrap=True)


def _counts(record: Record, failed: Sequence[CheckResult]) -> Table:
    summary = record.summary
    table = Table(show_header=False, box=None, pad_edge=False)
    if summary is None:
        return table
    has_errors = any(check.severity == "error" for check in failed)
    verdict = "[yellow]done, with errors in checks[/]" if has_errors else "[green]succeeded[/]"
    verdict = verdict if summary.succeeded else "[red]failed[/]"
    table.add_row("refresh", marked(f"{verdict} in {summary.seconds:.1f} s ({summary.env})"))
    table.add_row(
        "rows",
        f"{summary.rows_landed:,} read = {summary.rows_clean:,} clean"
        f" + {summary.rows_quarantined:,} quarantined + {summary.rows_dropped:,} dropped",
    )
    table.add_row("tables", f"{summary.assets_built} built, {summary.assets_unchanged} unchanged")
    errors = sum(check.severity == "error" for check in failed)
    counted = f"{len(failed)} fail ({errors} errors, {len(failed) - errors} warnings)"
    table.add_row("checks", f"{summary.checks_passed} of this run passed, {counted}")
    table.add_row(
        "reads",
        f"{summary.sheets_reads} of content, {summary.drive_reads} looks, as quotas count them",
    )
    return table
