"""What a person would write first: gspread's `get_all_records`, a pandas frame, a DuckDB table."""

import duckdb
import gspread
import pandas as pd
from arguments import Tabs, arguments, quoted, write_tabs
from gspread.exceptions import APIError, GSpreadException


def main() -> None:
    """Load every tab of every spreadsheet; charts are no tables."""
    given = arguments()
    account = gspread.service_account(filename=str(given.credentials))
    tabs: Tabs = []
    with duckdb.connect(str(given.database)) as connection:
        for name in given.spreadsheets:
            connection.execute(f"create schema {quoted(name)}")
            for tab in account.open_by_key(name).worksheets():
                table = f"{quoted(name)}.{quoted(tab.title)}"
                try:
                    frame = pd.DataFrame(_records(tab))
                except APIError:
                    continue
                if frame.empty:
                    continue
                try:
                    connection.execute(f"create table {table} as select * from frame")
                except duckdb.Error:
                    # Numbers and texts in one column: what people do then.
                    frame = frame.astype(str)
                    connection.execute(f"create table {table} as select * from frame")
                tabs.append((name, tab.title, name, tab.title))
        write_tabs(connection, tabs)


def _records(tab: gspread.Worksheet) -> list[dict[str, int | float | str]]:
    try:
        return tab.get_all_records()
    except GSpreadException as error:
        if isinstance(error, APIError):
            raise
        # Two columns of one name, or of none: its message advises to name what is expected.
        return tab.get_all_records(expected_headers=[])


if __name__ == "__main__":
    main()
