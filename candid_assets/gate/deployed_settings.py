"""The settings that decide what production reads and publishes: they are deployed like the code.

`production.env` in the repository says them, so that a plan shows their change and people sign it.
What it does not name has its default. Secrets, limits and where alerts go are no part of it.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from dotenv import dotenv_values

from candid_assets.gate.content import PRODUCTION_SETTINGS, Installation
from candid_assets.gate.errors import GateError
from candid_assets.settings import Settings

READ_ACCOUNT: Final = "CANDID_READ_ACCOUNT"
"""The e-mail of the account that reads Google; the key itself is no matter of the repository."""
_OWN: Final = {
    "CANDID_GOOGLE_API_URL": "google_api_url",
    "CANDID_DATA_DIR": "data_root",
    "CANDID_KEEP_RUNS_DAYS": "keep_runs_days",
    "CANDID_KEEP_LOGS_DAYS": "keep_logs_days",
}
_HOME: Final = "DAGSTER_HOME"
_PATHS: Final = ("CANDID_DATA_DIR", _HOME)
_CERTIFICATES: Final = (
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "AWS_CA_BUNDLE"),
    "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH",
)
"""Whoever chooses whom to trust chooses who answers for Google."""
_SYSTEMS: Final = ("/etc/", "/usr/", "/nix/", "/opt/homebrew/")
"""Where an operating system keeps the certificates that it trusts."""
_OTHERS: Final = (
    *("GCE_METADATA_HOST", "GCE_METADATA_ROOT", "GCE_METADATA_IP", "CLOUDSDK_CONFIG"),
    *("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_CONFIG_FILE", "AWS_PROFILE"),
    *("DUCKDB_EXTENSION_DIRECTORY", "GOOGLE_API_USE_MTLS_ENDPOINT"),
)
_SECRET: Final = ("PGPASSWORD", "PGPASSFILE", "PGSSLPASSWORD")
_PREFIXES: Final = ("PG", "CANDID_DESTINATION_")
"""Variables that libraries read beside the catalog: PostgreSQL's host, service, options, user."""


def deployed_settings(installation: Installation) -> dict[str, str]:
    """Return what the repository says of production's settings, by variable."""
    file = installation.root / PRODUCTION_SETTINGS
    said = dotenv_values(file, interpolate=False) if file.is_file() else {}
    return {name: value for name, value in said.items() if value}


def read_account(installation: Installation) -> str | None:
    """Return the e-mail of the account that production reads Google with, if that is said."""
    return deployed_settings(installation).get(READ_ACCOUNT)


def require_deployed_settings(
    settings: Settings, installation: Installation, variables: Mapping[str, str] = os.environ
) -> None:
    """Return if what this process reads and publishes is decided as it was deployed.

    Raises:
        GateError: A setting has another value; it is named.
    """
    said = deployed_settings(installation)
    unknown = sorted(name for name in said if not _decides(name) and name != READ_ACCOUNT)
    if unknown:
        raise GateError(
            f"{PRODUCTION_SETTINGS} names {unknown[0]}, which is no setting that is deployed",
            f"take it out of {PRODUCTION_SETTINGS}; docs/gate.md lists those that are",
        )
    here = _settings_here(settings, variables)
    expected = _defaults(installation) | {n: v for n, v in said.items() if n != READ_ACCOUNT}
    for name in sorted(here.keys() | expected):
        now, wanted = here.get(name), expected.get(name)
        if name in _CERTIFICATES and wanted is None and _is_systems(now):
            continue
        if _same(name, now, wanted, installation):
            continue
        raise GateError(
            f"{name} is {now or 'not set'} here, and {wanted or 'not set'} in what was deployed",
            f"set it as it was deployed, or change {PRODUCTION_SETTINGS} and run candid plan",
        )


def _decides(name: str) -> bool:
    """Whether a variable decides what is read or published, and is no secret."""
    if name in _SECRET or name.endswith("_PASSWORD"):
        return False
    named = name in _OWN or name in _CERTIFICATES or name in _OTHERS or name == _HOME
    return named or (name.startswith(_PREFIXES) and name.isupper())


def _settings_here(settings: Settings, variables: Mapping[str, str]) -> dict[str, str]:
    here = {name: value for name, value in variables.items() if value and _decides(name)}
    for name, field in _OWN.items():
        value = getattr(settings, field)
        here.pop(name, None)
        if value is not None:
            here[name] = str(value)
    return here


def _defaults(installation: Installation) -> dict[str, str]:
    fields = {name: Settings.model_fields[field].default for name, field in _OWN.items()}
    defaults = {name: str(value) for name, value in fields.items() if isinstance(value, int)}
    return defaults | {"CANDID_DATA_DIR": str(installation.root / "data")}


def _same(name: str, now: str | None, wanted: str | None, installation: Installation) -> bool:
    if name == _HOME:
        # Unset, it is found from the working directory, and set before any run.
        return now is None or _path(now, installation) == _path(wanted or ".", installation)
    if name in _PATHS and now is not None and wanted is not None:
        return _path(now, installation) == _path(wanted, installation)
    return now == wanted


def _path(text: str, installation: Installation) -> Path:
    return Path(installation.root, text).resolve()


def _is_systems(value: str | None) -> bool:
    return value is None or str(Path(value).resolve()).startswith(_SYSTEMS)
