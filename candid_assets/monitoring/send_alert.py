"""Sends an alert to a receiver, by Apprise (https://github.com/caronc/apprise)."""

import logging
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from candid_assets.monitoring.alert_targets import Target
from candid_assets.monitoring.mail_server import SECONDS
from candid_assets.monitoring.unencrypted import ALLOWED, unencrypted_password

if TYPE_CHECKING:
    from apprise import AppriseAsset, NotifyBase

WEBHOOK_BODY: Final = {"message": "text", "version": "", "title": "", "type": "", "attachments": ""}
"""What Apprise's JSON fields are called in the body `{"text": …}` of a plain webhook."""


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
        if service is not None and (problem := unencrypted_password(url, service)):
            reason = problem
        elif service is not None:
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
        fields = [(f"-{name}", value) for name, value in parse_qsl(parts.query) if name != ALLOWED]
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
