"""Reads a head's servers: the kind of source of a workbook and its locations."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from open_data_contract_standard.model import Server

from candid_assets.contracts.odcs_vocabulary import ENVIRONMENTS, custom_values, server_of
from candid_assets.contracts.yaml_document import Step, YamlDocument
from candid_assets.near_names import nearest
from candid_assets.source_kinds.kind import ServerFaultError
from candid_assets.source_kinds.registry import DEFAULT, KINDS, TYPES

_FACTS: Final = ("host", "port", "database", "schema_", "path", "format", "delimiter", "encoding")
_SECRET: Final = re.compile(r"://[^/@\s]*:[^/@\s]+@|(?:password|passwd|pwd)\s*=", re.I)


@dataclass(frozen=True, slots=True)
class Servers:
    """The servers of one head."""

    kind: str = DEFAULT.name
    locations: Mapping[str, str] = field(default_factory=dict)
    """Environment to the place; empty while the source is not connected there."""
    facts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Environment to the other facts of its server."""


def read_servers(document: YamlDocument, servers: Sequence[Server]) -> Servers:
    """Return the kind of the source and, by environment, its location."""
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
            document.fault(at, f"environment {name!r} is given twice", "remove one of the two")
        else:
            location = _location(document, at, name, kind, server)
            if location is not None:
                locations[name] = location
                facts[name] = _facts(document, at, server, kind)
    if len(kinds) > 1:
        message = f"the servers are of different types, {' and '.join(kinds)}"
        fix = "give each kind of source a head of its own; its kind is part of the tables' keys"
        document.fault(("servers", max(kinds.values()), "type"), message, fix)
    return Servers(next(iter(kinds), DEFAULT.name), locations, facts)


def _kind(document: YamlDocument, at: tuple[Step, ...], written: str) -> str:
    if written in TYPES:
        return TYPES[written].name
    fix = f"the nearest known one is {nearest(written, KINDS)!r}"
    document.fault((*at, "type"), f"unknown type of server {written!r}", fix)
    return DEFAULT.name


def _location(
    document: YamlDocument, at: tuple[Step, ...], name: str, kind: str, server: Server
) -> str | None:
    """Return the source's location, empty while it is not connected, None for a fault."""
    for key in ("location", "host", "path", "endpointUrl"):
        value = getattr(server, key)
        if value and _SECRET.search(value):
            message = f"the {name} server's {key} holds a password"
            fix = "take it out; passwords come from the environment, never from a contract"
            document.fault((*at, key), message, fix)
            return None
    keys = {key.rstrip("_"): getattr(server, key) for key in ("location", *_FACTS)}
    try:
        return KINDS[kind].location_of(name, keys)
    except ServerFaultError as fault:
        where = (*at, fault.key) if fault.key else at
        document.fault(where, fault.message, fault.fix)
        return None


def _facts(
    document: YamlDocument, at: tuple[Step, ...], server: Server, kind: str
) -> dict[str, Any]:
    facts = {key.rstrip("_"): getattr(server, key) for key in _FACTS}
    own = custom_values(document, at, server.customProperties, server_of(kind))
    return {key: value for key, value in facts.items() if value is not None} | own
