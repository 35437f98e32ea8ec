"""A JSON API as a kind of source: its address on the web."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from candid_assets.contracts.custom_properties import Pagination
from candid_assets.source_kinds.kind import Kind, ServerFaultError, Words
from candid_assets.source_kinds.places import Place, address_of


@dataclass(frozen=True, slots=True)
class ApiOptions:
    """How an API is read; each field is one custom property of the head's server."""

    user: str | None = None
    """Name that signs in with `auth: basic`."""
    password_variable: str | None = None
    """Environment variable that holds the password or token."""
    statement_timeout: int | None = None
    """Seconds that one request may take."""
    auth: Literal["none", "bearer", "basic", "api_key"] = "none"
    """How requests sign in; the secret is in the environment variable named."""
    key_name: str = "Authorization"
    """Header or query parameter that carries an API key."""
    key_in: Literal["header", "query"] = "header"
    """Where a request carries the API key."""
    pagination: Pagination = "none"
    """How the next page is found, of every table whose contract says nothing else."""
    next_at: str | None = None
    """Path in an answer to the next page's address or cursor, or in the last record to its key."""
    page_parameter: str | None = None
    """Query parameter of the page, offset or cursor."""
    size_parameter: str | None = None
    """Query parameter of the page's size."""
    page_size: int = 100
    """Records of one page."""
    first_page: int = 1
    """Number of the first page."""
    total_at: str | None = None
    """Path in an answer to the number of records of all pages."""
    ignored_signs: tuple[str, ...] = ()
    """Paths in an answer, or headers, that look like signs of more pages and are none."""
    since_parameter: str | None = None
    """Query parameter that carries the cursor's last value."""
    requests_per_minute: Annotated[int, Field(ge=1)] | None = None
    """How many requests are sent at most, evenly spaced, by all processes of this user."""
    most_pages: int = 10_000
    """Pages after which reading gives up."""


def place_of(source: str) -> Place | None:
    """Return the API at an address; None for what is no address of the web.

    Raises:
        ValueError: The address holds a password.
    """
    if address_of(source, KIND.schemes, "CANDID_PASSWORD_<NAME>") is None:
        return None
    location = source.rstrip("/")
    return Place(KIND.name, KIND.name, location, {"location": location})


def location_of(env: str, keys: Mapping[str, Any]) -> str:
    """Return the address that the paths of all tables begin with."""
    if keys.get("location") is None:
        fix = 'write the address of the API, or location: "" while it is not connected'
        raise ServerFaultError("", f"the {env} server has no location", fix)
    location = str(keys["location"]).strip().rstrip("/")
    if location and not re.match(r"https?://[^\s/]", location):
        message = f"location {location!r} is no address of an API"
        raise ServerFaultError("location", message, "write it as https://host/path")
    return location


KIND = Kind(
    name="api",
    layer="api",
    schemes=("http", "https"),
    words=Words(
        table="The records at '{}' of an API",
        tables=" of an API",
        inside="in the API",
        undo="bring the records back in the application behind the API",
        task_words=("api", "apis", "records"),
        address="the address of a JSON API",
    ),
    reader="candid_assets.sources.api.reader",
    place_of=place_of,
    location_of=location_of,
    options=ApiOptions,
    lists_tables=False,
    examples=("https://api.example.com/v1 --workbook toko --tab orders",),
)
