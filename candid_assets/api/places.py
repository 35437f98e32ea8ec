"""An API as a person names it: by its address."""

from urllib.parse import urlsplit

from candid_assets.sources.places import Place

KIND = "api"


def place_of(told: str) -> Place | None:
    """Return the place; None for what is no address of the web, or is a page of Google's.

    Raises:
        ValueError: It holds a password.
    """
    address = urlsplit(told)
    if address.scheme not in ("http", "https") or address.hostname == "docs.google.com":
        return None
    if address.password:
        raise ValueError(
            "take the password out of the address; it is read from CANDID_PASSWORD_<NAME>"
        )
    location = told.rstrip("/")
    return Place(KIND, KIND, location, {"location": location})
