"""The Singer tap for Google Sheets, and its records into DuckDB."""

import json
import subprocess
import sys
from pathlib import Path

import duckdb
from arguments import Tabs, arguments, write_tabs
from messages import Streams, lines_of

ABOUT = {"file_metadata", "spreadsheet_metadata", "sheet_metadata", "sheets_loaded"}
"""Streams of the tap that are about the spreadsheet, not of it."""


def main() -> None:
    """Discover and read each spreadsheet, every sheet of it."""
    given = arguments()
    folder = given.database.parent / "singer"
    folder.mkdir()
    rerouting = Path(__file__).with_name("reroute.py")
    tap = [sys.executable, str(rerouting), "tap_google_sheets:main"]
    tabs: Tabs = []
    with duckdb.connect(str(given.database)) as connection:
        for name in given.spreadsheets:
            config = folder / f"{name}.json"
            config.write_text(
                json.dumps(
                    {
                        "client_id": "bench",
                        "client_secret": "bench",
                        # Stands for a person's sign-in: this tap knows no other.
                        "refresh_token": "1//sandbox",
                        "spreadsheet_id": name,
                        "start_date": "2020-01-01T00:00:00Z",
                        "user_agent": "bench",
                    }
                )
            )
            log = folder / f"{name}.log"
            with log.open("wb") as errors:
                asked = [*tap, "--config", str(config), "--discover"]
                out = subprocess.run(
                    asked, check=False, stdout=subprocess.PIPE, stderr=errors
                ).stdout
            catalog = json.loads(out) if out else {"streams": []}
            for stream in catalog["streams"]:
                for entry in stream["metadata"]:
                    entry["metadata"]["selected"] = True
            file = folder / f"{name}.catalog.json"
            file.write_text(json.dumps(catalog))
            records = Streams(folder / name)
            for line in lines_of([*tap, "--config", str(config), "--catalog", str(file)], log):
                if line.get("stream") in ABOUT:
                    continue
                if line["type"] == "SCHEMA":
                    records.describe(line["stream"], line["schema"])
                elif line["type"] == "RECORD":
                    records.add(line["stream"], line["record"])
            tabs += records.load(connection, name)
        write_tabs(connection, tabs)


if __name__ == "__main__":
    main()
