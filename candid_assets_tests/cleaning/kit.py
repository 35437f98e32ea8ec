"""What the cleaning tests share: a small contract, raw tables in rows, and parser calls."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from candid_assets.cleaning.cleaning_sql import CleaningSql, cleaning_sql
from candid_assets.cleaning.raw_content import raw_content
from candid_assets.contracts.catalog import Column, Tab
from candid_assets.contracts.custom_properties import ColumnOptions, TabOptions
from candid_assets.contracts.header_map import HeaderMap
from candid_assets.names import column_letter
from candid_assets_tests.contracts.declared_rules import with_rules

PREFIX = "https://docs.google.com/spreadsheets/d/abc/edit#gid=7&range="
Cell = tuple[str, str] | str | None
"""Text, a blank, or a kind with its canonical text such as `("n", "12.5")`."""


def column(
    name: str, logical_type: str = "string", physical_type: str = "", **facts: Any
) -> Column:
    """Make a column whose header is its name in capitals."""
    types = {
        "string": "VARCHAR",
        "integer": "BIGINT",
        "number": "DECIMAL(18,2)",
        "boolean": "BOOLEAN",
        "date": "DATE",
        "timestamp": "TIMESTAMP",
        "time": "TIME",
    }
    options = ColumnOptions(**facts.pop("options", {}))
    return Column(
        name=name,
        header=facts.pop("header", name.upper()),
        logical_type=logical_type,  # type: ignore[arg-type]
        physical_type=physical_type or types[logical_type],
        description="Said.",
        options=options,
        **with_rules(facts),
    )


def tab_of(*columns: Column, **options: Any) -> Tab:
    """Make a tab's contract of columns and tab options."""
    return Tab(
        workbook="sales_master",
        name="orders",
        title="Order Harian",
        description="Said.",
        columns=columns,
        owner="team:sales-ops",
        path=Path("orders.yaml"),
        fingerprint="f",
        options=TabOptions(**options),
    )


@dataclass(frozen=True)
class Outcome:
    """What cleaning made of a raw table."""

    clean: list[tuple[Any, ...]]
    quarantine: dict[int, list[dict[str, str]]]
    dropped: dict[int, str]
    sql: CleaningSql

    @property
    def rows(self) -> list[int]:
        """Sheet rows that are clean."""
        return [row[-2] for row in self.clean]

    def reasons(self, row: int) -> list[tuple[str, str]]:
        """Return a quarantined row's (column, reason) pairs."""
        return [(why["column"], why["reason"]) for why in self.quarantine[row]]

    def values(self, row: int) -> tuple[Any, ...]:
        """Return a clean row's values."""
        return next(line[:-2] for line in self.clean if line[-2] == row)


def load_raw(
    connection: DuckDBPyConnection,
    rows: Sequence[Sequence[Cell]],
    width: int,
    said: Mapping[str, Mapping[int, Mapping[str, str]]] | None = None,
) -> None:
    """Create the raw table `raw_tab` as landing does, from cells.

    `said` has the columns about formats and merges, by sheet row: `{"_shown": {2: {"A": "007"}}}`.
    """
    letters = [column_letter(place + 1) for place in range(width)]
    typed = ", ".join(f'"{letter}" VARCHAR' for letter in letters)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE raw_tab "
        f"(_row INTEGER, _kinds VARCHAR, _extract VARCHAR, _loaded_at TIMESTAMPTZ, {typed})"
    )
    lines = []
    for number, cells in enumerate(rows, start=1):
        full = [_kind_and_text(c) for c in (*cells, *([None] * (width - len(cells))))]
        kinds = "".join(kind for kind, _ in full)
        lines.append((number, kinds, "raw-hash", "2026-01-05", *(text for _, text in full)))
    if lines:
        marks = ", ".join([f"({', '.join('?' * (4 + width))})"] * len(lines))
        connection.execute(f"INSERT INTO raw_tab VALUES {marks}", [*chain(*lines)])
    for name, by_row in (said or {}).items():
        connection.execute(f"ALTER TABLE raw_tab ADD COLUMN {name} VARCHAR")
        for number, cells in by_row.items():
            connection.execute(
                f"UPDATE raw_tab SET {name} = ? WHERE _row = ?", [json.dumps(cells), number]
            )


def _kind_and_text(cell: Cell) -> tuple[str, str | None]:
    if cell is None or cell == "":
        return "-", None
    return ("t", cell) if isinstance(cell, str) else cell


def run_cleaning(
    connection: DuckDBPyConnection,
    tab: Tab,
    rows: Sequence[Sequence[Cell]],
    *,
    title_rows: Sequence[Sequence[Cell]] = (),
    positions: Mapping[str, int] | None = None,
    headers: Sequence[Cell] | None = None,
    said: Mapping[str, Mapping[int, Mapping[str, str]]] | None = None,
) -> Outcome:
    """Clean rows that stand below the contract's headers, and return what became of each.

    The first row of `rows` is sheet row 2, or lower by as many rows as `title_rows` has.
    """
    placed = dict(positions or {c.name: i for i, c in enumerate(tab.columns, start=1)})
    line = headers or [c.header for c in tab.columns if c.name in placed]
    every = [*title_rows, line, *rows]
    load_raw(connection, every, max(len(cells) for cells in every), said)
    header = HeaderMap(len(title_rows) + 1, placed)
    sql = cleaning_sql(
        tab,
        header,
        raw="temp.raw_tab",
        extract="hash-1",
        link_prefix=PREFIX,
        content=raw_content(connection, "temp.raw_tab", tab, header),
    )
    sql.run(connection)
    return outcome(connection, sql)


def outcome(connection: DuckDBPyConnection, sql: CleaningSql) -> Outcome:
    """Read the three staged tables."""
    staged = sql.staged
    clean = connection.execute(f"FROM {staged.clean}").fetchall()
    quarantine = connection.execute(f"SELECT _row, _reasons FROM {staged.quarantine}").fetchall()
    dropped = connection.execute(f"SELECT _row, rule FROM {staged.dropped}").fetchall()
    return Outcome(clean, dict(quarantine), dict(dropped), sql)


def parse_all(
    connection: DuckDBPyConnection, call: str, texts: Sequence[str]
) -> list[dict[str, Any]]:
    """Return what a parser call on `cleaned` and `text` makes of each text."""
    rows = connection.execute(
        f"SELECT {call} FROM (SELECT text, clean_text(text) AS cleaned FROM "
        "(SELECT unnest(?::VARCHAR[]) AS text))",
        [list(texts)],
    ).fetchall()
    return [line[0] for line in rows]


def with_options(tab: Tab, **options: Any) -> Tab:
    """Return the contract with other tab options."""
    return replace(tab, options=replace(tab.options, **options))
