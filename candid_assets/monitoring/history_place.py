"""Where Dagster's history is, if it is shared: as messages name it, and what is wrong with it."""

from typing import Final
from urllib.parse import urlsplit

from candid_assets.errors import CandidError
from candid_assets.settings import Settings
from candid_assets.storage_errors import chain_of

EXAMPLE: Final = "postgresql://user@host/candid"


class SharedHistoryError(CandidError):
    """Dagster's history cannot be kept where CANDID_HISTORY_URL says."""


def history_place(url: str) -> str:
    """Return the host and the database of an address, without user and password.

    Raises:
        SharedHistoryError: It is no address of a PostgreSQL database.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        parts, host, port = urlsplit(""), None, None
    database = parts.path.strip("/")
    if parts.scheme != "postgresql" or not host or not database:
        message = "CANDID_HISTORY_URL is no address of a PostgreSQL database"
        raise SharedHistoryError(message, f"write it as {EXAMPLE}, or leave it out")
    return f"{host}:{port or 5432}/{database}"


def shared_place(settings: Settings) -> str | None:
    """Return the place of the history that CANDID_HISTORY_URL names; None if it is in files.

    Raises:
        SharedHistoryError: It is no address of a PostgreSQL database.
    """
    url = settings.history_url
    return None if url is None else history_place(url.get_secret_value())


def shared_problem(error: BaseException, place: str) -> tuple[str, str]:
    """Return what is wrong with a shared history, in one line, and the fix."""
    if isinstance(error, SharedHistoryError):
        return error.message, error.fix
    first = [str(cause).splitlines()[0] for cause in chain_of(error) if str(cause)]
    said = first[-1] if first else type(error).__name__
    what = f"Dagster's history in {place} cannot be used ({said})"
    return what, "start its server, or correct CANDID_HISTORY_URL"
