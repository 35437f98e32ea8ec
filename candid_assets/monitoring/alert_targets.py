"""Where alerts are sent: each target is a URL of Apprise (https://github.com/caronc/apprise)."""

import logging
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from candid_assets.monitoring.email_alerts import SECONDS, mail_urls
from candid_assets.settings import Settings

if TYPE_CHECKING:
    from apprise import AppriseAsset, NotifyBase

SEPARATOR: Final = re.compile(r",?\s+|,(?=[\w-]+://)")
URLS_SETTING: Final = "CANDID_ALERT_URLS holds URLs of Apprise, separated by spaces"
WEBHOOK_SETTING: Final = "CANDID_ALERT_WEBHOOK is https://…"
SMTP_SETTING: Final = "CANDID_SMTP_URL is smtp://user:password@host:587 or smtps://…"
WEBHOOK_BODY: Final = {"message": "text", "version": "", "title": "", "type": "", "attachments": ""}
"""What Apprise's JSON fields are called in the body `{"text": …}` of a plain webhook."""


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


def send(target: Target, title: str, body: str) -> str | None:
    """Send a message to a target; return why it could not be sent, without the URL's secrets."""
    from apprise import Apprise, AppriseAsset, NotifyFormat

    # Apprise logs addresses that it cannot read; what is returned here has no secrets.
    logging.getLogger("apprise").propagate = False
    asset = AppriseAsset(app_id="candid", http_redirects=False)
    reason = f"not an address that can be sent to; {target.setting}"
    for url in target.urls:
        service = None
        with suppress(ValueError):
            service = _service(url, asset)
        if service is not None:
            apprise = Apprise(service, asset=asset)
            result = apprise.notify(body, title, body_format=NotifyFormat.TEXT)
            if result:
                return None
            # Paths and options may be secrets; Apprise masks a host where it is one.
            masked = urlsplit(apprise.urls(privacy=True)[0])
            shown = f"{masked.scheme}://{masked.netloc.rpartition('@')[2]}"
            lines = [_without_secrets(entry.message, url, shown) for entry in result.logs()]
            reason = " ".join([f"{shown}:", *dict.fromkeys(lines)])
    return reason


def _service(url: str, asset: "AppriseAsset") -> "NotifyBase | None":
    """Return what sends to a URL; one of http(s) is a plain webhook, but for Slack's.

    Google Chat's is one too: Apprise escapes signs in a text that Google Chat shows as they are.
    """
    from apprise import Apprise, OverflowMode

    parts = urlsplit(url)
    plain = parts.scheme in ("http", "https") and parts.hostname != "hooks.slack.com"
    if plain:
        fields = [(f"-{name}", value) for name, value in parse_qsl(parts.query)]
        fields += [(f":{name}", value) for name, value in WEBHOOK_BODY.items()]
        options = urlencode([*fields, ("rto", SECONDS), ("cto", SECONDS)], quote_via=quote)
        url = f"{parts.scheme.replace('http', 'json')}://{parts.netloc}{parts.path}?{options}"
    service = Apprise.instantiate(url, asset=asset)
    if service is not None:
        service.overflow_mode = OverflowMode.SPLIT
        if plain:
            # The title becomes the first line of the text.
            service.title_maxlen = 0
    return service


def _without_secrets(text: str, url: str, shown: str) -> str:
    """Return a message of Apprise without any part of the URL that is not shown."""
    parts = urlsplit(url)
    values = [value for _, value in parse_qsl(parts.query)]
    secrets = {*re.split("[:@]", parts.netloc), *parts.path.split("/"), *values}
    for secret in sorted(secrets | {unquote(s) for s in secrets}, key=len, reverse=True):
        if len(secret) > 3 and secret not in shown:
            text = text.replace(secret, "…")
    return text
