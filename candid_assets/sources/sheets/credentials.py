"""Read-only credentials: a service account's key file or Application Default Credentials."""

from pathlib import Path
from typing import Any, Final, cast

import google.auth
import orjson
from google.auth import _cloud_sdk
from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError
from google.oauth2 import service_account

from candid_assets.regular_files import read_bytes
from candid_assets.sources.source_errors import SourceError

SCOPES: Final = (
    "https://www.googleapis.com/auth/spreadsheets.readonly",
    "https://www.googleapis.com/auth/drive.metadata.readonly",
)
"""The only scopes ever requested."""
_HARMLESS: Final = frozenset(
    {
        "openid",
        "https://www.googleapis.com/auth/userinfo.email",
        "https://www.googleapis.com/auth/userinfo.profile",
    }
)
"""Scopes that only identify a person."""
UNNAMED: Final = "the account of your Google credentials"


def load_credentials(file: Path | None) -> Credentials:
    """Return read-only credentials from a key file, else Application Default Credentials."""
    try:
        return cast(Credentials, _default() if file is None else _from_file(file))
    except (GoogleAuthError, OSError, ValueError, AttributeError) as error:
        named = f"the credentials file {file}" if file else "Google's default credentials"
        raise SourceError(
            "bad_credentials",
            f"{named} cannot be used ({type(error).__name__}: {error})",
            "set GOOGLE_APPLICATION_CREDENTIALS to the JSON key file of the service account",
        ) from error


def account_of(credentials: Credentials) -> str:
    """Return the e-mail address that workbooks are shared with, or words for an unknown one."""
    email = getattr(credentials, "service_account_email", None)
    # A metadata server sends the address only with the first token.
    email = None if email == "default" else email
    return str(email or getattr(credentials, "account", "") or UNNAMED)


def beyond_reading(credentials: Credentials) -> tuple[str, ...]:
    """Return the scopes that credentials have or request beyond those for reading."""
    named = ("scopes", "granted_scopes", "_target_scopes")
    scopes = {scope for name in named for scope in getattr(credentials, name, None) or ()}
    return tuple(sorted(scopes - set(SCOPES) - _HARMLESS))


def _default() -> Any:
    """Return the default credentials: of the file that gcloud writes, else of this machine.

    With that file Google's library requests no scopes, and would get all that were granted at
    sign-in.
    """
    file = Path(_gcloud_file())
    if file.is_file():
        return _from_file(file)
    credentials, _ = google.auth.default(scopes=SCOPES)
    return credentials


def _from_file(file: Path) -> Any:
    info = orjson.loads(read_bytes(file))
    if info.get("type") == "service_account":
        return _service_account(info, scopes=SCOPES)
    if "type" not in info:
        raise ValueError("it does not say which type of account it is for")
    # The operator's own file, named in the environment: other kinds of accounts are as welcome.
    credentials, _ = _any_kind(str(file), scopes=SCOPES)
    return credentials


# google-auth has no annotations for these.
_gcloud_file: Any = _cloud_sdk.get_application_default_credentials_path
_service_account: Any = service_account.Credentials.from_service_account_info
_any_kind: Any = google.auth.load_credentials_from_file
