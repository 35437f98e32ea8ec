"""The fourth stage: SQL models over clean and ready tables, staged, checked and swapped."""

import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import duckdb

from candid_assets.contracts.catalog import Model
from candid_assets.engines.errors import EngineError
from candid_assets.engines.protocol import StagedRows
from candid_assets.quality import invariants
from candid_assets.quality.table_fingerprint import fingerprint_and_rows, table_fingerprint
from candid_assets.refresh.contained import contained, of_ready
from candid_assets.refresh.context import Refresh
from candid_assets.refresh.events import Built, Checked, Event, Failed, Unchanged
from candid_assets.refresh.failures import ENGINE_FAILED
from candid_assets.refresh.history_versions import fold
from candid_assets.refresh.input_keys import model_key
from candid_assets.refresh.workers import Builders, TableWork
from candid_assets.sql import qualified, quoted
from candid_assets.warehouse.builds import MadeFrom, TableState, record_states
from candid_assets.warehouse.check_results import CheckResult
from candid_assets.warehouse.database import transaction
from candid_assets.warehouse.refresh_record import forget_checks, recorded_failures
from candid_assets.warehouse.tables import replace_table


@dataclass(frozen=True, slots=True)
class StagedModel:
    """A ready table that is computed and not yet audited."""

    model: Model
    key: str
    rows: StagedRows
    state: TableState
    made: MadeFrom
    seconds: float


def build_models(refresh: Refresh, models: Sequence[Model], builders: Builders) -> Iterator[Event]:
    """Build the models, each after what it reads; an error fails one of them."""
    refresh.progress.stage("ready", len(models))
    # What is long to read is long to plan and compute: few models have rows enough to say else.
    works = [TableWork(m.name, partial(_contained, m), _read(m), len(m.sql)) for m in models]
    for work, events in builders.build(works):
        yield from events
        refresh.progress.step("ready", work.name)


def _read(model: Model) -> frozenset[str]:
    """Return the ready tables that a model reads."""
    return frozenset(table for layer, table in model.inputs if layer == "ready")


def _contained(model: Model, refresh: Refresh) -> Iterator[Event]:
    """Yield what happens while a model is built; an error fails this one and no other."""
    what = f"ready.{model.name} could not be built"
    timed = refresh.times.during("ready", build_model(refresh, model))
    yield from contained(timed, what, refresh.settings, of_ready(model.name))


def build_model(refresh: Refresh, model: Model) -> Iterator[Event]:
    """Build one ready table from its SQL, or yield why the last good one stays."""
    staged = yield from stage_model(refresh, model)
    if staged is not None:
        yield from finish_model(refresh, staged)


def stage_model(refresh: Refresh, model: Model) -> Generator[Event, None, StagedModel | None]:
    """Compute a ready table; None where there is nothing to replace."""
    key = model_key(model, refresh.states)
    if key is None:
        yield _failed(model, "input_missing", *_absent(refresh, model))
        return None
    if refresh.is_current("ready", model.name, key):
        yield Unchanged("ready", model.name)
        return None
    connection, started = refresh.connection, time.monotonic()
    try:
        rows = refresh.engines.of(model, refresh.states).build(
            connection, model, refresh.states, _staged(model)
        )
    except EngineError as error:
        message = f"ready.{model.name} cannot be computed: {error.message}"
        yield _failed(model, ENGINE_FAILED, message, error.fix)
        return None
    except duckdb.Error as error:
        if isinstance(error, duckdb.OutOfMemoryException):
            raise
        yield _cannot_be_computed(model, error)
        return None
    try:
        rows, made = _with_versions(refresh, model, rows)
        state = TableState(key, *fingerprint_and_rows(connection, rows.relation))
    except duckdb.Error as error:
        rows.drop(connection)
        if isinstance(error, duckdb.OutOfMemoryException):
            raise
        yield _cannot_be_computed(model, error)
        return None
    return StagedModel(model, key, rows, state, made, time.monotonic() - started)


def _cannot_be_computed(model: Model, error: duckdb.Error) -> Failed:
    first = str(error).splitlines()[0]
    message = f"ready.{model.name} cannot be computed: {first}"
    written = model.path if model.kind == "metrics" else model.path.with_suffix(".sql")
    return _failed(model, "sql_error", message, f"correct {written}")


def _absent(refresh: Refresh, model: Model) -> tuple[str, str]:
    """Return message and fix for a model that reads tables which were never built."""
    failed = refresh.failed | {f.table for f in recorded_failures(refresh.connection)}
    reasons: dict[str, list[str]] = {}
    fixes = []
    for layer, table in model.inputs:
        if (layer, table) in refresh.states:
            continue
        if table in failed:
            reason, fix = "which could not be built", "correct what its own failure names"
        elif not refresh.selection.has(layer, table):
            reason, fix = "which is no part of this run", "run `candid run`, which builds all"
        else:
            reason, fix = "of which nothing was read yet", "run again once its source has rows"
        reasons.setdefault(reason, []).append(f"{layer}.{table}")
        fixes.append(fix)
    why = "; ".join(f"{', '.join(tables)}, {reason}" for reason, tables in reasons.items())
    return f"ready.{model.name} reads {why}", "; ".join(dict.fromkeys(fixes))


def finish_model(refresh: Refresh, staged: StagedModel) -> Iterator[Event]:
    """Audit the staged table and swap it in, or yield why the last good one stays."""
    model, state, started = staged.model, staged.state, time.monotonic()
    try:
        results = _audited(refresh, staged)
        if not any(r.stops for r in results):
            results.append(_swap(refresh, staged))
    finally:
        staged.rows.drop(refresh.connection)
    yield from (Checked(result) for result in results)
    broken = [r for r in results if r.stops]
    if broken:
        message = f"ready.{model.name} was not replaced: {broken[0].message}"
        yield _failed(model, "check_failed", message, "see the check's samples")
        return
    seconds = staged.seconds + time.monotonic() - started
    yield Built("ready", model.name, state.rows, state.fingerprint, seconds)


def _staged(model: Model) -> str:
    return f"staged_ready__{model.name}"


def _with_versions(refresh: Refresh, model: Model, rows: StagedRows) -> tuple[StagedRows, MadeFrom]:
    """Return the table's content, of a history all versions, and what it is made from."""
    if not model.is_history:
        return rows, MadeFrom(inputs=model.inputs)
    rows = rows.as_table(refresh.connection)
    before, builds, of_itself = refresh.earlier_versions(refresh, model)
    fold(refresh.connection, model, quoted(rows.name), before)
    itself = (("ready", model.name),) if of_itself else ()
    return rows, MadeFrom(inputs=(*model.inputs, *itself), builds=builds)


def _failed(model: Model, cause: str, message: str, fix: str) -> Failed:
    return Failed("ready", model.name, cause, message, fix)


def _audited(refresh: Refresh, staged: StagedModel) -> list[CheckResult]:
    name, state = staged.model.name, staged.state
    before = refresh.states.get(("ready", name))
    same_inputs = before.fingerprint if before and before.inputs_key == staged.key else None
    return [
        invariants.rerun_identical("ready", name, same_inputs, state.fingerprint),
        *refresh.audit.judge(staged.model, refresh.connection, staged.rows.relation, None),
    ]


def _swap(refresh: Refresh, staged: StagedModel) -> CheckResult:
    connection, model, state = refresh.connection, staged.model, staged.state
    try:
        with transaction(connection):
            comments = {c.name: c.description for c in model.columns}
            replace_table(
                connection, "ready", model.name, staged.rows.relation, comments, model.description
            )
            built = [("ready", model.name, state)]
            record_states(connection, built, refresh.origin, staged.made)
            forget_checks(connection, "ready", model.name)
            fingerprint = table_fingerprint(connection, qualified("ready", model.name))
            result = invariants.swapped_whole("ready", model.name, state.fingerprint, fingerprint)
            if not result.passed:
                raise invariants.BrokenInvariantError(result)
    except invariants.BrokenInvariantError as broken:
        return broken.result
    refresh.states["ready", model.name] = state
    return result
