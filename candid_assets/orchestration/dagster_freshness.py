"""Reports to Dagster which tabs are fresh, so that its pages agree with the alerts.

Dagster counts from the last materialization. A tab that was looked at and had not changed is not
built again and is fresh all the same; so its state is reported from here.
"""

from collections.abc import Iterable
from datetime import datetime

import dagster as dg
from dagster._core.definitions.freshness import FreshnessState, FreshnessStateChange

from candid_assets.contracts.catalog import Workbook
from candid_assets.monitoring.open_alerts import is_stale


def report_freshness(
    instance: dg.DagsterInstance,
    seen: Iterable[tuple[Workbook, datetime | None]],
    now: datetime,
) -> int:
    """Report the tabs whose state changed; return how many."""
    states: dict[dg.AssetKey, FreshnessState] = {}
    for workbook, last in seen:
        if workbook.fresh_hours is not None and last is not None:
            state = FreshnessState.FAIL if is_stale(workbook, last, now) else FreshnessState.PASS
            states |= {dg.AssetKey([t.source, t.table]): state for t in workbook.living_tabs}
    known = instance.get_freshness_state_records(list(states)) if states else {}
    changed = 0
    for key, state in states.items():
        before = known[key].freshness_state if key in known else FreshnessState.UNKNOWN
        if before != state:
            changed += 1
            instance.report_runless_asset_event(
                FreshnessStateChange(
                    key=key,
                    previous_state=before,
                    new_state=state,
                    state_change_timestamp=now.timestamp(),
                )
            )
    return changed
