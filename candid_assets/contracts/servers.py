"""Reads a head's servers: what kind of source a workbook is and where it stands."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from open_data_contract_standard.model import Server

from candid_assets.contracts.document import Document, Step, nearest
from candid_assets.contracts.vocabulary import ENVIRONMENTS, custom_values
from candid_assets.names import SHEETS_KIND, SOURCE_LAYERS

_ALIASES: Final = {"": SHEETS_KIND, "custom": SHEETS_KIND, "postgres": "postgresql"}
"""Other names of a kind; the standard has none for Google Sheets but `custom`."""
_FORMATS: Final = ("xlsx", "csv", "parquet")
_FACTS: Final = ("host", "port", "database", "schema_", "path", "format", "delimiter", "encoding")
_SECRET: Final = re.compile(r"://[^/@\s]*:[^/@\s]+@|(?:password|passwd|pwd)\s*=", re.I)


@dataclass(frozen=True, slots=True)
class Servers:
    """What the servers of one head say."""

    kind: str = SHEETS_KIND
    locations: Mapping[str, str] = field(default_factory=dict)
    """Environment to the place; empty while the source is not connected there."""
    facts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Environment to everything else that its server says."""


def read_servers(document: Document, servers: Sequence[Server]) -> Servers:
    """Return the kind of the source and, by environment, where it stands."""
    kinds: dict[str, int] = {}
    locations: dict[str, str] = {}
    facts: dict[str, dict[str, Any]] = {}
    for index, server in enumerate(servers):
        at: tuple[Step, ...] = ("servers", index)
        name = server.environment or ""
        kind = _kind(document, at, server.type or "")
        kinds.setdefault(kind, index)
        if name not in ENVIRONMENTS:
            fix = f"the nearest known one is {nearest(name, ENVIRONMENTS)!r}"
            document.fault((*at, "environment"), f"unknown environment {name!r}", fix)
        elif name in locations:
            document.fault(at, f"environment {name!r} stands twice", "remove one of the two")
        else:
            location = _location(document, at, name, kind, server)
            if location is not None:
                locations[name] = location
                facts[name] = _facts(document, at, server)
    if len(kinds) > 1:
        told = " and ".join(kinds)
        message = f"the servers are of different types, {told}"
        fix = "give each kind of source a head of its own; its kind is part of the tables' keys"
        document.fault(("servers", max(kinds.values()), "type"), message, fix)
    return Servers(next(iter(kinds), SHEETS_KIND), locations, facts)


def _kind(document: Document, at: tuple[Step, ...], written: str) -> str:
    kind = _ALIASES.get(written, written)
    if kind in SOURCE_LAYERS:
        return kind
    fix = f"the nearest known one is {nearest(written, SOURCE_LAYERS)!r}"
    document.fault((*at, "type"), f"unknown type of server {written!r}", fix)
    return SHEETS_KIND


def _location(
    document: Document, at: tuple[Step, ...], name: str, kind: str, server: Server
) -> str | None:
    """Return where the source stands, empty while it is not connected, None for a fault."""
    for key in ("location", "host", "path", "endpointUrl"):
        value = getattr(server, key)
        if value and _SECRET.search(value):
            message = f"the {name} server's {key} holds a password"
            fix = "take it out; passwords come from the environment, never from a contract"
            document.fault((*at, key), message, fix)
            return None
    if kind == "postgresql":
        return _database(document, at, name, server)
    if kind == "local":
        return _folder(document, at, name, server)
    if server.location is None:
        what = "the spreadsheet's id" if kind == SHEETS_KIND else "the address of the API"
        fix = f'write {what}, or location: "" while it is not connected'
        document.fault(at, f"the {name} server has no location", fix)
        return None
    location = server.location.strip().rstrip("/")
    if kind != SHEETS_KIND and location and not re.match(r"https?://[^\s/]", location):
        message = f"location {location!r} is no address of an API"
        document.fault((*at, "location"), message, "write it as https://host/path")
        return None
    return location


def _database(document: Document, at: tuple[Step, ...], name: str, server: Server) -> str | None:
    if not (server.host or server.database) and server.location == "":
        return ""
    if not server.database:
        fix = "write host, port, database and schema as keys of the server"
        document.fault(at, f"the {name} server names no database", fix)
        return None
    host = (server.host or "localhost").strip()
    place = host.replace("/", "%2F") if host.startswith("/") else host
    return f"postgresql://{place}:{server.port or 5432}/{server.database}"


def _folder(document: Document, at: tuple[Step, ...], name: str, server: Server) -> str | None:
    if server.format not in (None, *_FORMATS):
        fix = f"the nearest known one is {nearest(str(server.format), _FORMATS)!r}"
        document.fault((*at, "format"), f"unknown format {server.format!r}", fix)
        return None
    path = server.path if server.path is not None else server.location
    if path is None:
        fix = 'write path: and the folder, or path: "" while it is not connected'
        document.fault(at, f"the {name} server has no path", fix)
        return None
    path = path.strip()
    return f"file://{path}" if path else ""


def _facts(document: Document, at: tuple[Step, ...], server: Server) -> dict[str, Any]:
    told = {key.rstrip("_"): getattr(server, key) for key in _FACTS}
    own = custom_values(document, at, server.customProperties, "server")
    return {key: value for key, value in told.items() if value is not None} | own
