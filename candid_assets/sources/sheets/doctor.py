"""Checks the access to Google: key file, token, clock, APIs, workbooks, quota."""

import os
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final

import orjson
from gspread.urls import DRIVE_FILES_API_V3_URL, SPREADSHEET_URL

from candid_assets.contracts.catalog import Workbook
from candid_assets.findings import Finding, failed, note, ok
from candid_assets.regular_files import read_bytes
from candid_assets.settings import Settings
from candid_assets.sources.retry import RetryPolicy
from candid_assets.sources.sheets.drive import require_readable, state_of
from candid_assets.sources.sheets.session import SheetsSession
from candid_assets.sources.source_errors import SourceError

POLICY: Final = RetryPolicy(attempts=2, deadline=30.0, read_timeout=20.0)
"""Fewer attempts than a refresh: a check answers soon."""
SKEW_NOTED: Final = 60.0
SKEW_REFUSED: Final = 300.0
WHO: Final = "Google must know who reads"
NEW_KEY: Final = (
    "make a new key in Google Cloud > IAM > Service accounts > Keys and download the JSON"
)
NO_WORKBOOK: Final = "candid-doctor-asks-for-no-workbook"
_SCOPE_FIX: Final = (
    "use a service account, or sign in with `gcloud auth application-default login --scopes=...`"
    " naming spreadsheets.readonly, drive.metadata.readonly and cloud-platform"
)
_TYPES: Final = frozenset(
    {
        "service_account",
        "authorized_user",
        "impersonated_service_account",
        "external_account",
        "external_account_authorized_user",
    }
)


def findings(settings: Settings, workbooks: Sequence[Workbook]) -> Iterator[Finding]:
    """Check the access to Google step by step, until a step fails that the next ones need."""
    credentials = check_credentials(settings)
    yield credentials
    if credentials.state == "failed":
        return
    account, session = check_account(settings)
    yield from account
    if session is not None:
        with session:
            yield from check_google(session, workbooks, settings.env)


def check_credentials(settings: Settings) -> Finding:
    """Check the key file before anything is sent: there, readable, JSON, of a known type."""
    file = settings.credentials_file
    if file is None:
        return ok("credentials", "Application Default Credentials: no file is named")
    try:
        content = orjson.loads(read_bytes(file))
    except FileNotFoundError:
        fix = "set GOOGLE_APPLICATION_CREDENTIALS to the key file that you downloaded"
        return failed("credentials", f"{file} is missing", WHO, fix)
    except OSError as error:
        fix = f"make {file} readable for this user and nobody else: chmod 600 {file}"
        return failed("credentials", f"{file} cannot be read: {error.strerror}", WHO, fix)
    except orjson.JSONDecodeError:
        return failed("credentials", f"{file} is not JSON", WHO, NEW_KEY)
    return _content(file, content)


def _content(file: Path, content: object) -> Finding:
    kind = content.get("type") if isinstance(content, dict) else None
    if kind not in _TYPES:
        fix = f"{NEW_KEY}; an OAuth client or an API key is not enough"
        return failed("credentials", f"{file} is of type {kind!r}", WHO, fix)
    if _open_to_all(file):
        problem = f"{file} can be read by other users of this computer"
        return note("credentials", problem, "it is a password", f"chmod 600 {file}")
    return ok("credentials", f"{file} is of type {kind}")


def check_account(settings: Settings) -> tuple[list[Finding], SheetsSession | None]:
    """Check that the credentials can be used; return a session with them."""
    try:
        session = SheetsSession.from_settings(settings, policy=POLICY)
    except SourceError as error:
        return [failed("key", error.message, "no token can be requested", error.fix)], None
    return [ok("key", f"reads from {session.in_words}")], session


def check_google(
    session: SheetsSession, workbooks: Sequence[Workbook], env: str
) -> Iterator[Finding]:
    """Check what needs Google's answer: clock, token, both APIs, each workbook, the quota."""
    skew = _skew(session)
    yield _clock(skew)
    drive = _answer(session, DRIVE_FILES_API_V3_URL, {"pageSize": "1", "fields": "files(id)"})
    signed_in = drive is None or drive.code not in ("bad_credentials", "token_unavailable")
    if drive is not None and drive.code in ("network", "intercepted"):
        yield failed("Google", drive.message, "nothing can be read", drive.fix)
        return
    if not signed_in and drive is not None:
        yield _token(drive, skew, session.account)
        return
    yield ok("token", f"{session.account} gets tokens")
    yield _api("Google Drive API", drive)
    sheets = _answer(session, SPREADSHEET_URL % NO_WORKBOOK, {"fields": "spreadsheetId"})
    # The request is for a workbook that does not exist, so this error is the right answer.
    absent = sheets is not None and sheets.code in ("not_found", "not_shared")
    yield _api("Google Sheets API", None if absent else sheets)
    if drive is None:
        for workbook in workbooks:
            yield _workbook(session, workbook, env)
    yield _quota(session)


def _answer(session: SheetsSession, url: str, params: dict[str, str]) -> SourceError | None:
    try:
        session.get(url, params, workbook="")
    except SourceError as error:
        return error
    return None


def _skew(session: SheetsSession) -> float | None:
    """Return by how many seconds this computer's clock is ahead of Google's."""
    before = time.time()
    date = session.date_of_google()
    if date is None:
        return None
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return None
    return (before + time.time()) / 2 - moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()


def _clock(skew: float | None) -> Finding:
    if skew is None:
        fix = "check the network, and CANDID_GOOGLE_API_URL if it is set"
        return note("clock", "Google's clock could not be read", "the clocks are not compared", fix)
    way = "ahead of" if skew > 0 else "behind"
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
    message = f"this computer's clock ({now}) is {abs(skew):.0f} s {way} Google's"
    why = "Google refuses a token request that carries another time"
    fix = "switch on time synchronisation: sudo timedatectl set-ntp true"
    if abs(skew) >= SKEW_REFUSED:
        return failed("clock", message, why, fix)
    if abs(skew) >= SKEW_NOTED:
        return note("clock", message, why, fix)
    return ok("clock", "agrees with Google's")


def _token(error: SourceError, skew: float | None, account: str) -> Finding:
    why = "without a token nothing can be read"
    if skew is not None and abs(skew) >= SKEW_REFUSED:
        return failed("token", error.message, why, "set the clock right first")
    if error.code == "token_unavailable":
        return failed("token", error.message, why, error.fix)
    fix = (
        f"the key of {account} was deleted or the account is disabled: make a new key in Google"
        " Cloud > IAM > Service accounts and point GOOGLE_APPLICATION_CREDENTIALS at it"
    )
    return failed("token", error.message, why, fix)


def _api(name: str, error: SourceError | None) -> Finding:
    if error is None:
        return ok(name, "is enabled and answers")
    why = "workbooks are read through it"
    if error.code == "api_disabled":
        fix = f"enable it: Google Cloud console > APIs & Services > Library > {name} > Enable"
        return failed(name, "is not enabled in the account's project", why, fix)
    if error.code == "scope_insufficient":
        return failed(name, "the token lacks the read-only scopes", why, _SCOPE_FIX)
    return failed(name, error.message, why, error.fix)


def _workbook(session: SheetsSession, workbook: Workbook, env: str) -> Finding:
    check = f"workbook {workbook.name}"
    spreadsheet_id = workbook.locations.get(env)
    if not spreadsheet_id:
        fix = f"put its spreadsheet id as location of the {env} server in {workbook.path}"
        return note(check, f"is not connected in {env}", "its tabs are not read", fix)
    try:
        state = state_of(session, spreadsheet_id, workbook=workbook.name)
        require_readable(session, state, workbook=workbook.name)
    except SourceError as error:
        if error.code == "not_found":
            # Drive answers the same for files that are missing and not shared; Sheets does not.
            url = SPREADSHEET_URL % spreadsheet_id
            error = _closer(session, url, workbook.name) or error
        return failed(check, error.message, "its tabs keep their last good tables", error.fix)
    return ok(check, f"{state.name}, edited {state.modified_time:%Y-%m-%d %H:%M} UTC")


def _closer(session: SheetsSession, url: str, workbook: str) -> SourceError | None:
    try:
        session.get(url, {"fields": "spreadsheetId"}, workbook=workbook)
    except SourceError as error:
        return error if error.code == "not_shared" else None
    return None


def _quota(session: SheetsSession) -> Finding:
    left, total = session.quota.left(), session.quota.per_minute
    message = f"{left} of {total} reads of this minute are left"
    if left < total // 2:
        fix = "wait a minute; nothing else should use this account"
        return note("quota", message, "a full refresh waits for the quota", fix)
    return ok("quota", message)


def _open_to_all(file: Path) -> bool:
    return os.name == "posix" and bool(file.stat().st_mode & 0o077)
