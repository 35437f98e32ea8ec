"""Connects to a database: read-only, with limits on time, without a password in any contract."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import psycopg

from candid_assets.contracts.catalog import Workbook
from candid_assets.settings import TIME_ZONE
from candid_assets.sources.passwords import password_variable
from candid_assets.sources.postgres.postgres_errors import connect_error

CONNECT_SECONDS: Final = 10
STATEMENT_SECONDS: Final = 600
"""How long one statement may take unless the contract has a statementTimeout."""
OPTIONS: Final = {
    "default_transaction_read_only": "on",
    "timezone": TIME_ZONE,
    "datestyle": "ISO",
    "intervalstyle": "iso_8601",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "synchronize_seqscans": "off",
    "idle_in_transaction_session_timeout": "0",
}

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
    options = OPTIONS | {"statement_timeout": str(seconds * 1000)}
    try:
        connection = psycopg.connect(
            **arguments(workbook, env),
            connect_timeout=CONNECT_SECONDS,
            application_name="candid",
            client_encoding="utf8",
            keepalives_idle=30,
            options=" ".join(f"-c {name}={value}" for name, value in options.items()),
        )
    except psycopg.Error as error:
        raise connect_error(workbook, target, error, variable) from error
    with connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        yield connection


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
