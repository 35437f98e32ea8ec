"""The fingerprint of a table: equal exactly when columns, types and rows are equal."""

import hashlib
import json
from collections.abc import Collection

import duckdb

from candid_assets.quality.frame import column_types
from candid_assets.sql import quoted


def table_fingerprint(
    connection: duckdb.DuckDBPyConnection, relation: str, exclude: Collection[str] = ()
) -> str:
    """Return a hash of a relation's columns, types and rows, whatever the rows' order.

    Args:
        connection: Where the relation stands.
        relation: Its name as SQL.
        exclude: Columns that do not count, such as the time of loading.
    """
    return fingerprint_and_rows(connection, relation, exclude)[0]


def fingerprint_and_rows(
    connection: duckdb.DuckDBPyConnection, relation: str, exclude: Collection[str] = ()
) -> tuple[str, int]:
    """Return the fingerprint of a relation and how many rows it has, read once.

    Each row is hashed twice to 64 bits and both hashes are summed, so that equal rows count as
    often as they occur. DuckDB's hash is the same in every process of one version.

    Args:
        connection: Where the relation stands.
        relation: Its name as SQL.
        exclude: Columns that do not count, such as the time of loading.
    """
    columns = [column for column in column_types(connection, relation) if column[0] not in exclude]
    names = ", ".join(quoted(name) for name, _ in columns)
    # Rehashing keeps the cells of different rows from cancelling out in the sums.
    sums = connection.execute(
        f"""
        SELECT count(*), sum(hash(row_hash, 1)), sum(hash(row_hash, other_hash))
        FROM (
            SELECT hash({names}) AS row_hash, hash(1, {names}) AS other_hash
            FROM {relation}
        )
        """
    ).fetchone()
    content = json.dumps([columns, [str(part) for part in sums or ()]])
    return hashlib.sha256(content.encode()).hexdigest(), int(sums[0]) if sums else 0
