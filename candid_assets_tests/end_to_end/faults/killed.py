"""Refreshes once and is killed at a named point, as by `kill -9`: run as a program of its own."""

import os
import signal
import sys
from pathlib import Path

from candid_assets import atomic_files
from candid_assets.atomic_files import put_in_place
from candid_assets.refresh import closing, land_stage, ready_stage, swap, tab_tables
from candid_assets.refresh.record import Record
from candid_assets.sources.sheets import extract_workbook
from candid_assets.warehouse import publish
from candid_assets.warehouse.landing import Landing
from candid_assets_tests.end_to_end.faults.kit import Shop, load, settings_for


def _die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)


def _after(function, times=1):
    calls = []

    def wrapped(*arguments, **named):
        result = function(*arguments, **named)
        calls.append(1)
        if len(calls) == times:
            _die()
        return result

    return wrapped


POINTS = {
    "metadata was read": lambda: setattr(
        extract_workbook, "read_metadata", _after(extract_workbook.read_metadata)
    ),
    "a workbook was read": lambda: setattr(
        extract_workbook, "extract_workbook", _after(extract_workbook.extract_workbook)
    ),
    "an extract is half written": lambda: setattr(Path, "replace", _die),
    "an extract was stored": lambda: setattr(Landing, "store", _after(Landing.store)),
    "extracts were recorded": lambda: setattr(
        land_stage, "record_extract", _after(land_stage.record_extract, 2)
    ),
    "a raw table is replaced": lambda: setattr(
        land_stage, "record_states", _after(land_stage.record_states)
    ),
    "a clean table is replaced": lambda: setattr(swap, "record_states", _after(swap.record_states)),
    "a clean table was replaced": lambda: setattr(
        tab_tables, "finish_clean", _dies_at_end(tab_tables.finish_clean, 1)
    ),
    "two clean tables were replaced": lambda: setattr(
        tab_tables, "finish_clean", _dies_at_end(tab_tables.finish_clean, 2)
    ),
    "a ready table is replaced": lambda: setattr(
        ready_stage, "record_states", _after(ready_stage.record_states)
    ),
    "all is built": lambda: setattr(Record, "finish", _die),
    "the outcome was recorded": lambda: setattr(Record, "finish", _after(Record.finish)),
    "the snapshot was copied": lambda: setattr(publish, "copyfile", _after(publish.copyfile)),
    "the snapshot was read back": lambda: setattr(atomic_files, "put_in_place", _dies_at_snapshot),
    "the snapshot is published": lambda: setattr(closing, "publish", _after(closing.publish)),
}
"""Point of a refresh to what kills it there."""


def _dies_at_end(function, times):
    calls = []

    def wrapped(*arguments):
        yield from function(*arguments)
        calls.append(1)
        if len(calls) == times:
            _die()

    return wrapped


def _dies_at_snapshot(part, path, mode, **options):
    if path.name == "candid.duckdb":
        _die()
    put_in_place(part, path, mode, **options)


class _Server:
    def __init__(self, url, credentials):
        self.url, self.credentials_file = url, Path(credentials)


def main():
    point, root, data, url, credentials = sys.argv[1:]
    company = Path(root)
    settings = settings_for(_Server(url, credentials), company / "catalog", Path(data))
    POINTS[point]()
    Shop(None, load(company), settings).refresh()


if __name__ == "__main__":
    main()
