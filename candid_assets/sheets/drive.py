"""Drive's view of a workbook: when it changed last, and whether it can be read at all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from gspread.urls import DRIVE_FILES_API_V3_URL

from candid_assets.sheets.client import checked
from candid_assets.sheets.errors import WHOLE_ACCOUNT, SheetsError, call_error
from candid_assets.sheets.session import SheetsSession

SPREADSHEET_TYPE: Final = "application/vnd.google-apps.spreadsheet"
_PARAMS: Final = {
    "supportsAllDrives": "true",
    "fields": "id,name,mimeType,modifiedTime,version,trashed",
    "prettyPrint": "false",
}


@dataclass(frozen=True, slots=True)
class FileState:
    """What Drive says about a file; equal states mean that nothing changed in between."""

    modified_time: datetime
    version: int
    name: str
    mime_type: str
    trashed: bool


def look(
    session: SheetsSession, spreadsheet_ids: Iterable[str]
) -> dict[str, FileState | SheetsError]:
    """Look at each file once; a refusal counts for that file alone.

    Files.list cannot ask for ids, so this is one small files.get per file.
    """
    found: dict[str, FileState | SheetsError] = {}
    stopped: SheetsError | None = None
    for spreadsheet_id in dict.fromkeys(spreadsheet_ids):
        if stopped is not None:
            found[spreadsheet_id] = stopped
            continue
        try:
            found[spreadsheet_id] = state_of(session, spreadsheet_id, workbook=spreadsheet_id)
        except SheetsError as error:
            found[spreadsheet_id] = error
            stopped = error if error.code in WHOLE_ACCOUNT else None
    return found


def state_of(session: SheetsSession, spreadsheet_id: str, *, workbook: str) -> FileState:
    """Return the state of one file, which `workbook` names in errors."""
    url = f"{DRIVE_FILES_API_V3_URL}/{quote(spreadsheet_id, safe='')}"
    return _state(session.get(url, _PARAMS, workbook=workbook, check=checked(_state)).body)


def require_readable(session: SheetsSession, state: FileState, *, workbook: str) -> None:
    """Raise the error of a file that is in the trash or is not a Google Sheet."""
    if state.trashed:
        raise SheetsError(
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
