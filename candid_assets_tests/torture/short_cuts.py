"""What a forked refresh need not do again: load libraries, check a key, read contracts."""

import json
from contextlib import suppress
from functools import lru_cache
from importlib import import_module
from typing import Any, Final

from google.auth.crypt import RSASigner

from candid_assets.cleaning.macros import macros_sql
from candid_assets.contracts.load import load_catalog
from candid_assets.quality import audit
from candid_assets.refresh.input_keys import code_version
from candid_assets.reports import page, report
from candid_assets.settings import Settings
from candid_assets.vocabulary import indonesian_calendar
from candid_assets.warehouse.memory import _default_bytes
from candid_assets_tests.torture.company import settings_for
from candid_assets_tests.torture.wire import Request

LOADED: Final = (
    *("dagster", "encodings.cp437", "netrc", "pyarrow.dataset"),
    "candid_assets.definitions",
    "candid_assets.maintenance.record_retention",
    "candid_assets.monitoring.history_place",
    "candid_assets.orchestration.interrupted_runs",
    "candid_assets.quality.suite_sql",
    "candid_assets.reports.openlineage",
    "candid_assets.sources.sheets.reader",
)
"""What a refresh loads when it is needed."""
_signer = RSASigner.from_service_account_info
_signers: dict[str, Any] = {}


def _known_signer(info: Any) -> Any:
    """Return the signer of a key, whose arithmetic is checked once for all processes."""
    key = info["private_key"]
    if key not in _signers:
        _signers[key] = _signer(info)
    return _signers[key]


def load_all() -> None:
    """Load what every refresh needs and hash the code that it is made by."""
    audit._runner().load()
    for module in LOADED:
        import_module(module)

    RSASigner.from_service_account_info = _known_signer
    _default_bytes()
    page._TEMPLATES.get_template(page.TEMPLATE)
    report._TEMPLATES.get_template(report.TEMPLATE)
    code_version()
    macros_sql()
    indonesian_calendar()


def prepare(request: Request) -> None:
    """Read settings, contracts and key of a request before its process is forked."""
    settings = settings_of(request)
    variables_of(request)
    with suppress(Exception):  # a catalog that cannot be read is the refresh's to say
        load_catalog(settings.catalog_dir)
    _known_signer(json.loads(request.credentials.read_bytes()))


def settings_of(request: Request) -> Settings:
    """Return the settings that a request is refreshed with."""
    where = (request.root, request.url, request.credentials, request.data)
    return settings_for(*where, request.env)


def variables_of(request: Request) -> dict[str, str]:
    """Return the variables by which any process has the settings of a request."""
    where = (request.root, request.url, request.credentials, request.data)
    return _variables(*where, request.env)


@lru_cache(maxsize=64)
def _variables(*where: Any) -> dict[str, str]:
    return settings_for(*where).variables_beside(Settings())
