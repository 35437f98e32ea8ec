"""The only way to change a sheet: one call that sets cells, with credentials of its own.

Only `publishing` imports this module, for changes that a person approved. Readers never request
this scope, and no refresh opens the file of the key that may write.
"""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import orjson
from google.auth.exceptions import GoogleAuthError
from google.oauth2 import service_account

from candid_assets.regular_files import read_bytes
from candid_assets.settings import Settings
from candid_assets.sources.retry import CallFailedError
from candid_assets.sources.sheets.chunks import quoted_title
from candid_assets.sources.sheets.session import SheetsSession
from candid_assets.sources.source_errors import SourceError

WRITE_SCOPE: Final = "https://www.googleapis.com/auth/spreadsheets"
_URL: Final = "https://sheets.googleapis.com/v4/spreadsheets/%s/values:batchUpdate"
_VARIABLE: Final = "CANDID_WRITE_CREDENTIALS"


def set_cells(
    settings: Settings, spreadsheet_id: str, title: str, cells: Mapping[str, Any], *, workbook: str
) -> None:
    """Set cells of one tab, all in one call that is sent once; an empty text clears a cell.

    Args:
        settings: Where the credentials for writing are.
        spreadsheet_id: The workbook.
        title: The tab; every cell is addressed in it.
        cells: Address such as `B7` to its value.
        workbook: The workbook's name, for errors.

    Raises:
        SourceError: The credentials cannot be used, or Google refused.
    """
    quoted = quoted_title(title)
    body = {
        "valueInputOption": "RAW",
        "data": [{"range": f"{quoted}!{at}", "values": [[v]]} for at, v in cells.items()],
    }
    url = _URL % quote(spreadsheet_id, safe="")
    with SheetsSession(_credentials(settings), base_url=settings.google_api_url) as session:
        try:
            # Sent once: if no answer comes, the tab is read to see whether the cells were set.
            session.http.request("post", url, json=body, retried=False)
        except CallFailedError as failure:
            raise session.error(failure, workbook=workbook, tab=title) from failure


def _credentials(settings: Settings) -> Any:
    file = settings.write_credentials_file
    fix = f"set {_VARIABLE} to the key file of a service account that is Editor of this workbook"
    if file is None:
        raise SourceError("bad_credentials", "no credentials for writing are set", fix)
    try:
        key = orjson.loads(read_bytes(file))
        # google-auth has no annotations for this.
        credentials = service_account.Credentials.from_service_account_info(  # type: ignore[no-untyped-call]
            key, scopes=[WRITE_SCOPE]
        )
    except (GoogleAuthError, OSError, ValueError) as error:
        raise SourceError("bad_credentials", f"{file} cannot be used: {error}", fix) from error
    account = key["client_email"]
    if settings.credentials_file is not None and account == _account(settings.credentials_file):
        message = f"{_VARIABLE} is a key of {account}, the account that refreshes read with"
        raise SourceError("bad_credentials", message, fix)
    return credentials


def _account(file: Path) -> str | None:
    """Return whose key a file holds, whichever of the account's keys it is."""
    with suppress(OSError, ValueError, TypeError, KeyError):
        return str(orjson.loads(read_bytes(file))["client_email"])
    return None
