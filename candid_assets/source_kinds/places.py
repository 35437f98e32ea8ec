"""Where a source stands, as a person names it on the command line."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a source that no contract describes yet."""

    kind: str
    type: str
    """The type of the head's server."""
    location: str
    keys: Mapping[str, str | int] = field(default_factory=dict)
    """Keys of the server beside its type."""
    custom: Mapping[str, str] = field(default_factory=dict)
    """Custom properties of the server."""

    @property
    def server(self) -> str:
        """The server's keys as they are written into the head, as a flow mapping holds them."""
        parts = [f"type: {self.type}", *(f"{k}: {_written(v)}" for k, v in self.keys.items())]
        if self.custom:
            items = (f"{{property: {k}, value: {_written(v)}}}" for k, v in self.custom.items())
            parts.append(f"customProperties: [{', '.join(items)}]")
        return ", ".join(parts)

    @property
    def other(self) -> str:
        """The same where it is not connected."""
        return f'type: {self.type}, location: ""'


def address_of(told: str, schemes: Collection[str], password_from: str) -> SplitResult | None:
    """Return an address taken apart; None for what is none of these schemes.

    Raises:
        ValueError: It holds a password, which is read from elsewhere.
    """
    address = urlsplit(told)
    if address.scheme not in schemes:
        return None
    if address.password:
        raise ValueError(f"take the password out of the address; it is read from {password_from}")
    return address


def _written(value: str | int) -> str:
    """Return a value as YAML; what JSON quotes, YAML reads."""
    return json.dumps(value, ensure_ascii=False)
