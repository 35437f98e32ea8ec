"""Checks that production runs, reads and publishes as it was deployed, and what was begun there."""

from collections.abc import Iterator

from candid_assets.findings import Finding, failed, note, ok
from candid_assets.gate.begun_publications import begun_plans, note_of
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


def check_publications(settings: Settings) -> Iterator[Finding]:
    """Name each publication that was ended amid its work and may have set cells."""
    for plan in begun_plans(settings):
        yield note(
            "publication",
            f"plan {plan[:12]} was begun and is not recorded",
            "its cells may be set, and only what is recorded can be taken back",
            f"candid apply {plan[:12]}; if that is refused, look at the tab, then remove"
            f" {note_of(settings, plan)}",
        )
