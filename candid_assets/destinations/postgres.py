"""PostgreSQL: tables are staged, verified where they lie, and take their places together.

The rows of a table are replaced, the table itself stays: its grants, indexes and the views over it
stay with it, and readers see the rows of before until the one transaction ends.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import md5
from typing import Final

import duckdb
import psycopg
from psycopg import sql

from candid_assets.contracts.destination import Destination, DestinationPlace
from candid_assets.destinations.payload import DeliveryError, Payload, Totals, base_type
from candid_assets.settings import Settings

BATCH: Final = 10_000
OURS: Final = "candid"
"""How the comment of a table begins that deliveries may replace the rows of."""
CONNECT_SECONDS: Final = 15
_TYPES: Final[Mapping[str, str]] = {
    "VARCHAR": "text",
    "BIGINT": "bigint",
    "INTEGER": "integer",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "DOUBLE": "double precision",
    "FLOAT": "real",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
    "TIME": "time",
}
_MICROSECONDS: Final = "(extract(epoch from {0}) * 1000000)::bigint::text"
_TEXT: Final[Mapping[str, str]] = {
    "VARCHAR": "{0}",
    "DOUBLE": "('x' || encode(float8send({0}), 'hex'))::bit(64)::text",
    "FLOAT": "('x' || encode(float4send({0}), 'hex'))::bit(32)::text",
    "TIMESTAMP": _MICROSECONDS,
    "TIME": _MICROSECONDS,
}
"""How PostgreSQL writes a value for the checksum where its own text is not DuckDB's."""


def deliver_to_postgres(
    destination: Destination,
    place: DestinationPlace,
    source: duckdb.DuckDBPyConnection,
    payloads: Sequence[Payload],
    comment: str,
    before_swap: Callable[[], None] = lambda: None,
) -> dict[str, Totals]:
    """Deliver tables and return what each holds there afterwards.

    Args:
        destination: Whose login is used.
        place: The server.
        source: The published snapshot.
        payloads: What is delivered.
        comment: What stands as a comment on each table.
        before_swap: Called when all is staged and verified.

    Raises:
        DeliveryError: It was not delivered; the tables of before stand as they stood.
    """
    with connected(destination, place) as connection:
        _lock(connection, destination)
        _make_schema(connection, place)
        staged = {payload.table: _stage(connection, place, source, payload) for payload in payloads}
        for payload in payloads:
            _verify(connection, staged[payload.table], payload)
        before_swap()
        with connection.transaction():
            return {
                p.table: _swap(connection, place, staged[p.table], p, comment) for p in payloads
            }


@contextmanager
def connected(destination: Destination, place: DestinationPlace) -> Iterator[psycopg.Connection]:
    """Connect with the destination's login.

    Raises:
        DeliveryError: The server does not accept the connection or a statement; the cause is its
            own error.
    """
    user, password = Settings.destination_login(destination.name)
    prefix = f"CANDID_DESTINATION_{destination.name.upper()}"
    where = f"destination {destination.name} ({place.host}:{place.port}/{place.database})"
    try:
        connection = psycopg.connect(
            host=place.host,
            port=place.port,
            dbname=place.database,
            user=user,
            password=password,
            connect_timeout=CONNECT_SECONDS,
            autocommit=True,
            application_name="candid",
            options="-c TimeZone=UTC -c DateStyle=ISO -c client_encoding=UTF8",
        )
    except psycopg.OperationalError as error:
        fix = f"check host and database in {destination.path.name}, {prefix}_USER and _PASSWORD"
        raise DeliveryError(f"{where} does not accept the connection: {error}", fix) from error
    with connection:
        try:
            yield connection
        except psycopg.Error as error:
            raise DeliveryError(
                f"{where}: {str(error).strip()}",
                f"{_fix(error, place)}; the destination is unchanged",
            ) from error


def _fix(error: psycopg.Error, place: DestinationPlace) -> str:
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return (
            f"grant the login usage and create on schema {place.schema} (where there is none,"
            " create on the database) and let it own its tables"
        )
    if isinstance(
        error, psycopg.errors.DependentObjectsStillExist | psycopg.errors.FeatureNotSupported
    ):
        return "a view uses a column that has changed: drop it, export, make it anew"
    return "correct what it says and run `candid export` again"


def _make_schema(connection: psycopg.Connection, place: DestinationPlace) -> None:
    """Make the schema where it is not there.

    `if not exists` asks for the right to create schemas also where the schema stands.
    """
    stands = "select from pg_namespace where nspname = %s"
    if connection.execute(stands, [place.schema]).fetchone() is None:
        made = sql.SQL("create schema if not exists {}")
        connection.execute(made.format(sql.Identifier(place.schema)))


def _lock(connection: psycopg.Connection, destination: Destination) -> None:
    """Keep a second delivery out for as long as this connection lives."""
    key = int(md5(destination.name.encode()).hexdigest()[:15], 16)  # noqa: S324 - no secret
    row = connection.execute("select pg_try_advisory_lock(%s)", [key]).fetchone()
    if row != (True,):
        raise DeliveryError(
            f"another delivery to {destination.name} is at work", "wait until it has ended"
        )


def _stage(
    connection: psycopg.Connection,
    place: DestinationPlace,
    source: duckdb.DuckDBPyConnection,
    payload: Payload,
) -> sql.Identifier:
    """Copy rows into a table beside; what an interrupted delivery left there is replaced."""
    short = md5(payload.table.encode()).hexdigest()[:16]  # noqa: S324 - no secret
    staged = sql.Identifier(place.schema, f"_candid_staged_{short}")
    connection.execute(sql.SQL("drop table if exists {}").format(staged))
    columns = sql.SQL(", ").join(_column(name, kind) for name, kind in payload.columns)
    connection.execute(sql.SQL("create unlogged table {} ({})").format(staged, columns))
    rows = source.execute(payload.in_utc)
    try:
        with connection.cursor().copy(sql.SQL("copy {} from stdin").format(staged)) as copy:
            while batch := rows.fetchmany(BATCH):
                for row in batch:
                    copy.write_row(row)
    except psycopg.DataError as error:
        raise DeliveryError(
            f"a value of ready.{payload.table} is none in PostgreSQL: {error}",
            "correct it in the sheet",
        ) from error
    return staged


def _column(name: str, kind: str) -> sql.Composed:
    return sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(postgres_type(kind)))


def postgres_type(kind: str) -> str:
    """Return the type of PostgreSQL that holds every value of one of DuckDB's."""
    return kind.replace("DECIMAL", "numeric") if kind.startswith("DECIMAL") else _TYPES[kind]


def _totals(connection: psycopg.Connection, table: sql.Identifier, payload: Payload) -> Totals:
    parts = [
        sql.SQL("coalesce(octet_length({0}) || ':' || {0}, '~')").format(
            sql.SQL(_TEXT.get(base_type(kind), "{0}::text")).format(sql.Identifier(name))
        )
        for name, kind in payload.columns
    ]
    row = connection.execute(
        sql.SQL(
            "select count(*), coalesce(sum(('x' || lpad(substr(md5({}), 1, 15), 16, '0'))"
            "::bit(64)::bigint), 0)::text from {}"
        ).format(sql.SQL(" || ").join(parts), table)
    ).fetchone()
    rows, checksum = row or (0, "0")
    return Totals(int(rows), str(checksum))


def _verify(connection: psycopg.Connection, table: sql.Identifier, payload: Payload) -> Totals:
    delivered = _totals(connection, table, payload)
    if delivered != payload.totals:
        raise DeliveryError(
            f"ready.{payload.table} has {payload.totals.rows} rows with checksum"
            f" {payload.totals.checksum}; the destination got"
            f" {delivered.rows} with {delivered.checksum}"
        )
    return delivered


def _swap(
    connection: psycopg.Connection,
    place: DestinationPlace,
    staged: sql.Identifier,
    payload: Payload,
    comment: str,
) -> Totals:
    """Replace a table's rows by those staged, within the caller's transaction."""
    table = sql.Identifier(place.schema, payload.table)
    _require_ours(connection, place, payload)
    columns = sql.SQL(", ").join(_column(name, kind) for name, kind in payload.columns)
    connection.execute(sql.SQL("create table if not exists {} ({})").format(table, columns))
    connection.execute(sql.SQL("lock table {} in exclusive mode").format(table))
    connection.execute(sql.SQL("delete from {}").format(table))
    _fit(connection, place, table, payload)
    names = sql.SQL(", ").join(sql.Identifier(name) for name, _ in payload.columns)
    connection.execute(
        sql.SQL("insert into {0} ({1}) select {1} from {2}").format(table, names, staged)
    )
    connection.execute(sql.SQL("drop table {}").format(staged))
    connection.execute(sql.SQL("comment on table {} is {}").format(table, sql.Literal(comment)))
    return _verify(connection, table, payload)


def _require_ours(
    connection: psycopg.Connection, place: DestinationPlace, payload: Payload
) -> None:
    """Refuse to empty a table that somebody else made: ours say so in their comment."""
    row = connection.execute(
        "select obj_description(oid, 'pg_class') from pg_class"
        " where oid = to_regclass(format('%%I.%%I', %s::text, %s::text))",
        [place.schema, payload.table],
    ).fetchone()
    if row is not None and not str(row[0]).startswith(OURS):
        name = f"{place.schema}.{payload.table}"
        raise DeliveryError(
            f"{name} is there and no delivery of candid made it: give the destination a schema of"
            f" its own, or hand the table over with comment on table {name} is '{OURS}'"
        )


def _fit(
    connection: psycopg.Connection, place: DestinationPlace, table: sql.Identifier, payload: Payload
) -> None:
    """Give an emptied table the columns and types that are delivered now."""
    rows = connection.execute(
        "select attname, format_type(atttypid, atttypmod) from pg_attribute"
        " where attrelid = format('%%I.%%I', %s::text, %s::text)::regclass"
        " and attnum > 0 and not attisdropped",
        [place.schema, payload.table],
    ).fetchall()
    stands = {str(name): str(kind) for name, kind in rows}
    wanted = {name: postgres_type(kind) for name, kind in payload.columns}
    for name in stands.keys() - wanted.keys():
        change = sql.SQL("alter table {} drop column {}").format(table, sql.Identifier(name))
        connection.execute(change)
    for name, kind in wanted.items():
        if name not in stands:
            added = sql.SQL("alter table {} add column {} {}")
            connection.execute(added.format(table, sql.Identifier(name), sql.SQL(kind)))
        elif _spelled(stands[name]) != kind:
            altered = sql.SQL("alter table {} alter column {} type {} using null")
            connection.execute(altered.format(table, sql.Identifier(name), sql.SQL(kind)))


def _spelled(kind: str) -> str:
    """Return a type of PostgreSQL's catalogue as it is written here."""
    short = kind.replace(" without time zone", "")
    return "timestamptz" if short == "timestamp with time zone" else short
