"""Names tables and literals in SQL, and replaces tables.

Every function works inside the caller's transaction; none opens one.
"""

from collections.abc import Mapping
from typing import Final

import duckdb

from candid_assets.names import Layer
from candid_assets.sql import literal, qualified, quoted

MOST_COMMENTED: Final = 300
"""Columns up to which each gets its comment. A comment copies the description of all columns, and
the copies are kept until the transaction ends: 800 comments took 230 MB."""


def row_count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    """Return the number of rows of a quoted relation."""
    counted = connection.execute(f"select count(*) from {relation}").fetchone()
    return int(counted[0]) if counted else 0


def replace_table(
    connection: duckdb.DuckDBPyConnection,
    layer: Layer,
    table: str,
    staged: str,
    comments: Mapping[str, str],
    description: str,
) -> None:
    """Replace a layer's table by a staged relation, with its description and column comments.

    The columns of a very wide table have no comments; their descriptions are in the contract.
    """
    columns = {} if len(comments) > MOST_COMMENTED else comments
    target = qualified(layer, table)
    statements = [
        f"create or replace table {target} as from {staged}",
        f"comment on table {target} is {literal(description)}",
        *(
            f"comment on column {target}.{quoted(column)} is {literal(text)}"
            for column, text in columns.items()
            if text
        ),
    ]
    connection.execute(";\n".join(statements))
