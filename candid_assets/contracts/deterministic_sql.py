"""The functions that a query may not call: their result depends on more than their arguments."""

from typing import Final

from sqlglot import exp

_CLOCK: Final = frozenset(
    {"now", "today", "current_date", "current_timestamp", "current_time", "localtimestamp"}
    | {"localtime", "get_current_timestamp", "get_current_time", "current_localtimestamp"}
    | {"current_localtime", "transaction_timestamp", "ago", "pg_conf_load_time"}
    | {"pg_postmaster_start_time"}
)
_CHANCE: Final = frozenset(
    {"random", "rand", "setseed", "uuid", "gen_random_uuid", "uuidv4", "uuidv7"}
    | {"nextval", "currval"}
)
_SESSION: Final = frozenset(
    {"getvariable", "current_setting", "current_query", "current_query_id", "current_user"}
    | {"session_user", "current_role", "current_connection_id", "current_transaction_id"}
    | {"txid_current", "current_database", "current_catalog", "current_schema", "current_schemas"}
    | {"in_search_path", "version", "current_version", "getenv", "inet_client_addr"}
    | {"inet_client_port", "inet_server_addr", "inet_server_port", "pg_my_temp_schema"}
)
_EFFECT: Final = frozenset({"sleep_ms", "write_log", "stats"})
UNREPEATABLE: Final = _CLOCK | _CHANCE | _SESSION | _EFFECT
_SCHEMAS: Final = frozenset({"main", "system", "pg_catalog"})


def name_of(call: exp.Expr) -> str:
    """Return a function's name; the parser renames those that it knows."""
    if isinstance(call, exp.Anonymous) or not isinstance(call, exp.Func):
        return call.name
    return call.sql_name()


def unrepeatable(call: exp.Func) -> str | None:
    """Return the name of a call whose result may differ between runs, or None if it cannot."""
    name = name_of(call).casefold()
    if name in UNREPEATABLE:
        return name
    if name == "age" and _arguments(call) < 2:
        return "age of one moment"
    return None


def _arguments(call: exp.Func) -> int:
    """Return the number of arguments of a call, including the one before its dot."""
    dot = call.parent
    before = isinstance(dot, exp.Dot) and dot.this is not call
    own = before and dot is not None and dot.this.name.casefold() not in _SCHEMAS
    return len(call.expressions) + own
