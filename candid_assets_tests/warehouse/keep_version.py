"""Writes a small warehouse of this version as SQL: `python -m candid_assets_tests.warehouse.keep_version`.

Run at the last commit of a version, before `schema.sql` changes; the text then stands for every
warehouse of that version in `test_versions`.
"""  # noqa: E501

import re
import tempfile
from pathlib import Path
from typing import Final

import duckdb

from candid_assets.sandbox.process import SandboxServer
from candid_assets.warehouse.versions import VERSION
from candid_assets_tests.history.shop import opened_shop

FOLDER: Final = Path(__file__).with_name("versions")
PLAIN: Final = ("VARCHAR", "BIGINT", "INTEGER", "BOOLEAN", "TIMESTAMP", "DATE", "DECIMAL")


def as_sql(file: Path) -> str:
    """Return the statements that make a warehouse's tables with their rows."""
    with duckdb.connect(str(file), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        tables = connection.execute(
            "select schema_name, table_name, sql from duckdb_tables() order by all"
        ).fetchall()
        made = [f"create schema {schema};" for schema in sorted({t[0] for t in tables} - {"main"})]
        made += [
            sql for (sql,) in connection.execute("select sql from duckdb_sequences()").fetchall()
        ]
        for schema, table, sql in tables:
            made.append(sql)
            made += _rows(connection, schema, table)
    return "\n".join(made) + "\n"


def _rows(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> list[str]:
    columns = connection.execute(
        "select column_name, data_type from duckdb_columns() where schema_name = ?"
        " and table_name = ? order by column_index",
        [schema, table],
    ).fetchall()
    texts = ", ".join(f'"{name}"::varchar' for name, _ in columns)
    rows = connection.execute(f'select {texts} from {schema}."{table}"').fetchall()
    return [
        f'insert into {schema}."{table}" values ('
        + ", ".join(_literal(text, kind) for text, (_, kind) in zip(row, columns, strict=True))
        + ");"
        for row in rows
    ]


def _literal(text: str | None, kind: str) -> str:
    if text is None:
        return "null"
    quoted = "'" + text.replace("'", "''") + "'"
    return quoted if kind.startswith(PLAIN) else f"{quoted}::{kind}"


def main() -> None:
    """Refresh a shop four times, with a row in quarantine between, and write what it holds."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        for folder in ("books", "shop"):
            (root / folder).mkdir()
        with (
            SandboxServer(root / "books", quota=False) as server,
            opened_shop(root / "shop", server) as shop,
        ):
            shop.refresh()
            for cells in ({"C3": "dua"}, {"C3": "3000"}, {"C2": "1.500"}):
                shop.edit("Penjualan", **cells)
                shop.refresh()
            text = as_sql(shop.settings.warehouse_file)
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{VERSION}.sql"
    path.write_text(re.sub(re.escape(str(root)) + "/shop/", "", text), encoding="utf-8")


if __name__ == "__main__":
    main()
