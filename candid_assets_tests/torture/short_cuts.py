"""What a forked refresh need not do again: load libraries, check a key, read contracts."""

import json
from contextlib import suppress
from typing import Any

from google.auth.crypt import RSASigner

from candid_assets.contracts.load import load_catalog
from candid_assets.quality import audit
from candid_assets.refresh.input_keys import code_version
from candid_assets.reports import page, report
from candid_assets.warehouse.memory import _default_bytes
from candid_assets_tests.torture.company import settings_for
from candid_assets_tests.torture.wire import Request

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
    import dagster  # noqa: F401 - loaded once for all refreshes

    import candid_assets.definitions
    import candid_assets.reports.openlineage
    import candid_assets.sources.sheets.reader  # noqa: F401 - loaded once, too

    RSASigner.from_service_account_info = _known_signer
    _default_bytes()
    page._TEMPLATES.get_template(page.TEMPLATE)
    report._TEMPLATES.get_template(report.TEMPLATE)
    code_version()


def prepare(request: Request) -> None:
    """Read settings, contracts and key of a request before its process is forked."""
    where = (request.root, request.url, request.credentials, request.data)
    settings = settings_for(*where, request.env)
    with suppress(Exception):  # a catalog that cannot be read is the refresh's to say
        load_catalog(settings.catalog_dir)
    _known_signer(json.loads(request.credentials.read_bytes()))
