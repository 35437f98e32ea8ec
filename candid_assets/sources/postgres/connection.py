"""Connects to a database: read-only, with limits on time, without a password in any contract.

Poolers such as PgBouncer refuse settings in the startup message and give each transaction another
connection of the server. All settings are therefore made inside the one transaction that reads, and
end with it.
"""

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg import sql

from candid_assets.contracts.catalog import Workbook
from candid_assets.settings import TIME_ZONE
from candid_assets.sources.passwords import password_variable
from candid_assets.sources.postgres.postgres_errors import connect_error
from candid_assets.sources.retry import CallFailedError, RetryPolicy, call_with_retries
from candid_assets.sources.source_errors import ErrorCode

log = logging.getLogger(__name__)

CONNECT_SECONDS: Final = 10
POLICY: Final = RetryPolicy(attempts=3, first_wait=0.5, deadline=15.0)
"""How often a connection is tried that may be made a moment later."""
PASSING: Final[frozenset[ErrorCode]] = frozenset({"network", "quota_exhausted"})
STATEMENT_SECONDS: Final = 600
"""How long one statement may take unless the contract has a statementTimeout."""
SETTINGS: Final = {
    # The server refuses a query that a policy would take rows from, instead of giving a part.
    "row_security": "off",
    "timezone": TIME_ZONE,
    "datestyle": "ISO",
    "intervalstyle": "iso_8601",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "synchronize_seqscans": "off",
    "idle_in_transaction_session_timeout": "0",
}
"""What a transaction that reads sets for itself; any account may."""

Connection = psycopg.Connection[tuple[Any, ...]]


@contextmanager
def connected(workbook: Workbook, env: str) -> Iterator[Connection]:
    """Yield a connection in one read-only transaction, which sees one snapshot of the database.

    Raises:
        SourceError: The connection cannot be made.
    """
    facts = workbook.servers.get(env, {})
    target = workbook.locations[env]
    variable = password_variable(workbook, env)
    seconds = int(facts.get("statementTimeout") or STATEMENT_SECONDS)
    settings = SETTINGS | {"statement_timeout": str(seconds * 1000)}

    def attempt() -> Connection:
        connection = None
        try:
            connection = psycopg.connect(
                **arguments(workbook, env),
                connect_timeout=CONNECT_SECONDS,
                application_name="candid",
                client_encoding="utf8",
                keepalives_idle=30,
                # A prepared statement belongs to one connection of the server; poolers change it.
                prepare_threshold=None,
            )
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            set_locally(connection, settings)
        except psycopg.Error as error:
            if connection is not None:
                connection.close()
            code = connect_error(workbook, target, str(error), variable).code
            passes = code in PASSING
            # An account that was refused is not tried again: too many attempts lock it.
            raise CallFailedError(code, passes, str(error), is_certain=not passes) from error
        return connection

    try:
        connection = call_with_retries(POLICY, attempt, _log_retry)
    except CallFailedError as failure:
        raise connect_error(workbook, target, failure.detail, variable) from failure
    with connection:
        yield connection


def _log_retry(failure: CallFailedError, attempt: int) -> None:
    log.warning("PostgreSQL: %s; attempt %d failed, trying again", failure, attempt)


def set_locally(connection: Connection, settings: Mapping[str, str]) -> None:
    """Make settings of the current transaction."""
    calls = sql.SQL(", ").join(
        sql.SQL("pg_catalog.set_config({}, {}, true)").format(sql.Literal(name), sql.Literal(value))
        for name, value in settings.items()
    )
    connection.execute(sql.SQL("select {}").format(calls))


def arguments(workbook: Workbook, env: str) -> dict[str, Any]:
    """Return libpq's parameters; it takes those left out from its own files and variables."""
    facts = workbook.servers.get(env, {})
    parts = urlsplit(workbook.locations[env])
    parameters = {
        "service": facts.get("service"),
        "host": unquote(parts.hostname or "") if facts.get("host") else None,
        "port": parts.port if facts.get("port") or facts.get("host") else None,
        "dbname": parts.path.lstrip("/"),
        "user": facts.get("user"),
        "password": os.environ.get(password_variable(workbook, env)),
        "sslmode": facts.get("sslMode"),
    }
    if str(facts.get("host") or "").startswith("/"):
        parameters["host"] = facts["host"]
    return {name: value for name, value in parameters.items() if value is not None}
