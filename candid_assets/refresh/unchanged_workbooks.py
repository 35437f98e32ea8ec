"""Decides whether a workbook is as it was last read, so that it need not be read again."""

from dataclasses import replace
from datetime import UTC, datetime

import duckdb

from candid_assets.contracts.catalog import Workbook
from candid_assets.refresh.context import Refresh, inputs_key
from candid_assets.sources.protocol import SourceState
from candid_assets.warehouse.refresh_record import WorkbookReading, workbook_readings


def is_unchanged(
    connection: duckdb.DuckDBPyConnection, env: str, workbook: Workbook, state: SourceState
) -> bool:
    """Whether the workbook was read whole in exactly this state, under these contracts."""
    if workbook.volatile or not state.is_certain:
        return False
    return workbook_readings(connection).get(workbook.name) == reading_of(workbook, env, state)


def seen_whole(refresh: Refresh) -> set[str]:
    """Return the workbooks that a refresh read whole or found as they were last read."""
    env, looks = refresh.settings.env, refresh.looks
    seen = {reading.workbook for reading in refresh.readings}
    for workbook in refresh.catalog.workbooks:
        state = looks.get(workbook.locations.get(env, ""))
        if isinstance(state, SourceState) and is_unchanged(
            refresh.connection, env, workbook, state
        ):
            seen.add(workbook.name)
    return seen


def reading_of(workbook: Workbook, env: str, state: SourceState) -> WorkbookReading:
    """Return the record of a workbook that was read whole in a state."""
    return WorkbookReading(
        workbook.name,
        workbook.locations[env],
        state.version,
        state.modified_time.isoformat(),
        _contracts_key(workbook),
        datetime.now(UTC),
    )


def is_newer(connection: duckdb.DuckDBPyConnection, reading: WorkbookReading) -> bool:
    """Whether a workbook was read before, and in another version than this."""
    before = workbook_readings(connection).get(reading.workbook)
    if before is None or before.spreadsheet_id != reading.spreadsheet_id:
        return False
    return (before.version, before.modified_time) != (reading.version, reading.modified_time)


def doubted(reading: WorkbookReading) -> WorkbookReading:
    """Return the record of a reading that the next refresh repeats, whatever the state."""
    return replace(reading, contracts_key="")


def _contracts_key(workbook: Workbook) -> str:
    """Return a hash of what decides which tabs are read."""
    return inputs_key(
        [
            f"{t.name}={t.title}={t.options.title_pattern}={t.options.archived_tabs}"
            f"={t.options.retired_tabs}"
            for t in workbook.living_tabs
        ]
    )
