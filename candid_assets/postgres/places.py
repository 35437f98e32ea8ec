"""A database as a person names it: by its address, without the password."""

from urllib.parse import parse_qs, unquote, urlsplit

from candid_assets.sources.places import Place

_SCHEMES = ("postgresql", "postgres")


def place_of(told: str) -> Place | None:
    """Return the place; None for what is no address of a database.

    Raises:
        ValueError: It holds a password or names no database.
    """
    address = urlsplit(told)
    if address.scheme not in _SCHEMES:
        return None
    if address.password:
        raise ValueError(
            "take the password out of the address; it is read from CANDID_PASSWORD_<NAME>,"
            " ~/.pgpass or a service file"
        )
    database = address.path.lstrip("/")
    if not database:
        raise ValueError("the address names no database: postgresql://user@host/database")
    host, port = unquote(address.hostname or "localhost"), address.port or 5432
    keys: dict[str, str | int] = {"host": host, "port": port, "database": database}
    if schema := parse_qs(address.query).get("schema"):
        keys["schema"] = schema[0]
    custom = {"user": unquote(address.username)} if address.username else {}
    kind = _SCHEMES[0]
    return Place(kind, kind, f"postgresql://{host}:{port}/{database}", keys, custom)
