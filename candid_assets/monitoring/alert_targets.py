"""The receivers of alerts, by the settings: each is a URL of Apprise or several to try in turn."""

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from candid_assets.monitoring.mail_server import mail_urls
from candid_assets.settings import Settings

SEPARATOR: Final = re.compile(r",?\s+|,(?=[\w-]+://)")
URLS_SETTING: Final = "CANDID_ALERT_URLS holds URLs of Apprise, separated by spaces"
WEBHOOK_SETTING: Final = "CANDID_ALERT_WEBHOOK is https://…"
SMTP_SETTING: Final = "CANDID_SMTP_URL is smtp://user:password@host:587 or smtps://…"


@dataclass(frozen=True, slots=True)
class Target:
    """One receiver of alerts."""

    name: str
    urls: tuple[str, ...]
    """Tried in this order until one of them takes the message."""
    setting: str
    """Where the target comes from, and how an address is written there."""


def alert_targets(settings: Settings) -> list[Target]:
    """Return the targets of CANDID_ALERT_URLS and of the settings for e-mail and a webhook."""
    urls = settings.alert_urls.get_secret_value() if settings.alert_urls else ""
    listed = [url for url in SEPARATOR.split(urls) if url]
    targets = [Target(f"target {n}", (url,), URLS_SETTING) for n, url in enumerate(listed, 1)]
    if settings.alert_webhook is not None:
        address = settings.alert_webhook.get_secret_value()
        targets.append(Target("webhook", (address,), WEBHOOK_SETTING))
    if settings.smtp_url is not None:
        server = settings.smtp_url.get_secret_value()
        for person in filter(None, map(str.strip, settings.alert_emails.split(","))):
            mail: tuple[str, ...] = ()
            with suppress(ValueError):
                mail = mail_urls(server, settings.alert_sender, person)
            targets.append(Target(f"e-mail to {person}", mail, SMTP_SETTING))
    return targets
