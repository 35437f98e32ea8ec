"""The names a `fields` mask may use, as trees; None is a part the sandbox does not look into."""

from typing import Any, Final


def _whole(*names: str) -> dict[str, Any]:
    return dict.fromkeys(names)


_GRID_RANGE: Final = _whole(
    "sheetId", "startRowIndex", "endRowIndex", "startColumnIndex", "endColumnIndex"
)
_SHEET_PROPERTIES: Final = {
    **_whole("sheetId", "title", "index", "sheetType", "hidden", "rightToLeft"),
    **_whole("tabColor", "tabColorStyle", "dataSourceSheetProperties"),
    "gridProperties": _whole(
        "rowCount",
        "columnCount",
        "frozenRowCount",
        "frozenColumnCount",
        "hideGridlines",
        "rowGroupControlAfter",
        "columnGroupControlAfter",
    ),
}
_VALUE: Final = {
    **_whole("numberValue", "stringValue", "boolValue", "formulaValue"),
    "errorValue": _whole("type", "message"),
}
_FORMAT: Final = {
    **_whole("backgroundColor", "backgroundColorStyle", "borders", "padding", "wrapStrategy"),
    **_whole("horizontalAlignment", "verticalAlignment", "textDirection", "textFormat"),
    **_whole("textRotation", "hyperlinkDisplayType"),
    "numberFormat": _whole("type", "pattern"),
}
_CELL: Final = {
    "userEnteredValue": _VALUE,
    "effectiveValue": _VALUE,
    "userEnteredFormat": _FORMAT,
    "effectiveFormat": _FORMAT,
    "dataValidation": _whole("condition", "inputMessage", "strict", "showCustomUi"),
    **_whole("formattedValue", "hyperlink", "note", "textFormatRuns", "chipRuns"),
    **_whole("pivotTable", "dataSourceTable", "dataSourceFormula"),
}
_DIMENSION: Final = _whole(
    "hiddenByFilter", "hiddenByUser", "pixelSize", "developerMetadata", "dataSourceColumnReference"
)
_SHEET: Final = {
    "properties": _SHEET_PROPERTIES,
    "merges": _GRID_RANGE,
    "data": {
        **_whole("startRow", "startColumn"),
        "rowData": {"values": _CELL},
        "rowMetadata": _DIMENSION,
        "columnMetadata": _DIMENSION,
    },
    **_whole("conditionalFormats", "filterViews", "protectedRanges", "basicFilter"),
    **_whole("charts", "bandedRanges", "developerMetadata", "rowGroups", "columnGroups"),
    **_whole("slicers", "tables", "commentAnchors"),
}
SPREADSHEET: Final[dict[str, Any]] = {
    "spreadsheetId": None,
    "properties": {
        **_whole("title", "locale", "autoRecalc", "timeZone", "defaultFormat"),
        **_whole("iterativeCalculationSettings", "spreadsheetTheme"),
        "importFunctionsExternalUrlAccessAllowed": None,
    },
    "sheets": _SHEET,
    "namedRanges": {"namedRangeId": None, "name": None, "range": _GRID_RANGE},
    **_whole("comments", "commentsViewMode"),
    **_whole("spreadsheetUrl", "developerMetadata", "dataSources", "dataSourceSchedules"),
}
VALUE_RANGE: Final[dict[str, Any]] = _whole("range", "majorDimension", "values")
VALUE_RANGES: Final[dict[str, Any]] = {"spreadsheetId": None, "valueRanges": VALUE_RANGE}

_PERSON: Final = _whole("kind", "displayName", "emailAddress", "me", "photoLink", "permissionId")
FILE: Final[dict[str, Any]] = {
    **_whole("kind", "id", "name", "mimeType", "version", "createdTime", "modifiedTime"),
    **_whole("trashed", "explicitlyTrashed", "trashedTime", "trashingUser", "starred", "shared"),
    **_whole("ownedByMe", "driveId", "teamDriveId", "parents", "spaces", "owners", "description"),
    **_whole("permissions", "permissionIds", "hasAugmentedPermissions", "capabilities"),
    **_whole("inheritedPermissionsDisabled", "isAppAuthorized", "sharingUser", "writersCanShare"),
    **_whole("viewersCanCopyContent", "copyRequiresWriterPermission", "downloadRestrictions"),
    **_whole("webViewLink", "webContentLink", "iconLink", "thumbnailLink", "thumbnailVersion"),
    **_whole("hasThumbnail", "exportLinks", "resourceKey", "linkShareMetadata", "labelInfo"),
    **_whole("modifiedByMe", "modifiedByMeTime", "viewedByMe", "viewedByMeTime"),
    **_whole("sharedWithMeTime", "properties", "appProperties", "contentHints"),
    **_whole("contentRestrictions", "clientEncryptionDetails", "shortcutDetails"),
    **_whole("imageMediaMetadata", "videoMediaMetadata", "folderColorRgb", "originalFilename"),
    **_whole("fileExtension", "fullFileExtension", "quotaBytesUsed", "size", "headRevisionId"),
    **_whole("md5Checksum", "sha1Checksum", "sha256Checksum"),
    "lastModifyingUser": _PERSON,
}
FILE_LIST: Final[dict[str, Any]] = {
    **_whole("kind", "incompleteSearch", "nextPageToken"),
    "files": FILE,
}
