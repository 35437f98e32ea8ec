"""Errors of calls to Google that failed in all their attempts, with their fixes."""

from typing import Final

from candid_assets.sources.source_errors import ErrorCode, SourceError, place

_API_FIX: Final = "enable the Google Sheets API and the Google Drive API in the account's project"
_CALL_ERRORS: Final[dict[ErrorCode, tuple[str, str]]] = {
    "not_shared": (
        "{place} is not shared with {account}",
        "share it with {account} as Viewer",
    ),
    "not_found": (
        "{place} was not found: it was deleted, moved, or is not shared with {account}",
        "check the spreadsheet id in the workbook's contract.yaml and share it with {account}"
        " as Viewer",
    ),
    "api_disabled": ("{place} cannot be read: a Google API is switched off{detail}", _API_FIX),
    "scope_insufficient": (
        "{place} cannot be read: the token of {account} lacks the read-only scopes{detail}",
        "use credentials that may ask for spreadsheets.readonly and drive.metadata.readonly",
    ),
    "scope_excess": (
        "{place} is not read: {account} may do more than read{detail}",
        "use a service account, or sign in again with no more than spreadsheets.readonly and"
        " drive.metadata.readonly",
    ),
    "domain_policy": (
        "{place} cannot be read: the policy of its Google domain keeps {account} out{detail}",
        "let the domain's administrator allow {account}, or sharing outside the domain",
    ),
    "office_file": (
        "{place} is an uploaded Office file, not a Google Sheet{detail}",
        "open it in Google Sheets, choose File > Save as Google Sheets, and put the new id in the"
        " workbook's contract.yaml",
    ),
    "bad_credentials": (
        "{place} cannot be read: Google refused the credentials of {account}{detail}",
        "point GOOGLE_APPLICATION_CREDENTIALS at a valid key file and check the computer's clock",
    ),
    "token_unavailable": (
        "{place} cannot be read: {account} got no access token{detail}",
        "run again in some minutes; if it stays, see whether the key file's token_uri is right",
    ),
    "quota_exhausted": (
        "{place} cannot be read: the quota of reads is used up{detail}",
        "run again in some minutes, or lower CANDID_READS_PER_MINUTE",
    ),
    "server_error": (
        "{place} cannot be read: Google answered with an error of its own{detail}",
        "run again; if it stays, open the tab in a browser and see whether it loads there",
    ),
    "network": (
        "{place} cannot be read: no connection{detail}",
        "check the network, and CANDID_GOOGLE_API_URL if it is set, then run again",
    ),
    "intercepted": (
        "{place} cannot be read: what answered was not Google{detail}",
        "sign this computer in to its network, or let its proxy pass sheets.googleapis.com,"
        " www.googleapis.com and oauth2.googleapis.com unchanged; then run again",
    ),
    "malformed": (
        "{place} cannot be read: the answer was cut off or is not what the API promises{detail}",
        "run again; if it stays, see whether a proxy changes the answers of googleapis.com",
    ),
    "bad_range": (
        "{place} cannot be read: the Sheets API refused its range{detail}",
        "see whether the tab was deleted, renamed or shrunk in this moment, then run again",
    ),
}


def call_error(
    code: ErrorCode, *, workbook: str, account: str, tab: str = "", detail: str = ""
) -> SourceError:
    """Return the error for a call to Google that failed for good."""
    message, fix = _CALL_ERRORS[code]
    values = {
        "place": place(workbook, tab),
        "account": account,
        "detail": f" ({detail})" if detail else "",
    }
    return SourceError(code, message.format(**values), fix.format(**values), workbook, tab)
