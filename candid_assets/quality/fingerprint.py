"""An exact, order-insensitive hash of a DuckDB relation, computed inside DuckDB."""

import hashlib

import duckdb


def table_fingerprint(connection: duckdb.DuckDBPyConnection, relation: str) -> str:
    """Return a hash over columns, types and the multiset of rows of a quoted relation.

    The sum and the exclusive-or of two differently salted 64-bit row hashes, with the row count,
    do not depend on the order of rows; equal rows do not cancel out in the sum.
    """
    columns = connection.execute(f"describe {relation}").fetchall()
    schema = "\n".join(f"{c[0]} {c[1]}" for c in columns)
    found = connection.execute(
        "select count(*), coalesce(sum(hash(r)::hugeint), 0)::varchar,"
        " coalesce(bit_xor(hash(r, 'candid')), 0)::varchar,"
        " coalesce(sum(hash(r, 1)::hugeint), 0)::varchar"
        f" from {relation} as r"
    ).fetchone()
    return hashlib.sha256(f"{schema}\n{found}".encode()).hexdigest()
