"""What Drive says of a workbook: when it changed last, and whether it can be read at all."""

import logging
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from gspread.urls import DRIVE_FILES_API_V3_URL

from candid_assets.sources.protocol import SourceState
from candid_assets.sources.sheets.answer_parts import (
    as_flag,
    as_list,
    as_text,
    checked,
    require_same,
)
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
    listed = _listed(session, ids) if len(ids) >= LISTED_FROM else {}
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
                certain = error.code in CERTAIN
                error = error.for_all(spreadsheet_id) if certain else error
                states[spreadsheet_id], stopped = error, error if certain else None
    return _merged(states)


def _merged(states: dict[str, FileState | SourceError]) -> dict[str, FileState | SourceError]:
    """Return the states, with one error for all files where each has the same of the account."""
    errors = [state for state in states.values() if isinstance(state, SourceError)]
    if len(errors) < len(states) or len({e.code for e in errors}) != 1:
        return states
    if not errors or errors[0].code not in WHOLE_ACCOUNT:
        return states
    shared = errors[0].for_all(next(iter(states)))
    return dict.fromkeys(states, shared)


def _listed(session: SheetsSession, ids: Collection[str]) -> dict[str, FileState] | SourceError:
    """Return the states that one listing gives; none where Drive does not list files.

    An error of the account is returned, because every other request would meet it again.
    """
    try:
        reply = session.get(
            DRIVE_FILES_API_V3_URL, _LIST, workbook="", check=checked(_files), retried=False
        )
    except SourceError as error:
        if error.code in CERTAIN:
            return error
        # The requests for each file that follow are retried, and give the cause.
        log.info("Drive gives no listing: %s", error)
        return {}
    states = {}
    for file in _files(reply.body):
        # An entry that is not as it should be is left to a request for the file alone.
        with suppress(KeyError, TypeError, ValueError):
            if file.get("id") in ids:
                states[file["id"]] = _state(file)
    return states


def _files(body: dict[str, Any]) -> list[dict[str, Any]]:
    return [file for file in as_list(body["files"]) if isinstance(file, dict)]


def state_of(session: SheetsSession, spreadsheet_id: str, *, workbook: str) -> FileState:
    """Return the state of one file, which `workbook` names in errors."""
    url = f"{DRIVE_FILES_API_V3_URL}/{quote(spreadsheet_id, safe='')}"

    def state(body: dict[str, Any]) -> FileState:
        require_same("id", spreadsheet_id, body["id"])
        return _state(body)

    return state(session.get(url, _GET, workbook=workbook, check=checked(state)).body)


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
    version = str(body["version"])
    if not version.isdecimal():
        raise ValueError(f"version {version!r} is no number")
    modified = datetime.fromisoformat(as_text(body["modifiedTime"]))
    if modified.tzinfo is None:
        raise ValueError(f"modifiedTime {body['modifiedTime']!r} has no time zone")
    return FileState(
        modified_time=modified,
        version=int(version),
        name=as_text(body.get("name", "")),
        mime_type=as_text(body["mimeType"]),
        trashed=as_flag(body.get("trashed", False)),
    )
