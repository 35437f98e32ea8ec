"""What is delivered: a SELECT on the published snapshot, its columns, and its count and checksum.

The checksum does not depend on the order of rows. Each value becomes text that DuckDB and
PostgreSQL write alike, with its length before it, so that neither a blank nor a moved border is
lost; a row is the MD5 of its values, a table the sum of its rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import duckdb

from candid_assets.contracts.catalog import Catalog
from candid_assets.contracts.column_types import FLOATS
from candid_assets.contracts.destination import Destination
from candid_assets.errors import CandidError
from candid_assets.names import METRIC_VALUES
from candid_assets.sql import literals, qualified, quoted


class DeliveryError(CandidError):
    """A table that was not delivered."""


@dataclass(frozen=True, slots=True)
class Totals:
    """What a table holds, as one can compare it elsewhere."""

    rows: int
    checksum: str


@dataclass(frozen=True, slots=True)
class Payload:
    """One table of one delivery."""

    table: str
    sql: str
    columns: tuple[tuple[str, str], ...]
    """Names and DuckDB types."""
    totals: Totals

    @property
    def in_utc(self) -> str:
        """The SELECT with every moment that has a zone as a clock in UTC shows it."""
        names = [
            f"timezone('UTC', {quoted(name)})"
            if kind == "TIMESTAMP WITH TIME ZONE"
            else quoted(name)
            for name, kind in self.columns
        ]
        return f"select {', '.join(names)} from ({self.sql}) as delivered"


_TEXT: Final[Mapping[str, str]] = {
    "VARCHAR": "{0}",
    "BIGINT": "{0}::varchar",
    "INTEGER": "{0}::varchar",
    "BOOLEAN": "{0}::varchar",
    "DATE": "{0}::varchar",
    "DECIMAL": "regexp_replace({0}::varchar, '^(-?)\\.', '\\10.')",
    **dict.fromkeys(FLOATS, "{0}::bit::varchar"),
    "TIMESTAMP": "epoch_us({0})::varchar",
    "TIME": "epoch_us({0})::varchar",
}
"""How DuckDB writes a value of each type for the checksum."""


def payloads(
    connection: duckdb.DuckDBPyConnection, destination: Destination, only: Sequence[str] = ()
) -> list[Payload]:
    """Return what a destination receives of the snapshot that is open.

    Raises:
        DeliveryError: A table is not published, or has a type that is not delivered.
    """
    selects = [
        (table, f"select * from {qualified('ready', table)}") for table in destination.tables
    ]
    if destination.metrics:
        names = literals(destination.metrics)
        selects.append(
            (METRIC_VALUES, f"select * from ready.{METRIC_VALUES} where metric in ({names})")
        )
    return [_payload(connection, t, sql) for t, sql in selects if not only or t in only]


def _payload(connection: duckdb.DuckDBPyConnection, table: str, sql: str) -> Payload:
    try:
        described = connection.execute(f"describe {sql}").fetchall()
    except duckdb.CatalogException as error:
        raise DeliveryError(f"ready.{table} is not published", "run `candid run` first") from error
    columns = tuple((str(name), str(kind)) for name, kind, *_ in described)
    for name, kind in columns:
        if base_type(kind) not in _TEXT:
            raise DeliveryError(
                f"ready.{table}.{name} is {kind}, which is not delivered", "cast it in the model"
            )
    return Payload(table, sql, columns, totals_in(connection, sql, columns))


def base_type(kind: str) -> str:
    """Return a DuckDB type without its digits and zone."""
    name = kind.partition("(")[0]
    return "TIMESTAMP" if name.startswith("TIMESTAMP") else name


def totals_in(
    connection: duckdb.DuckDBPyConnection, sql: str, columns: Sequence[tuple[str, str]]
) -> Totals:
    """Return count and checksum of what a SELECT gives in DuckDB."""
    texts = [_TEXT[base_type(kind)].format(quoted(name)) for name, kind in columns]
    parts = " || ".join(f"coalesce(strlen({t}) || ':' || {t}, '~')" for t in texts)
    row = connection.execute(
        f"select count(*), coalesce(sum(('0x' || substr(md5({parts}), 1, 15))::bigint), 0)::varchar"
        f" from ({sql}) as delivered"
    ).fetchone()
    rows, checksum = row or (0, "0")
    return Totals(int(rows), str(checksum))


def chosen_destinations(catalog: Catalog, env: str, names: Sequence[str]) -> list[Destination]:
    """Return the destinations of an environment, all or those named.

    Raises:
        DeliveryError: There is none of a name; exit code 2.
    """
    known = {d.name: d for d in catalog.destinations if env in d.places}
    for name in names:
        if name not in known:
            message = f"no destination {name!r} in {env}; there are: {', '.join(known) or 'none'}"
            raise DeliveryError(message, exit_code=2)
    return [known[name] for name in names or known]
