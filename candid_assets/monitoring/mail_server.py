"""How the mail server of the settings is reached, as URLs of Apprise."""

from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

SECONDS: Final = 20
"""How long a mail server or another receiver is waited for."""


def mail_urls(server: str, sender: str, recipient: str) -> tuple[str, ...]:
    """Return Apprise's URLs for one recipient of alerts, in the order in which they are tried.

    Args:
        server: CANDID_SMTP_URL; there is no URL where it names no server of smtp or smtps. With
            `?starttls=no` a password is sent to a server without encryption, too.
        sender: CANDID_ALERT_SENDER.
        recipient: One address of CANDID_ALERT_EMAILS.

    Raises:
        ValueError: The port is none.
    """
    address = urlsplit(server)
    if address.scheme not in ("smtp", "smtps") or not address.hostname:
        return ()
    login, at, _ = address.netloc.rpartition("@")
    options = {"smtp": address.hostname, "from": sender, "to": recipient, "cto": SECONDS}
    port = address.port or (465 if address.scheme == "smtps" else 25)
    rest = f"{login}{at}{address.hostname}:{port}/?{urlencode(options)}"
    if address.scheme == "smtps":
        return (f"mailtos://{rest}&mode=ssl",)
    encrypted = f"mailtos://{rest}&mode=starttls"
    # A relay without a login may have no STARTTLS; a password is sent in the clear on a word only.
    if parse_qs(address.query).get("starttls") == ["no"]:
        return (f"mailto://{rest}&mode=insecure",)
    return (encrypted,) if login else (encrypted, f"mailto://{rest}")
