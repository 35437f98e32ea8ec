"""The sensor that notices changed workbooks with one cheap look at Drive."""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

import dagster as dg

from candid_assets.contracts.model import Catalog, Workbook
from candid_assets.layers.resources import Sheets
from candid_assets.layers.specs import TAB_LAYERS
from candid_assets.names import REFRESH_ALL, group
from candid_assets.settings import Settings
from candid_assets.sheets.errors import SheetsError

if TYPE_CHECKING:
    from candid_assets.sheets.drive import FileState

EVERY_SECONDS = 60


def build_sensors(catalog: Catalog, env: str) -> list[dg.SensorDefinition]:
    """Return `sheets_changed_sensor` over the workbooks connected in this environment."""
    connected = [w for w in catalog.workbooks if w.spreadsheets.get(env)]

    @dg.sensor(
        name="sheets_changed_sensor",
        job_name=REFRESH_ALL,
        minimum_interval_seconds=EVERY_SECONDS,
        description="Looks at Drive and refreshes the workbooks that changed.",
        default_status=(
            dg.DefaultSensorStatus.STOPPED if env == "sample" else dg.DefaultSensorStatus.RUNNING
        ),
    )
    def sheets_changed_sensor(
        context: dg.SensorEvaluationContext, sheets: Sheets
    ) -> dg.SensorResult | dg.SkipReason:
        # gspread costs half a second to import; the graph loads without it.
        from candid_assets.sheets.drive import look

        settings = Settings()
        with sheets.session(settings) as session:
            found = look(session, [w.spreadsheets[env] for w in connected])
        seen: dict[str, list[object]] = json.loads(context.cursor or "{}")
        changed = list(_changed(context, connected, found, seen, env))
        if not changed:
            return dg.SkipReason(f"looked at {len(connected)} workbooks: none changed")
        # The cursor is part of the key: a workbook that returns to an earlier content has a
        # higher Drive version, so its run is never mistaken for one that ran before.
        key = ",".join(f"{w.name}:{seen[w.name][0]}" for w in changed)
        request = dg.RunRequest(
            run_key=key,
            asset_selection=list(_chain(context, changed)),
            tags={"candid/env": env, "candid/changed": ",".join(w.name for w in changed)},
        )
        return dg.SensorResult(run_requests=[request], cursor=json.dumps(seen))

    return [sheets_changed_sensor]


def _changed(
    context: dg.SensorEvaluationContext,
    connected: Iterable[Workbook],
    found: "dict[str, FileState | SheetsError]",
    seen: dict[str, list[object]],
    env: str,
) -> Iterable[Workbook]:
    """Yield the workbooks whose state differs from the cursor and note their new state."""
    for workbook in connected:
        state = found[workbook.spreadsheets[env]]
        if isinstance(state, SheetsError):
            context.log.warning(str(state))
            continue
        now: list[object] = [state.version, state.modified_time.isoformat()]
        if seen.get(workbook.name) != now:
            seen[workbook.name] = now
            yield workbook


def _chain(
    context: dg.SensorEvaluationContext, changed: Iterable[Workbook]
) -> Iterable[dg.AssetKey]:
    """Return the assets of the changed workbooks and all that hangs on them."""
    groups = [group(layer, w.name) for w in changed for layer in TAB_LAYERS]
    selection = dg.AssetSelection.groups(*groups)
    repository = context.repository_def
    if repository is None:
        raise RuntimeError("the sensor was evaluated outside a code location")
    return (selection | selection.downstream()).resolve(repository.asset_graph)
