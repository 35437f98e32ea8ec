"""Checks that production runs, reads and publishes as it was deployed."""

from collections.abc import Iterator

from candid_assets.findings import Finding, failed, ok
from candid_assets.gate.content import Installation
from candid_assets.gate.deployed_settings import READ_ACCOUNT, deployed_settings
from candid_assets.gate.errors import GateError
from candid_assets.gate.production import PRODUCTION, deployed
from candid_assets.settings import Settings


def check_deployment(settings: Settings) -> Iterator[Finding]:
    """Check what production runs against what people approved; other environments run anything."""
    if settings.env != PRODUCTION:
        return
    installation = Installation.of(settings)
    try:
        current = deployed(settings, installation)
    except GateError as error:
        yield failed("deployment", error.message, "no run of production starts", error.fix)
        return
    said = deployed_settings(installation)
    base = said.get("CANDID_GOOGLE_API_URL", "the usual addresses")
    account = said.get(READ_ACCOUNT, "nobody yet")
    yield ok("deployment", f"runs {current}; deployed to read {base} as {account}")
