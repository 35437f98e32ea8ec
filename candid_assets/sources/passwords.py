"""Where the password or key of a source is read from: an environment variable."""

import base64
import os
from collections.abc import Callable
from urllib.parse import quote, quote_plus

from candid_assets.contracts.catalog import Workbook


def password_variable(workbook: Workbook, env: str) -> str:
    """Return the environment variable that holds a source's password or key."""
    named = workbook.servers.get(env, {}).get("passwordVariable")
    return str(named or f"CANDID_PASSWORD_{workbook.name.upper()}")


def hiding_password(workbook: Workbook, env: str) -> Callable[[str], str]:
    """Return a function that takes a source's password or key out of a text.

    Sources repeat what they were given: in an error's body, or in an address that has the key.
    """
    secret = os.environ.get(password_variable(workbook, env), "")
    user = str(workbook.servers.get(env, {}).get("user", ""))
    basic = base64.b64encode(f"{user}:{secret}".encode()).decode()
    alone = base64.b64encode(secret.encode()).decode()
    forms = [basic, basic.rstrip("="), alone, secret, quote(secret, safe=""), quote_plus(secret)]

    def hide(text: str) -> str:
        for form in forms if secret else ():
            text = text.replace(form, "…")
        return text

    return hide
