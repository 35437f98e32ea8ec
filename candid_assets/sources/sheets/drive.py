"""What Drive says of a workbook: when it changed last, and whether it can be read at all."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from gspread.urls import DRIVE_FILES_API_V3_URL

from candid_assets.sources.protocol import SourceState
from candid_assets.sources.sheets.client import checked
from candid_assets.sources.sheets.google_errors import call_error
from candid_assets.sources.sheets.session import SheetsSession
from candid_assets.sources.source_errors import CERTAIN, WHOLE_ACCOUNT, SourceError

log = logging.getLogger(__name__)

SPREADSHEET_TYPE: Final = "application/vnd.google-apps.spreadsheet"
_FIELDS: Final = "id,name,mimeType,modifiedTime,version,trashed"
_GET: Final = {"supportsAllDrives": "true", "fields": _FIELDS, "prettyPrint": "false"}
_LIST: Final = {
    "supportsAllDrives": "true",
    "includeItemsFromAllDrives": "true",
    "orderBy": "modifiedTime desc",
    "pageSize": "1000",
    "fields": f"files({_FIELDS})",
    "prettyPrint": "false",
}
LISTED_FROM: Final = 3
"""Number of files from which on one listing is cheaper than a request for each."""


@dataclass(frozen=True, slots=True)
class FileState(SourceState):
    """What Drive says about a file; equal states mean that nothing changed in between."""

    mime_type: str
    trashed: bool

    @property
    def in_words(self) -> str:
        """The state in words."""
        trashed = ", in the trash" if self.trashed else ""
        return f"edited {self.modified_time.isoformat()}, version {self.version}{trashed}"


def file_states(
    session: SheetsSession, spreadsheet_ids: Iterable[str]
) -> dict[str, FileState | SourceError]:
    """Return the state of each file by its id; an error is that file's alone.

    One listing gives the files changed last. Those that it does not name are fetched one by one,
    because a listing gives no reason for what is missing. It may also lag behind: a state older
    than the file's only means that the file is read once more.
    """
    ids = list(dict.fromkeys(spreadsheet_ids))
    states: dict[str, FileState | SourceError] = {}
    listed = _listed(session) if len(ids) >= LISTED_FROM else {}
    stopped = listed.for_all("") if isinstance(listed, SourceError) else None
    for spreadsheet_id in ids:
        if stopped is not None:
            states[spreadsheet_id] = stopped
        elif isinstance(listed, dict) and spreadsheet_id in listed:
            states[spreadsheet_id] = listed[spreadsheet_id]
        else:
            try:
                states[spreadsheet_id] = state_of(session, spreadsheet_id, workbook=spreadsheet_id)
            except SourceError as error:
                shared = error.code in WHOLE_ACCOUNT
                error = error.for_all(spreadsheet_id) if shared else error
                states[spreadsheet_id], stopped = error, error if shared else None
    return states


def _listed(session: SheetsSession) -> dict[str, FileState] | SourceError:
    """Return the states that one listing gives; none where Drive does not list files.

    An error of the account is returned, because every other request would meet it again.
    """
    try:
        reply = session.get(
            DRIVE_FILES_API_V3_URL, _LIST, workbook="", check=checked(_states), retried=False
        )
    except SourceError as error:
        if error.code in CERTAIN:
            return error
        # The requests for each file that follow are retried, and give the cause.
        log.info("Drive gives no listing: %s", error)
        return {}
    return _states(reply.body)


def _states(body: dict[str, Any]) -> dict[str, FileState]:
    return {str(file["id"]): _state(file) for file in body["files"]}


def state_of(session: SheetsSession, spreadsheet_id: str, *, workbook: str) -> FileState:
    """Return the state of one file, which `workbook` names in errors."""
    url = f"{DRIVE_FILES_API_V3_URL}/{quote(spreadsheet_id, safe='')}"
    return _state(session.get(url, _GET, workbook=workbook, check=checked(_state)).body)


def require_readable(session: SheetsSession, state: FileState, *, workbook: str) -> None:
    """Raise the error of a file that is in the trash or is not a Google Sheet."""
    if state.trashed:
        raise SourceError(
            "not_found",
            f"workbook {workbook} ({state.name}) is in the trash",
            "restore it in Google Drive, or retire its contract",
            workbook,
        )
    if state.mime_type != SPREADSHEET_TYPE:
        raise call_error(
            "office_file", workbook=workbook, account=session.account, detail=state.mime_type
        )


def _state(body: dict[str, Any]) -> FileState:
    return FileState(
        modified_time=datetime.fromisoformat(body["modifiedTime"]),
        version=int(body["version"]),
        name=str(body.get("name", "")),
        mime_type=str(body["mimeType"]),
        trashed=bool(body.get("trashed", False)),
    )
