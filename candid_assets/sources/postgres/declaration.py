"""PostgreSQL as a kind of source: its address, without the password."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote

from candid_assets.source_kinds.kind import NOT_CONNECTED, Kind, ServerFaultError, Words
from candid_assets.source_kinds.places import Place, address_of

_PORT = 5432


@dataclass(frozen=True, slots=True)
class PostgresOptions:
    """How a database is read; each field is one custom property of the head's server."""

    user: str | None = None
    """Name of the account; blank takes it from the environment."""
    service: str | None = None
    """Name of a section of the connection service file."""
    password_variable: str | None = None
    """Environment variable that holds the password."""
    statement_timeout: int | None = None
    """Seconds that one statement may take."""
    ssl_mode: str | None = None
    """How the connection is encrypted, in libpq's words: `require`, `verify-full` and others."""


def place_of(source: str) -> Place | None:
    """Return the database at an address; None for what is no address of a database.

    Raises:
        ValueError: The address holds a password or names no database.
    """
    secrets = "CANDID_PASSWORD_<NAME>, ~/.pgpass or a service file"
    address = address_of(source, KIND.schemes, secrets)
    if address is None:
        return None
    database = address.path.lstrip("/")
    if not database:
        raise ValueError("the address names no database: postgresql://user@host/database")
    host, port = unquote(address.hostname or "localhost"), address.port or _PORT
    keys: dict[str, str | int] = {"host": host, "port": port, "database": database}
    if schema := parse_qs(address.query).get("schema"):
        keys["schema"] = schema[0]
    custom = {"user": unquote(address.username)} if address.username else {}
    location = f"postgresql://{host}:{port}/{database}"
    return Place(KIND.name, KIND.name, location, keys, custom)


def location_of(env: str, keys: Mapping[str, Any]) -> str:
    """Return the address of the database."""
    host, database = keys.get("host"), keys.get("database")
    if not (host or database) and keys.get("location") == "":
        return NOT_CONNECTED
    if not database:
        fix = "write host, port, database and schema as keys of the server"
        raise ServerFaultError("", f"the {env} server names no database", fix)
    host = (host or "localhost").strip()
    quoted = host.replace("/", "%2F") if host.startswith("/") else host
    return f"postgresql://{quoted}:{keys.get('port') or _PORT}/{database}"


KIND = Kind(
    name="postgresql",
    layer="postgres",
    aliases=("postgres",),
    schemes=("postgresql", "postgres"),
    words=Words(
        table="The table '{}' in PostgreSQL",
        tables=" in PostgreSQL",
        inside="in the database",
        undo="bring the rows back in the database",
        task_words=("database", "databases"),
        address="an address postgresql://user@host/database",
    ),
    reader="candid_assets.sources.postgres.reader",
    place_of=place_of,
    location_of=location_of,
    options=PostgresOptions,
    examples=('"postgresql://reader@db.internal/gudang?schema=public" --workbook gudang',),
    address_pattern=re.compile(r"postgres(?:ql)?://[^\s`'\"<>]+"),
)
