"""Errors of reading PostgreSQL, which name the place, the cause and the fix."""

import re
from collections.abc import Sequence
from typing import Final

import psycopg

from candid_assets.contracts.catalog import Tab, Workbook
from candid_assets.sources.source_errors import ErrorCode, SourceError, place, shortened

INSUFFICIENT_PRIVILEGE: Final = "42501"
"""The state of a statement that needs a right which the account has not."""
_CONNECT: Final[tuple[tuple[str, ErrorCode, str], ...]] = (
    (
        r"statement pooling mode",
        "settings_missing",
        "let the pooler keep a connection for a whole transaction (pool_mode = transaction or"
        " session), or connect to the database itself in {head}",
    ),
    (
        r"unsupported startup parameter",
        "settings_missing",
        "take PGOPTIONS and options out of the environment and the service file; a pooler refuses"
        " them",
    ),
    (
        r"password authentication failed|no password supplied|role .* does not exist"
        r"|definition of service .* not found|empty password|no such user|SASL authentication"
        r"|[Tt]enant or user not found",
        "bad_credentials",
        "check the user in {head}, and the password in {variable}, ~/.pgpass or the service file",
    ),
    (r'database ".*" does not exist|no such database', "not_found", "correct database: in {head}"),
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
        r"too many (?:clients|connections)|remaining connection slots"
        r"|no more connections allowed|query_wait_timeout|max client(?:s|_conn)",
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
    INSUFFICIENT_PRIVILEGE: (
        "permission_denied",
        "grant select on {table} to {user}, and usage on its schema",
    ),
    "42P01": ("tab_missing", "put it back, or correct physicalName in {file}"),
    "42703": ("column_missing", "correct the column's name in {file}"),
    "57014": (
        "timed_out",
        "raise statementTimeout in {head}, or declare a cursor so that less is read",
    ),
    "55000": ("not_populated", "refresh materialized view {table}, then run again"),
    "22021": ("unknown_encoding", "correct the texts that are not in the database's encoding"),
}


def connect_error(workbook: Workbook, target: str, words: str, variable: str) -> SourceError:
    """Return the error of a connection that could not be made; it holds no password."""
    cause = " ".join(words.split())
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
    cause = " ".join(str(error.diag.message_primary or error).split())
    if error.sqlstate == INSUFFICIENT_PRIVILEGE and "row-level security" in cause:
        return _hidden_rows_error(tab, user, cause)
    code, fix = _STATES.get(
        error.sqlstate or "",
        ("server_error", "run again; if it stays, ask the database's administrator"),
    )
    named = {"table": table, "user": user, "file": tab.path.name, "head": workbook.path}
    return _error(code, tab, shortened(cause), fix.format(**named))


def columns_error(tab: Tab, table: str, user: str, columns: Sequence[str]) -> SourceError:
    """Return the error of a table of which the account may not read some columns."""
    names = ", ".join(columns)
    return _error(
        "permission_denied",
        tab,
        f"{user} may not read its columns {shortened(names)}",
        f"grant select ({names}) on {table} to {user}, or leave them out in {tab.path.name}:"
        f" ignoredHeaders: [{names}]",
    )


def _hidden_rows_error(tab: Tab, user: str, cause: str) -> SourceError:
    return _error(
        "rows_hidden",
        tab,
        f"its row-level security hides rows from {user} ({shortened(cause)})",
        f"alter role {user} bypassrls, or read it as the table's owner; where the rows that the"
        f" policy shows are all that is wanted, write rowsByPolicy: true in {tab.path.name}",
    )


def _error(code: ErrorCode, tab: Tab, cause: str, fix: str) -> SourceError:
    message = f"{place(tab.workbook, tab.title)} cannot be read: {cause}"
    return SourceError(code, message, fix, tab.workbook, tab.name)


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
