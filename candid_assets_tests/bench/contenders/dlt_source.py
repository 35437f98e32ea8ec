"""dlt with the Google Sheets source of its verified sources, into DuckDB."""

import importlib
import json
import sys
from contextlib import suppress
from typing import Any

import dlt
import duckdb
from arguments import Tabs, arguments, write_tabs
from dlt.sources.credentials import GcpServiceAccountCredentials


def main() -> None:
    """Load every tab of every spreadsheet, a dataset each; what fails is left out."""
    given = arguments()
    sys.path.insert(0, given.source)
    sheets = importlib.import_module("google_sheets")
    account = json.loads(given.credentials.read_text())
    credentials = GcpServiceAccountCredentials(
        project_id=account["project_id"],
        client_email=account["client_email"],
        private_key=account["private_key"],
    )
    tabs: Tabs = []
    for number, name in enumerate(given.spreadsheets):
        pipeline = dlt.pipeline(
            pipeline_name=f"bench_{number}",
            pipelines_dir=str(given.database.parent / "dlt"),
            destination=dlt.destinations.duckdb(str(given.database)),
            dataset_name=f"book_{number}",
        )
        titles = _readable(sheets, credentials, name)
        read: list[str] = []

        def load(wanted: list[str], name: str = name, into: Any = pipeline) -> list[str]:
            into.run(sheets.google_spreadsheet(name, credentials=credentials, range_names=wanted))
            return wanted

        try:
            read += load(titles)
        except Exception:
            # One tab fails the whole workbook: each alone, as a person would then do.
            for title in titles:
                try:
                    read += load([title])
                except Exception as error:
                    cause = str(error).splitlines()[0]
                    print(f"{name}, {title}: {type(error).__name__}: {cause}", file=sys.stderr)
        for title in read:
            table = pipeline.default_schema.naming.normalize_table_identifier(title)
            tabs.append((name, title, pipeline.dataset_name, table))
    with duckdb.connect(str(given.database)) as connection:
        write_tabs(connection, tabs)


def _readable(sheets: Any, credentials: GcpServiceAccountCredentials, name: str) -> list[str]:
    """Return the titles that the source can read: one that it cannot fails the whole workbook."""
    service = sheets.api_auth(credentials, max_api_retries=5)
    titles, _, _ = sheets.api_calls.get_known_range_names(spreadsheet_id=name, service=service)
    processing = importlib.import_module("google_sheets.helpers.data_processing")
    readable = []
    for title in titles:
        with suppress(ValueError):
            processing.ParsedRange.parse_range(f"'{title}'!A1:Z1000")
            readable.append(title)
    return readable


if __name__ == "__main__":
    main()
