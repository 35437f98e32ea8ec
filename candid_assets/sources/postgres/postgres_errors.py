"""Errors of reading PostgreSQL, which name the place, the cause and the fix."""

import re
from typing import Final

import psycopg

from candid_assets.contracts.catalog import Tab, Workbook
from candid_assets.sources.source_errors import ErrorCode, SourceError, place, shortened

_CONNECT: Final[tuple[tuple[str, ErrorCode, str], ...]] = (
    (
        r"password authentication failed|no password supplied|role .* does not exist"
        r"|definition of service .* not found|empty password",
        "bad_credentials",
        "check the user in {head}, and the password in {variable}, ~/.pgpass or the service file",
    ),
    (r'database ".*" does not exist', "not_found", "correct database: in {head}"),
    (
        r"no pg_hba\.conf entry|permission denied for database|not permitted to log in",
        "permission_denied",
        "let the user connect from this computer (pg_hba.conf, grant connect)",
    ),
    (
        r"SSL|certificate",
        "network",
        "correct sslMode in {head}, or the server's certificate",
    ),
    (
        r"too many (?:clients|connections)|remaining connection slots",
        "quota_exhausted",
        "run again when the server has connections to spare",
    ),
    (
        r"",
        "network",
        "check host and port in {head}, that the server runs, and the network",
    ),
)
_STATES: Final[dict[str, tuple[ErrorCode, str]]] = {
    "42501": ("permission_denied", "grant select on {table} to {user}, and usage on its schema"),
    "42P01": ("tab_missing", "put it back, or correct physicalName in {file}"),
    "42703": ("column_missing", "correct the column's name in {file}"),
    "57014": (
        "timed_out",
        "raise statementTimeout in {head}, or declare a cursor so that less is read",
    ),
    "22021": ("unknown_encoding", "correct the texts that are not in the database's encoding"),
}


def connect_error(
    workbook: Workbook, target: str, error: psycopg.Error, variable: str
) -> SourceError:
    """Return the error of a connection that could not be made; it holds no password."""
    cause = " ".join(str(error).split())
    code, fix = next((c, f) for pattern, c, f in _CONNECT if re.search(pattern, cause))
    return SourceError(
        code,
        f"{place(workbook.name)} ({target}) cannot be read: {shortened(cause)}",
        fix.format(head=workbook.path, variable=variable),
        workbook.name,
    )


def read_error(
    workbook: Workbook, tab: Tab, table: str, user: str, error: psycopg.Error
) -> SourceError:
    """Return the error of a table that could not be read."""
    code, fix = _STATES.get(
        error.sqlstate or "",
        ("server_error", "run again; if it stays, ask the database's administrator"),
    )
    cause = " ".join(str(error.diag.message_primary or error).split())
    named = {"table": table, "user": user, "file": tab.path.name, "head": workbook.path}
    return SourceError(
        code,
        f"{place(tab.workbook, tab.title)} cannot be read: {shortened(cause)}",
        fix.format(**named),
        tab.workbook,
        tab.name,
    )


def lost_error(workbook: Workbook, error: Exception, attempts: int) -> SourceError:
    """Return the error of a connection that was lost during each reading."""
    cause = shortened(str(error))
    return SourceError(
        "connection_lost",
        f"{place(workbook.name)} cannot be read: the connection was lost during each of {attempts}"
        f" readings ({cause}); nothing of it is taken",
        "run again; if it stays, see the server's log",
        workbook.name,
    )
