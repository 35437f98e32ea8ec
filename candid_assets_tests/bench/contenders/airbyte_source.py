"""Airbyte's source for Google Sheets, and its records into DuckDB."""

import json
import sys
from pathlib import Path
from typing import Any

import duckdb
from arguments import Tabs, arguments, write_tabs
from messages import Streams, lines_of


def main() -> None:
    """Discover and read each spreadsheet, every stream of it, fully."""
    given = arguments()
    folder = given.database.parent / "airbyte"
    folder.mkdir()
    rerouting = Path(__file__).with_name("reroute.py")
    source = [sys.executable, str(rerouting), "source_google_sheets.run:run"]
    tabs: Tabs = []
    with duckdb.connect(str(given.database)) as connection:
        for name in given.spreadsheets:
            credentials = {
                "auth_type": "Service",
                "service_account_info": given.credentials.read_text(),
            }
            config = folder / f"{name}.json"
            config.write_text(json.dumps({"spreadsheet_id": name, "credentials": credentials}))
            log = folder / f"{name}.log"
            streams = _discovered([*source, "discover", "--config", str(config)], log)
            catalog = folder / f"{name}.catalog.json"
            catalog.write_text(json.dumps({"streams": [_whole(stream) for stream in streams]}))
            records = Streams(folder / name)
            for stream in streams:
                records.describe(stream["name"], stream["json_schema"])
            command = [*source, "read", "--config", str(config), "--catalog", str(catalog)]
            for line in lines_of(command, log):
                if line["type"] == "RECORD":
                    records.add(line["record"]["stream"], line["record"]["data"])
            tabs += records.load(connection, name)
        write_tabs(connection, tabs)


def _discovered(command: list[str], log: Path) -> list[dict[str, Any]]:
    for line in lines_of(command, log):
        if line["type"] == "CATALOG":
            streams: list[dict[str, Any]] = line["catalog"]["streams"]
            return streams
    return []


def _whole(stream: dict[str, Any]) -> dict[str, Any]:
    return {"stream": stream, "sync_mode": "full_refresh", "destination_sync_mode": "overwrite"}


if __name__ == "__main__":
    main()
