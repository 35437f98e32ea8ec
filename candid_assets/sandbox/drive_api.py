"""The part of the Google Drive API v3 that describes files: files.get and files.list."""

from collections.abc import Callable
from typing import Any, Final

from candid_assets.sandbox.drive_search import matches, parse_search
from candid_assets.sandbox.errors import GoogleError, bad_mask, file_not_found
from candid_assets.sandbox.mask_fields import FILE, FILE_LIST
from candid_assets.sandbox.masks import Mask, apply_mask, check_mask, parse_mask
from candid_assets.sandbox.query import Query
from candid_assets.sandbox.store import WorkbookFolder
from candid_assets.sandbox.workbook import SampleWorkbook

_DEFAULT_FILE: Final[Mask] = {"kind": {}, "id": {}, "name": {}, "mimeType": {}}
_DEFAULT_LIST: Final[Mask] = {
    "kind": {},
    "incompleteSearch": {},
    "nextPageToken": {},
    "files": _DEFAULT_FILE,
}


def get_file(folder: WorkbookFolder, file_id: str, query: Query) -> dict[str, Any]:
    """Answer `files.get`; a file that is not shared is not found, as at Google."""
    head = folder.head(file_id)
    hidden = head is not None and head.drive_id and not query.flag("supportsAllDrives")
    if head is None or not head.shared or hidden:
        raise file_not_found(file_id)
    answer: dict[str, Any] = apply_mask(_file(head), _mask(query, _DEFAULT_FILE, FILE))
    return answer


def list_files(folder: WorkbookFolder, query: Query) -> dict[str, Any]:
    """Answer `files.list`: the shared files that the search `q` finds, page by page."""
    search = parse_search(query.get("q"))
    all_drives = query.flag("includeItemsFromAllDrives") and query.flag("supportsAllDrives")
    mask = _mask(query, _DEFAULT_LIST, FILE_LIST)
    files = [
        file
        for head in folder.heads()
        if head.shared and (all_drives or not head.drive_id)
        for file in [_file(head)]
        if matches(search, file)
    ]
    for key in reversed(query.get("orderBy").split(",")):
        name, _, way = key.strip().partition(" ")
        if name in ("name", "modifiedTime", "createdTime", "name_natural"):
            by = "name" if name.startswith("name") else name
            files = sorted(files, key=_sort_key(by), reverse=way == "desc")
    size = _page_size(query)
    start = _page_start(query.get("pageToken"))
    answer: dict[str, Any] = {
        "kind": "drive#fileList",
        "incompleteSearch": False,
        "files": files[start : start + size],
    }
    if start + size < len(files):
        answer["nextPageToken"] = f"~!!~{start + size}"
    kept: dict[str, Any] = apply_mask(answer, mask)
    return kept


def _sort_key(name: str) -> Callable[[dict[str, Any]], str]:
    return lambda file: str(file[name]).casefold()


def _file(book: SampleWorkbook) -> dict[str, Any]:
    file: dict[str, Any] = {
        "kind": "drive#file",
        "id": book.spreadsheet_id,
        "name": book.title,
        "mimeType": book.mime_type,
        "version": str(book.version),
        "createdTime": "2024-01-02T03:04:05.000Z",
        "modifiedTime": book.modified_time,
        "trashed": book.trashed,
        "explicitlyTrashed": book.trashed,
        "shared": True,
        "ownedByMe": False,
        "webViewLink": f"https://docs.google.com/spreadsheets/d/{book.spreadsheet_id}/edit",
        "lastModifyingUser": {"kind": "drive#user", "displayName": "Admin Candid", "me": False},
    }
    if book.drive_id:
        file["driveId"] = book.drive_id
    return file


def _mask(query: Query, default: Mask, vocabulary: dict[str, Any]) -> Mask:
    text = query.get("fields") or query.get("$fields")
    if not text:
        return default
    mask = parse_mask(text, "drive")
    check_mask(mask, vocabulary, "drive", text)
    if "" in mask:
        raise bad_mask(text, "drive", text)
    return mask


def _invalid(name: str, message: str) -> GoogleError:
    legacy = {"reason": "invalid", "location": name, "locationType": "parameter"}
    return GoogleError(400, message, legacy=legacy)


def _page_size(query: Query) -> int:
    text = query.get("pageSize", "100")
    if not text.isdigit() or not 1 <= int(text) <= 1000:
        raise _invalid(
            "pageSize", f"Invalid value '{text}'. Values must be within the range: [1, 1000]"
        )
    return int(text)


def _page_start(token: str) -> int:
    if not token:
        return 0
    rest = token.removeprefix("~!!~")
    if not rest.isdigit():
        raise _invalid("pageToken", "Invalid Value")
    return int(rest)
