"""Remembers what was told, and tells of news: to a file always, by e-mail or webhook where set."""

import html
import json
import smtplib
import ssl
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import requests
from filelock import FileLock

from candid_assets.atomic_files import write_whole
from candid_assets.monitoring.open_alerts import Alert
from candid_assets.settings import Settings

SECONDS: Final = 20
SHOWN: Final = 30
GOOGLE_CHAT: Final = "chat.googleapis.com"


@dataclass(frozen=True, slots=True)
class News:
    """What changed since the last look."""

    standing: int
    raised: tuple[Alert, ...] = ()
    resolved: tuple[Alert, ...] = ()
    unsent: tuple[str, ...] = ()
    """Channels that could not be reached, with the reason; they are tried again."""

    @property
    def told(self) -> str:
        """It as one sentence."""
        counts = f"{len(self.raised)} raised, {len(self.resolved)} resolved"
        return "; ".join([f"{self.standing} alerts stand, {counts}", *self.unsent])


@dataclass(slots=True)
class _State:
    standing: dict[str, dict[str, Any]] = field(default_factory=dict)
    waiting: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """News that a channel has not got yet."""


def update(settings: Settings, found: Sequence[Alert], now: datetime) -> News:
    """Tell of alerts that are new and of those that are healed, each once."""
    path = settings.standing_alerts_file
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_suffix(".lock"), timeout=60):
        state = _read(path)
        by_key = {alert.key: alert for alert in found}
        raised = [a for key, a in by_key.items() if key not in state.standing]
        healed = [_alert(f) for key, f in state.standing.items() if key not in by_key]
        stamp = now.astimezone(UTC).isoformat(timespec="seconds")
        news = [{"at": stamp, "event": "raised"} | asdict(a) for a in raised]
        news += [{"at": stamp, "event": "resolved"} | asdict(a) for a in healed]
        if news:
            with settings.alerts_file.open("a", encoding="utf-8") as file:
                file.writelines(json.dumps(n, ensure_ascii=False) + "\n" for n in news)
        for key in [a.key for a in healed]:
            del state.standing[key]
        # What stands is told as it is now; since when it stands stays.
        for key, alert in by_key.items():
            since = state.standing.get(key, {}).get("since", stamp)
            state.standing[key] = asdict(alert) | {"since": since}
        for channel in _channels(settings):
            state.waiting.setdefault(channel, []).extend(news)
        write_whole(path, json.dumps(asdict(state), ensure_ascii=False).encode())
        unsent = _send(settings, state)
        write_whole(path, json.dumps(asdict(state), ensure_ascii=False).encode())
    return News(len(found), tuple(raised), tuple(healed), tuple(unsent))


def told_alerts(settings: Settings) -> list[dict[str, Any]]:
    """Return the alerts that stand, as they were told last."""
    return list(_read(settings.standing_alerts_file).standing.values())


def _channels(settings: Settings) -> dict[str, Callable[[Settings, list[dict[str, Any]]], None]]:
    found: dict[str, Callable[[Settings, list[dict[str, Any]]], None]] = {}
    if settings.alert_emails.strip() and settings.smtp_url is not None:
        found["e-mail"] = _mail
    if settings.alert_webhook is not None:
        found["webhook"] = _post
    return found


def _send(settings: Settings, state: _State) -> list[str]:
    channels = _channels(settings)
    unsent = []
    for channel in list(state.waiting):
        news = state.waiting[channel]
        if channel not in channels or not news:
            del state.waiting[channel]
            continue
        try:
            channels[channel](settings, news)
            del state.waiting[channel]
        except (OSError, smtplib.SMTPException, ValueError) as error:
            # The address of a webhook is a secret, and requests writes it into its errors.
            why = type(error).__name__ if channel == "webhook" else str(error)
            unsent.append(f"{channel}: {len(news)} alerts wait ({why})")
    return unsent


def _mail(settings: Settings, news: list[dict[str, Any]]) -> None:
    address = urlsplit(settings.smtp_url.get_secret_value() if settings.smtp_url else "")
    message = EmailMessage()
    raised = [n for n in news if n["event"] == "raised"]
    subject = f"candid {settings.env}: {len(raised)} alerts, {len(news) - len(raised)} resolved"
    if len(news) == 1:
        subject = f"candid {settings.env}: {news[0]['event']}: {news[0]['cause']}"
    message["Subject"] = " ".join(subject.split())[:200]
    message["From"] = settings.alert_sender
    message["To"] = settings.alert_emails
    message.set_content("\n\n".join(_text(n) for n in news))
    host = address.hostname or "localhost"
    if address.scheme not in ("smtp", "smtps"):
        raise ValueError("CANDID_SMTP_URL is smtp://user:password@host:587 or smtps://…")
    secure = ssl.create_default_context()
    if address.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, address.port or 465, timeout=SECONDS, context=secure
        )
    else:
        server = smtplib.SMTP(host, address.port or 25, timeout=SECONDS)
    with server:
        if address.scheme == "smtp" and server.ehlo()[0] and server.has_extn("starttls"):
            server.starttls(context=secure)
        if address.username:
            server.login(unquote(address.username), unquote(address.password or ""))
        server.send_message(message)


def _post(settings: Settings, news: list[dict[str, Any]]) -> None:
    address = settings.alert_webhook.get_secret_value() if settings.alert_webhook else ""
    texts = [_text(n) for n in news[:SHOWN]]
    if len(news) > SHOWN:
        texts.append(f"and {len(news) - SHOWN} more; see `candid status`")
    text = f"candid · {settings.env}\n" + "\n\n".join(texts)
    body: dict[str, Any] = {"text": text}
    if urlsplit(address).hostname != GOOGLE_CHAT:
        # Slack takes three signs as its own; Google Chat shows them as they are.
        body = {"text": html.escape(text, quote=False), "unfurl_links": False}
    answer = requests.post(address, json=body, timeout=SECONDS, allow_redirects=False)
    answer.raise_for_status()


def _text(news: dict[str, Any]) -> str:
    lines = [f"{news['event']}: {news['cause']}"]
    if news["event"] == "raised":
        lines += [f"owner: {news['owner']}", f"run: {news['command']}"]
        lines += [f"cell: {link}" for link in news["cells"]]
    return "\n".join(lines)


def _alert(facts: dict[str, Any]) -> Alert:
    known = {name: facts[name] for name in ("key", "kind", "cause", "owner", "command")}
    return Alert(**known, cells=tuple(facts["cells"]))


def _read(path: Path) -> _State:
    try:
        return _State(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return _State()
