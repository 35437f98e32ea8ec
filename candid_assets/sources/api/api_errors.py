"""What an API and the way to it can refuse, as errors that name the place and the fix."""

import json
from typing import Final

from requests import RequestException

from candid_assets.contracts.catalog import Tab, Workbook
from candid_assets.sources.api.paging import ForeignAddressError, variable_of
from candid_assets.sources.source_errors import ErrorCode, SourceError, place, shortened

_STATUS: Final[dict[int, tuple[ErrorCode, str]]] = {
    401: ("bad_credentials", "check the key in {variable}, and auth: in {head}"),
    403: ("permission_denied", "let the key of {variable} read this path"),
    404: ("tab_missing", "correct physicalName in {file}, the path below the server's location"),
    429: ("quota_exhausted", "run again in some minutes; nothing else should use this key"),
}


def read_error(workbook: Workbook, env: str, tab: Tab, error: Exception) -> SourceError:
    """Return the error of a table that could not be read."""
    where = place(tab.workbook, tab.title)
    named = {
        "variable": variable_of(workbook, env),
        "head": workbook.path,
        "file": tab.path.name,
    }
    response = getattr(error, "response", None)
    code: ErrorCode = "network"
    told, fix = str(error), "check location: in {head}, that the API runs, and the network"
    if response is not None and response.status_code >= 400:
        status = response.status_code
        code, fix = _STATUS.get(
            status, ("server_error", "run again; if it stays, ask the API's owner")
        )
        told = f"the API answered {status} {response.reason}"
    elif isinstance(error, ForeignAddressError):
        code, fix = (
            "malformed",
            "ask the API's owner: only its own host is asked, for the key's sake",
        )
    elif isinstance(error, json.JSONDecodeError) or not isinstance(error, RequestException):
        code, told = "malformed", f"the answer is no JSON ({error})"
        fix = "run again; if it stays, see whether the path gives JSON"
    elif "IncompleteRead" in told or "ChunkedEncoding" in type(error).__name__:
        code, told = "malformed", "the answer was cut off"
        fix = "run again; if it stays, see whether a proxy cuts answers"
    elif "timed out" in told.lower():
        code, fix = "timed_out", "run again, or raise statementTimeout in {head}"
    message = f"{where} cannot be read: {shortened(told, 200)}"
    return SourceError(code, message, fix.format(**named), tab.workbook, tab.name)
