"""What every contender is given on its command line."""

import argparse
from pathlib import Path

import duckdb

Tabs = list[tuple[str, str, str, str]]
"""Of each tab that was loaded: the spreadsheet's id, the title, the schema and the table."""

CREATE_TABS = "create table tabs (spreadsheet varchar, title varchar, schema varchar, name varchar)"


def arguments() -> argparse.Namespace:
    """Return the address of the server, the credentials, the DuckDB file and the spreadsheets."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--api", required=True)
    parser.add_argument("--credentials", type=Path, required=True)
    parser.add_argument("--database", type=Path, required=True)
    parser.add_argument("--source", help="a folder of dlt's verified sources")
    parser.add_argument("spreadsheets", nargs="+")
    return parser.parse_args()


def write_tabs(connection: duckdb.DuckDBPyConnection, tabs: Tabs) -> None:
    """Leave in the file which table holds which tab."""
    connection.execute(CREATE_TABS)
    for tab in tabs:
        connection.execute("insert into tabs values (?, ?, ?, ?)", tab)


def quoted(name: str) -> str:
    """Return a name for SQL."""
    return '"' + name.replace('"', '""') + '"'
