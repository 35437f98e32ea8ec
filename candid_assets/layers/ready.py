"""The fourth stage: SQL models over clean and ready tables, staged, checked and swapped."""

import time
from collections.abc import Iterator

import duckdb

from candid_assets.contracts import histories
from candid_assets.contracts.model import Model
from candid_assets.layers.context import Refresh
from candid_assets.layers.events import Built, Checked, Event, Failed, Unchanged
from candid_assets.layers.keys import model_key
from candid_assets.layers.versions import fold
from candid_assets.quality import invariants
from candid_assets.quality.fingerprint import table_fingerprint
from candid_assets.quality.result import CheckResult
from candid_assets.warehouse.database import transaction
from candid_assets.warehouse.memory import run_statement
from candid_assets.warehouse.tables import (
    MadeFrom,
    TableState,
    qualified,
    record_state,
    replace_table,
    row_count,
)

STAGED = "staged_ready"


def build_model(refresh: Refresh, model: Model) -> Iterator[Event]:
    """Build one ready table from its SQL, or say why the last good one stays."""
    key = model_key(model, refresh.states)
    if key is None:
        absent = [f"{layer}.{t}" for layer, t in model.inputs if (layer, t) not in refresh.states]
        message = f"ready.{model.name} reads {', '.join(absent)}, which was never built"
        yield _failed(model, "input_missing", message, "mend that table first; see its own failure")
        return
    if refresh.is_current("ready", model.name, key):
        yield Unchanged("ready", model.name)
        return
    started = time.monotonic()
    try:
        made = _stage(refresh, model)
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        first = str(error).splitlines()[0]
        message = f"ready.{model.name} cannot be computed: {first}"
        written = model.path if model.kind == "metrics" else model.path.with_suffix(".sql")
        yield _failed(model, "sql_error", message, f"mend {written}")
        return
    results, state = _audit(refresh, model, key)
    if not any(r.stops for r in results):
        results.append(_swap(refresh, model, state, made))
    refresh.connection.execute(f"drop table temp.{STAGED}")
    yield from (Checked(result) for result in results)
    broken = [r for r in results if r.stops]
    if broken:
        message = f"ready.{model.name} was not replaced: {broken[0].message}"
        yield _failed(model, "check_failed", message, "see the check's samples")
        return
    seconds = time.monotonic() - started
    yield Built("ready", model.name, state.rows, state.fingerprint, seconds)


def _stage(refresh: Refresh, model: Model) -> MadeFrom:
    """Compute what the table is to hold; return what it is made from."""
    run_statement(refresh.connection, f"create or replace temp table {STAGED} as {model.sql}")
    if model.kind != histories.KIND:
        return MadeFrom(inputs=model.inputs)
    # The past is repeated by this very module.
    from candid_assets.layers.timemachine.versions import versions_before

    before, builds, of_itself = versions_before(refresh, model)
    fold(refresh.connection, model, STAGED, before)
    itself = (("ready", model.name),) if of_itself else ()
    return MadeFrom(inputs=(*model.inputs, *itself), builds=builds)


def _failed(model: Model, cause: str, message: str, fix: str) -> Failed:
    return Failed("ready", model.name, cause, message, fix)


def _audit(refresh: Refresh, model: Model, key: str) -> tuple[list[CheckResult], TableState]:
    connection, staged = refresh.connection, f"temp.{STAGED}"
    fingerprint = table_fingerprint(connection, staged)
    state = TableState(key, fingerprint, row_count(connection, staged))
    before = refresh.states.get(("ready", model.name))
    same_inputs = before.fingerprint if before and before.inputs_key == key else None
    results = [
        invariants.rerun_identical("ready", model.name, same_inputs, fingerprint),
        *refresh.suites.submit(model, connection, staged, None).result(),
    ]
    return results, state


def _swap(refresh: Refresh, model: Model, state: TableState, made: MadeFrom) -> CheckResult:
    connection = refresh.connection
    try:
        with transaction(connection):
            comments = {c.name: c.description for c in model.columns}
            replace_table(
                connection, "ready", model.name, f"temp.{STAGED}", comments, model.description
            )
            record_state(connection, "ready", model.name, state, refresh.origin, made)
            found = table_fingerprint(connection, qualified("ready", model.name))
            result = invariants.swapped_whole("ready", model.name, state.fingerprint, found)
            if not result.passed:
                raise invariants.BrokenInvariantError(result)
    except invariants.BrokenInvariantError as broken:
        return broken.result
    refresh.states["ready", model.name] = state
    return result
