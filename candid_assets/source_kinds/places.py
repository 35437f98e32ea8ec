"""The place of a source, as a person names it on the command line."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit


@dataclass(frozen=True, slots=True)
class Place:
    """The address of a source that no contract describes yet, and the server's keys for it."""

    kind: str
    type: str
    """The type of the head's server."""
    location: str
    keys: Mapping[str, str | int] = field(default_factory=dict)
    """Keys of the server beside its type."""
    custom: Mapping[str, str | int] = field(default_factory=dict)
    """Custom properties of the server."""

    @property
    def server(self) -> str:
        """The server's keys as they are written into the head, inside a flow mapping."""
        parts = [f"type: {self.type}", *(f"{k}: {_written(v)}" for k, v in self.keys.items())]
        if self.custom:
            items = (f"{{property: {k}, value: {_written(v)}}}" for k, v in self.custom.items())
            parts.append(f"customProperties: [{', '.join(items)}]")
        return ", ".join(parts)

    @property
    def other(self) -> str:
        """The server's keys of an environment in which the source is not connected."""
        return f'type: {self.type}, location: ""'


def address_of(address: str, schemes: Collection[str], password_from: str) -> SplitResult | None:
    """Return the parts of an address; None if its scheme is none of these.

    Raises:
        ValueError: The address holds a password; `password_from` says where that belongs.
    """
    parts = urlsplit(address)
    if parts.scheme not in schemes:
        return None
    if parts.password:
        raise ValueError(f"take the password out of the address; it is read from {password_from}")
    return parts


def _written(value: str | int) -> str:
    """Return a value as YAML, of which JSON is a part."""
    return json.dumps(value, ensure_ascii=False)
