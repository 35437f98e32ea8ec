"""Small contracts and tables for the tests of this room."""

from pathlib import Path

import duckdb

from candid_assets.contracts.catalog import Column, LogicalType, Model, RowLimits, Tab
from candid_assets.quality.expectations import SuiteRunner
from candid_assets.quality.frame import read_frame
from candid_assets.quality.table_rules import suite_rules
from candid_assets.warehouse.check_results import Cells, CheckResult
from candid_assets_tests.contracts.declared_rules import with_rules

TYPES: dict[LogicalType, str] = {
    "string": "VARCHAR",
    "integer": "BIGINT",
    "number": "DECIMAL(18,2)",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "time": "TIME",
}


def column(name: str, kind: LogicalType = "string", **rules) -> Column:
    rules.setdefault("physical_type", TYPES[kind])
    return Column(
        name=name,
        header=name.title(),
        logical_type=kind,
        description=f"The {name}.",
        **with_rules(rules),
    )


def tab(*columns: Column, rows: RowLimits | None = None, name: str = "orders") -> Tab:
    return Tab(
        workbook="sales",
        name=name,
        title="Order Harian",
        description="Orders.",
        columns=columns,
        owner="team:sales-ops",
        path=Path(f"sales/{name}.yaml"),
        fingerprint="f",
        rows=rows or RowLimits(),
    )


def model(*columns: Column, name: str = "dim_outlet", rows: RowLimits | None = None) -> Model:
    return Model(
        spoke="hub",
        name=name,
        description="Outlets.",
        grain="One row per outlet.",
        owner="team:hub",
        columns=columns,
        sql="SELECT 1",
        inputs=(),
        path=Path(f"hub/{name}.yaml"),
        fingerprint="f",
        rows=rows or RowLimits(),
    )


def stage(connection: duckdb.DuckDBPyConnection, subject: Tab | Model, rows: list[tuple]) -> str:
    """Make the staged table of a contract; a tab's rows stand in the sheet from row 2."""
    connection.execute("CREATE SCHEMA IF NOT EXISTS staging")
    name = f'staging."{subject.table}"'
    own = ", ".join(f'"{c.name}" {c.physical_type}' for c in subject.columns)
    provenance = ", _row INTEGER, _extract VARCHAR" if isinstance(subject, Tab) else ""
    connection.execute(f"CREATE OR REPLACE TABLE {name} ({own}{provenance})")
    for number, row in enumerate(rows, start=2):
        values = (*row, number, "x") if isinstance(subject, Tab) else row
        marks = ", ".join("?" for _ in values)
        connection.execute(f"INSERT INTO {name} VALUES ({marks})", values)
    return name


def run_suite(
    runner: SuiteRunner,
    subject: Tab | Model,
    connection: duckdb.DuckDBPyConnection,
    staged: str,
    cells: Cells | None,
) -> list[CheckResult]:
    """Judge a staged table in this process."""
    # Two threads that import pandas at once, this one and the library's, break each other's import.
    runner.load()
    return runner.judge(subject, read_frame(connection, staged, suite_rules(subject)), cells)
