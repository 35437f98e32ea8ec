"""The sensor that notices changed workbooks with one cheap look at each source."""

from collections.abc import Iterable
from datetime import UTC, datetime

import dagster as dg

from candid_assets.contracts.catalog import Catalog, Workbook
from candid_assets.gate.errors import GateError
from candid_assets.gate.production import require_deployed
from candid_assets.names import REFRESH_ALL, REFRESH_OPERATION, group
from candid_assets.orchestration.asset_specs import tab_layers
from candid_assets.orchestration.resources import SourcesResource
from candid_assets.settings import Settings

ENDED_BADLY = (dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)


def build_sensors(catalog: Catalog, settings: Settings) -> list[dg.SensorDefinition]:
    """Return `sheets_changed_sensor` over the workbooks connected in this environment."""
    env = settings.env
    connected = [w for w in catalog.workbooks if w.locations.get(env)]

    @dg.sensor(
        name="sheets_changed_sensor",
        job_name=REFRESH_ALL,
        minimum_interval_seconds=settings.look_seconds,
        description="Looks at every source and refreshes the workbooks that changed.",
        default_status=(
            dg.DefaultSensorStatus.STOPPED if env == "sample" else dg.DefaultSensorStatus.RUNNING
        ),
    )
    def sheets_changed_sensor(
        context: dg.SensorEvaluationContext, sources: SourcesResource
    ) -> dg.SensorResult | dg.SkipReason:
        return _tick(context, sources, connected)

    return [sheets_changed_sensor]


def _tick(
    context: dg.SensorEvaluationContext, sources: SourcesResource, connected: list[Workbook]
) -> dg.SensorResult | dg.SkipReason:
    # What talks to Google and DuckDB costs seconds to import; the graph loads without it.
    from candid_assets.orchestration import change_decisions
    from candid_assets.sources.source_errors import SourceError

    settings, now = Settings(), datetime.now(UTC)
    try:
        require_deployed(settings)
    except GateError as refused:
        return dg.SkipReason(str(refused))
    try:
        with sources.session(settings) as session:
            states = session.states(connected)
            requests = session.reads[1]
    except SourceError as error:
        return dg.SkipReason(f"the sources were not looked at: {error}")
    memories = change_decisions.read_memory(
        context.cursor, {} if context.cursor else change_decisions.read_before(settings)
    )

    def failed(workbook: Workbook) -> bool:
        memory = memories.get(workbook.name)
        return (
            memory is not None
            and _ended_badly(context, memory.run_key)
            and change_decisions.may_pass(settings, workbook.name)
        )

    verdicts = [
        (
            w,
            change_decisions.judge(
                w, states[w.locations[settings.env]], memories.get(w.name), now, failed
            ),
        )
        for w in connected
    ]
    for workbook, verdict in verdicts:
        context.log.info(f"{workbook.name}: {verdict.reason}")
    memories |= {w.name: v.memory for w, v in verdicts if v.memory is not None}
    due = [w for w, v in verdicts if v.due]
    reasons = "; ".join(f"{w.name}: {v.reason}" for w, v in verdicts)
    looked = f"looked at {len(connected)} workbooks in {requests} requests"
    cursor = change_decisions.write_memory(memories)
    if not due:
        return dg.SensorResult(skip_reason=f"{looked}, none is due. {reasons}", cursor=cursor)
    # One key for each workbook's state and the request before it: a workbook that returns to an
    # earlier content is never mistaken for a run that was before.
    keys = [v.memory.run_key for _, v in verdicts if v.due and v.memory]
    request = dg.RunRequest(
        run_key=",".join(keys),
        asset_selection=_chain(context, due),
        run_config={
            "ops": {REFRESH_OPERATION: {"config": {"read_all": any(v.read for _, v in verdicts)}}}
        },
        tags={
            "candid/env": settings.env,
            "candid/launched_by": "sensor",
            "candid/changed": ",".join(w.name for w in due),
        },
    )
    return dg.SensorResult(run_requests=[request], cursor=cursor)


def _ended_badly(context: dg.SensorEvaluationContext, key: str) -> bool:
    """Whether the run requested under a key that includes this one failed."""
    records = context.instance.get_run_records(
        dg.RunsFilter(tags={"candid/launched_by": "sensor"}), limit=50
    )
    for record in records:
        if key and key in record.dagster_run.tags.get("dagster/run_key", "").split(","):
            return record.dagster_run.status in ENDED_BADLY
    return False


def _chain(context: dg.SensorEvaluationContext, changed: Iterable[Workbook]) -> list[dg.AssetKey]:
    """Return the assets of the changed workbooks with everything downstream."""
    groups = [group(layer, w.name) for w in changed for layer in tab_layers(w)]
    selection = dg.AssetSelection.groups(*groups)
    repository = context.repository_def
    if repository is None:
        raise RuntimeError("the sensor was evaluated outside a code location")
    return sorted((selection | selection.downstream()).resolve(repository.asset_graph))
