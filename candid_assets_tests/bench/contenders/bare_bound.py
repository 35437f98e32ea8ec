"""The least that a load can do: both renders of every tab fetched, parsed, hashed, and stored.

One question to Drive for what changed; then, for each spreadsheet that did, what tabs it has and
the cells of all of them, once with dates as serial numbers and once as they are shown. Both are
stored as text, without types, rules, checks, lineage, history or publication.
"""

import hashlib
import json
from typing import Any

import duckdb
import orjson
import pyarrow as pa
from arguments import CREATE_TABS, Tabs, arguments, quoted
from google.auth.transport.requests import AuthorizedSession
from google.oauth2.service_account import Credentials

SCOPES = tuple(
    f"https://www.googleapis.com/auth/{name}.readonly" for name in ("spreadsheets", "drive")
)
FILES = "files(id,name,mimeType,modifiedTime,version,trashed)"
FIELDS = (
    "spreadsheetId,properties(title,locale,timeZone),namedRanges,sheets(properties(sheetId,title,"
    "index,sheetType,hidden,gridProperties(rowCount,columnCount,frozenRowCount)),merges)"
)
RENDERS = ("SERIAL_NUMBER", "FORMATTED_STRING")


def main() -> None:
    """Load what changed since the last time."""
    given = arguments()
    account = Credentials.from_service_account_file(str(given.credentials), scopes=SCOPES)
    session = AuthorizedSession(account)
    seen_file = given.database.with_suffix(".json")
    seen = json.loads(seen_file.read_text()) if seen_file.exists() else {}
    listed = _get(
        session,
        f"{given.api}/drive/v3/files",
        {"fields": FILES, "pageSize": 1000, "supportsAllDrives": "true"},
    )
    versions = {file["id"]: file["version"] for file in listed["files"]}
    changed = [name for name in given.spreadsheets if seen.get(name) != versions[name]]
    if not changed:
        return
    with duckdb.connect(str(given.database)) as connection:
        connection.execute(CREATE_TABS.replace("table", "table if not exists"))
        hashes = (
            "create table if not exists hashes (spreadsheet varchar, title varchar, sha varchar)"
        )
        connection.execute(hashes)
        for name in changed:
            _load(connection, session, given.api, name)
            seen[name] = versions[name]
    seen_file.write_text(json.dumps(seen))


def _get(session: AuthorizedSession, address: str, query: dict[str, Any]) -> Any:
    answer = session.get(address, params={**query, "prettyPrint": "false"}, timeout=120)
    answer.raise_for_status()
    return orjson.loads(answer.content)


def _load(
    connection: duckdb.DuckDBPyConnection, session: AuthorizedSession, api: str, name: str
) -> None:
    address = f"{api}/v4/spreadsheets/{name}"
    book = _get(session, address, {"fields": FIELDS, "includeGridData": "false"})
    properties = [sheet["properties"] for sheet in book["sheets"]]
    titles = [facts["title"] for facts in properties if facts["sheetType"] == "GRID"]
    ranges = ["'" + title.replace("'", "''") + "'" for title in titles]
    renders = [
        _get(
            session,
            f"{address}/values:batchGet",
            {
                "ranges": ranges,
                "majorDimension": "ROWS",
                "valueRenderOption": "UNFORMATTED_VALUE",
                "dateTimeRenderOption": render,
            },
        )["valueRanges"]
        for render in RENDERS
    ]
    connection.execute(f"create schema if not exists {quoted(name)}")
    connection.execute("begin")
    connection.execute("delete from tabs where spreadsheet = ?", [name])
    connection.execute("delete from hashes where spreadsheet = ?", [name])
    tabs: Tabs = [(name, title, name, title) for title in titles]
    connection.executemany("insert into tabs values (?, ?, ?, ?)", tabs)
    for title, serial, shown in zip(titles, *renders, strict=True):
        both = (serial.get("values", []), shown.get("values", []))
        sha = hashlib.sha256(orjson.dumps(both)).hexdigest()
        connection.execute("insert into hashes values (?, ?, ?)", [name, title, sha])
        cells = _as_text(both)  # noqa: F841 - DuckDB reads it by its name
        table = f"{quoted(name)}.{quoted(title)}"
        connection.execute(f"create or replace table {table} as select * from cells")
    connection.execute("commit")


def _as_text(renders: tuple[list[list[Any]], ...]) -> pa.Table:
    columns: dict[str, pa.Array] = {}
    for suffix, rows in zip(("", ".shown"), renders, strict=True):
        width = max((len(row) for row in rows), default=1)
        for place in range(width):
            column = [_text(row[place]) if place < len(row) else None for row in rows]
            columns[f"{place + 1}{suffix}"] = pa.array(column, pa.string())
    return pa.table(columns)


def _text(cell: Any) -> str | None:
    return cell if cell is None or isinstance(cell, str) else str(cell)


if __name__ == "__main__":
    main()
