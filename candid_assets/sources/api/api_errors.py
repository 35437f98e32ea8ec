"""Errors of reading an API, which name the place, the cause and the fix."""

import json
from collections.abc import Callable
from typing import Final

from requests import RequestException, Response
from requests.exceptions import ConnectionError as NoConnectionError
from requests.exceptions import InvalidSchema, InvalidURL, MissingSchema

from candid_assets.contracts.catalog import Tab, Workbook
from candid_assets.sources.api.answers import NoRecordsError
from candid_assets.sources.api.client import ForeignAddressError, WebPageError
from candid_assets.sources.passwords import hiding_password, password_variable
from candid_assets.sources.source_errors import ErrorCode, SourceError, place, shortened
from candid_assets.sources.web_pages import page_in

_QUOTED: Final = 600
"""Bytes of an error's body that are looked at."""
_STATUS: Final[dict[int, tuple[ErrorCode, str]]] = {
    401: ("bad_credentials", "check the key in {variable}, and auth: in {head}"),
    403: ("permission_denied", "let the key of {variable} read this path"),
    404: ("tab_missing", "correct physicalName in {file}, the path below the server's location"),
    429: ("quota_exhausted", "run again in some minutes; nothing else should use this key"),
}


_NO_ANSWER: Final = ("Connection aborted", "RemoteDisconnected", "Connection reset", "Broken pipe")


def _answered(response: Response, hide: Callable[[str], str]) -> str:
    """Return the status of an answer and the start of its body, of which only text is taken."""
    status = f"{response.status_code} {hide(response.reason or '')}".strip()
    # Hidden before it is cut, which could leave a part of what is to be hidden.
    start = hide(response.content[: 2 * _QUOTED].decode("utf-8", errors="replace"))[:_QUOTED]
    body = shortened("".join(c if c.isprintable() else " " for c in start), 160)
    return f"{status}: {body}" if body else status


def _has_connected(error: RequestException) -> bool:
    """Whether the server was there, and broke off when it was asked for this table."""
    return isinstance(error, NoConnectionError) and any(w in str(error) for w in _NO_ANSWER)


def read_error(workbook: Workbook, env: str, tab: Tab, error: Exception) -> SourceError:
    """Return the error of a table that could not be read."""
    where = place(tab.workbook, tab.title)
    named = {
        "variable": password_variable(workbook, env),
        "head": workbook.path,
        "location": workbook.locations[env],
        "file": tab.path.name,
    }
    hide = hiding_password(workbook, env)
    response = getattr(error, "response", None)
    code: ErrorCode = "network"
    cause, fix = str(error), "check location: in {head}, that the API runs, and the network"
    page = page_in(response.content) if response is not None else ""
    if page or isinstance(error, WebPageError):
        code, fix = "intercepted", "let the computer's network or its proxy pass {location}"
        status = f"{response.status_code} with " if response is not None else ""
        cause = f"what answered was not the API ({status}{page or error})"
    elif response is not None and response.status_code >= 400:
        code, fix = _STATUS.get(
            response.status_code, ("server_error", "run again; if it stays, ask the API's owner")
        )
        cause = f"the API answered {_answered(response, hide)}"
    elif isinstance(error, ForeignAddressError | InvalidSchema | InvalidURL | MissingSchema):
        code, fix = (
            "malformed",
            "ask the API's owner: the key is sent to the API's own host only",
        )
    elif isinstance(error, NoRecordsError):
        code, fix = "malformed", "correct recordsAt in {file}, or nextAt there or in {head}"
    elif isinstance(error, json.JSONDecodeError) or not isinstance(error, RequestException):
        code, cause = "malformed", f"the answer is no JSON ({error})"
        fix = "run again; if it stays, see whether the path gives JSON"
    elif "IncompleteRead" in cause or "ChunkedEncoding" in type(error).__name__:
        code, cause = "malformed", "the answer was cut off"
        fix = "run again; if it stays, see whether a proxy cuts answers"
    elif isinstance(error, RequestException) and _has_connected(error):
        code, cause = "connection_lost", f"the connection was lost ({cause})"
        fix = "run again; if it stays, ask the API's owner"
    elif "timed out" in cause.lower():
        code, fix = "timed_out", "run again, or raise statementTimeout in {head}"
    message = f"{where} cannot be read: {shortened(hide(cause), 300)}"
    return SourceError(code, message, fix.format(**named), tab.workbook, tab.name)
