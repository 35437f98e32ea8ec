"""Rows of the last good table that are gone from its source, by their keys; much is held."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from candid_assets.contracts.catalog import Tab
from candid_assets.quality.frame import column_types
from candid_assets.refresh.context import Refresh
from candid_assets.refresh.events import Checked, Event, Failed
from candid_assets.refresh.losses import accepts_loss, share_held, way_out
from candid_assets.refresh.swap import StagedTab
from candid_assets.sources.source_errors import place
from candid_assets.sql import literal, qualified, quoted
from candid_assets.warehouse.check_results import MAX_SAMPLES, CheckResult, Sample
from candid_assets.warehouse.database import transaction
from candid_assets.warehouse.tab_changes import Hold, Layout, record_hold

FEWEST: Final = 3
"""Rows below which a loss is never held: one or two rows are deleted by hand."""
REPORTED: Final = 0.05
"""The share of lost rows from which the check fails."""
_NAMED: Final = 3
"""Keys that a message names."""


@dataclass(frozen=True, slots=True)
class Loss:
    """What a tab, or a member of a family, has lost against the rows it gave the last time."""

    rows: int
    """Rows that it gave the clean table the last time."""
    lost: int
    """Those of them that are neither in the staged table nor in quarantine now."""
    keys: tuple[str, ...] = ()
    """The first of their keys; none where the table has no key."""

    @property
    def share(self) -> float:
        """The lost share of the rows."""
        return self.lost / self.rows if self.rows else 0.0


def judge_losses(refresh: Refresh, staged: StagedTab) -> Iterator[Event]:
    """Yield the check `keys_kept` of a staged tab, and a failure for each loss that is held."""
    if refresh.is_replay:
        return
    tab = staged.tab
    layouts = refresh.accepted_layouts(tab.workbook, staged.layouts)
    losses = {
        name: _loss(refresh, staged, name, before)
        for name, before in layouts.items()
        if before.content_hash != staged.layouts[name].content_hash
    }
    yield from (Checked(result) for result in staged.compare([_result(tab, losses)]))
    for name, loss in losses.items():
        yield from _judge(refresh, staged, (name, layouts[name]), loss)


def _judge(
    refresh: Refresh, staged: StagedTab, part: tuple[str, Layout], loss: Loss
) -> Iterator[Event]:
    """Record whether a tab or member waits for a decision; yield the failure if it does."""
    tab, (name, before) = staged.tab, part
    now = staged.layouts[name]
    least = share_held(tab)
    contents = (before.content_hash, now.content_hash)
    held = least is not None and loss.lost >= FEWEST and loss.share >= least
    if not held or accepts_loss(refresh, tab.workbook, name, contents):
        _record(refresh, tab, name, None)
        return
    named = f", such as {', '.join(loss.keys[:_NAMED])}" if loss.keys else ""
    message = (
        f"{place(tab.workbook, now.title)} has lost {loss.lost:,} of the {loss.rows:,} rows that"
        f" the table was built from ({loss.share:.1%}){named}"
    )
    times = datetime.now(UTC)
    rows = (loss.rows, loss.rows - loss.lost)
    what = (tab.table, now.title, "rows_vanished", *contents, *rows, message, times)
    hold = Hold(tab.workbook, name, *what)
    _record(refresh, tab, name, hold)
    fix = way_out(refresh, tab, now.content_hash)
    yield Failed("clean", tab.table, "rows_vanished", message, fix, tab.workbook, tab.name)


def _record(refresh: Refresh, tab: Tab, name: str, hold: Hold | None) -> None:
    with transaction(refresh.connection):
        record_hold(refresh.connection, tab.workbook, name, hold, refresh.run_id)


def _loss(refresh: Refresh, staged: StagedTab, name: str, before: Layout) -> Loss:
    """Return what a tab, or a member of a family, has lost."""
    tab, connection = staged.tab, refresh.connection
    now = staged.layouts[name]
    old_rows, new_rows = (
        f"_sheet_id = {layout.sheet_id}" if tab.is_family else "TRUE" for layout in (before, now)
    )
    last_good = f"(SELECT * FROM {qualified('clean', tab.table)} WHERE {old_rows})"
    new = f"(SELECT * FROM {staged.temp('clean')} WHERE {new_rows})"
    refused = f"(SELECT * FROM {staged.temp('quarantine')} WHERE {new_rows})"
    titles = {c.name for c in tab.columns if not c.in_sheet}
    keys = [key for key in tab.primary_key if key not in titles]
    old_types, new_types = (
        dict(column_types(connection, f"SELECT * FROM {table}")) for table in (last_good, new)
    )
    if not keys or any(old_types.get(key) != new_types.get(key) for key in keys):
        return Loss(before.rows_kept, max(before.rows_kept - now.rows_kept, 0))
    columns = ", ".join(map(quoted, keys))
    shown = " || ' · ' || ".join(f"{quoted(key)}::VARCHAR" for key in keys)
    mark = literal(f"{name} key " if tab.is_family else "key ")
    gone = connection.execute(
        f"WITH refused AS (SELECT regexp_replace(_id, ' #[0-9]+$', '') AS _id FROM {refused})"
        f" SELECT shown, (SELECT count(*) FROM {last_good}), count(*) OVER (),"
        f" (SELECT count(*) FROM refused WHERE NOT starts_with(_id, {mark}))"
        f" FROM (SELECT {shown} AS shown, _row FROM {last_good} ANTI JOIN {new} USING ({columns}))"
        f" WHERE {mark} || shown NOT IN (FROM refused) ORDER BY _row LIMIT {MAX_SAMPLES}"
    ).fetchall()
    if not gone:
        return Loss(before.rows_kept, 0)
    _, rows, lost, unreadable = gone[0]
    return Loss(rows, max(lost - unreadable, 0), tuple(line[0] for line in gone))


def _result(tab: Tab, losses: dict[str, Loss]) -> CheckResult:
    """Return the check of a tab, over all members of a family that have new content."""
    rows = sum(loss.rows for loss in losses.values())
    lost = sum(loss.lost for loss in losses.values())
    passed = all(loss.share < REPORTED or loss.lost < FEWEST for loss in losses.values())
    keys = [key for loss in losses.values() for key in loss.keys if loss.lost]
    column = " + ".join(tab.primary_key)
    samples = tuple(
        Sample(column, key, detail="is in the last good table and gone from the source")
        for key in keys[:MAX_SAMPLES]
    )
    message = f"{lost:,} of {rows:,} rows of the last good table are gone from the source"
    return CheckResult(
        "keys_kept",
        "clean",
        tab.table,
        passed,
        message if lost else "every row of the last good table is still in the source",
        severity="warning",
        blocking=False,
        counts={"rows": rows, "rows_lost": lost},
        samples=samples if not passed else (),
    )
