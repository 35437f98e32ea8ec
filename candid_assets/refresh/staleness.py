"""Which tables a refresh would look at: the selection of a run, made before Dagster starts.

Planning a run in Dagster costs a row in its history for every asset and check, so a run over what
cannot have changed is not worth starting. Whatever this leaves out is current by its inputs key.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import duckdb

from candid_assets.contracts.catalog import Catalog, Model, Tab
from candid_assets.refresh.context import file_of
from candid_assets.refresh.downstream import Table, tables_of
from candid_assets.refresh.input_keys import clean_key, model_key, raw_key
from candid_assets.refresh.unchanged_workbooks import is_unchanged
from candid_assets.sources.protocol import StateOrError
from candid_assets.sources.source_errors import SourceError
from candid_assets.warehouse.builds import TableState, table_states
from candid_assets.warehouse.current_extracts import CurrentExtract
from candid_assets.warehouse.extracts import current_extract, current_extracts
from candid_assets.warehouse.refresh_record import recorded_failures

Looks = Mapping[str, StateOrError]


@dataclass(frozen=True, slots=True)
class WarehouseState:
    """The states of the warehouse's tables and the current extracts of its tabs."""

    states: Mapping[tuple[str, str], TableState]
    extracts: Mapping[tuple[str, str], CurrentExtract]


def stale_tables(
    catalog: Catalog, connection: duckdb.DuckDBPyConnection, env: str, looks: Looks
) -> frozenset[Table]:
    """Return every table that a refresh must look at, with everything downstream of it."""
    now, failed = _now(catalog, connection)
    stale: set[Table] = set()
    for workbook in catalog.workbooks:
        stale |= {(t.source, t.table) for t in workbook.broken_tabs}
        state = looks.get(workbook.locations.get(env, ""))
        unread = (
            state is None
            or isinstance(state, SourceError)
            or not is_unchanged(connection, env, workbook, state)
        )
        for tab in workbook.living_tabs:
            tables = tables_of(tab)
            if unread or failed & tables:  # a contract may be valid again
                stale |= tables
            elif _is_stale(tab, now):
                stale |= tables_of(tab, with_source=False)
    stale |= {("ready", m.name) for m in catalog.models if _has_failed(m, failed)}
    return frozenset(stale | _stale_models(catalog, now, stale))


def stale_by_catalog(catalog: Catalog, connection: duckdb.DuckDBPyConnection) -> frozenset[Table]:
    """Return the built tables that what is declared makes stale, whatever the sources hold now."""
    now, failed = _now(catalog, connection)
    stale: set[Table] = set()
    for tab in catalog.tabs:
        tables = tables_of(tab, with_source=False)
        landed = (tab.workbook, tab.name) in now.extracts
        if landed and not tab.options.retired and (_is_stale(tab, now) or failed & tables):
            stale |= tables
    stale |= {("ready", m.name) for m in catalog.models if _has_failed(m, failed)}
    return frozenset(stale | _stale_models(catalog, now, stale))


def _now(
    catalog: Catalog, connection: duckdb.DuckDBPyConnection
) -> tuple[WarehouseState, set[tuple[str, str]]]:
    """Return the state of the warehouse, and the tables that failed when last looked at."""
    extracts = current_extracts(connection)
    for tab in catalog.tabs:
        if tab.is_family and (joined := current_extract(connection, tab)):
            extracts[tab.workbook, tab.name] = joined
    failed = {(failure.layer, failure.table) for failure in recorded_failures(connection)}
    return WarehouseState(table_states(connection), extracts), failed


def _has_failed(model: Model, failed: Collection[tuple[str, str]]) -> bool:
    """Whether a model, or its contract by its file, failed when it was last looked at."""
    files = {file_of(model.path), file_of(model.path.with_suffix(".sql"))}
    return any(("ready", name) in failed for name in {model.name, *files})


def _is_stale(tab: Tab, now: WarehouseState) -> bool:
    extract = now.extracts.get((tab.workbook, tab.name))
    if extract is None:
        return True
    raw, clean = now.states.get(("raw", tab.table)), now.states.get(("clean", tab.table))
    return (
        raw is None
        or clean is None
        or raw.inputs_key != raw_key(extract)
        or clean.inputs_key != clean_key(tab, extract)
    )


def _stale_models(catalog: Catalog, now: WarehouseState, stale: set[Table]) -> set[Table]:
    models: set[Table] = set()
    for model in catalog.models:
        state = now.states.get(("ready", model.name))
        key = model_key(model, now.states)
        current = state is not None and key is not None and state.inputs_key == key
        if not current or any(i in stale or i in models for i in model.inputs):
            models.add(("ready", model.name))
    return models
