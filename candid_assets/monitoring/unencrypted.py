"""Whether an address of alerts would send a password that anybody on the way can read."""

import ipaddress
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from apprise import NotifyBase

ALLOWED: Final = "cleartext"
"""`?cleartext=yes` says that a password may be sent without encryption."""
_FIX: Final = f"use the encrypted kind of address, or add ?{ALLOWED}=yes if the network is yours"


def unencrypted_password(url: str, service: "NotifyBase") -> str | None:
    """Return why a message is not sent by an address, in words; None if it may be.

    Args:
        url: The address as it is set.
        service: What Apprise makes of it.
    """
    if service.password is None or _is_encrypted(service) or _is_loopback(str(service.host)):
        return None
    said = parse_qs(urlsplit(url).query)
    if said.get(ALLOWED) == ["yes"] or said.get("mode") == ["insecure"]:
        return None
    return f"its password would be sent without encryption; {_FIX}"


def _is_encrypted(service: "NotifyBase") -> bool:
    if getattr(service, "secure_mode", "insecure") in ("starttls", "ssl"):
        return True
    # What has no unencrypted kind of address (chat services) is always encrypted.
    return bool(service.secure) or service.protocol is None


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
