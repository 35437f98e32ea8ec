"""How often passwords may be tried: by name and client, and by a browser that its person has used.

Who tries passwords of a name uses up the tries of that name from that address and no others. A
browser in which a person has logged in carries a signed cookie and has tries of its own, so that
nobody else, also from the same address or through the same proxy, keeps that person out there.
"""

import math
import secrets
import time
from typing import Final

from itsdangerous import BadSignature, URLSafeTimedSerializer
from limits import RateLimitItem
from limits import parse as parse_limit
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import Request
from starlette.responses import Response

FAILURES: Final = parse_limit("5 per 5 minutes")
"""Failed logins with one name from one client, or in one browser that its person has used."""
TRIES_OF_A_CLIENT: Final = parse_limit("60 per 5 minutes")
"""Logins from one address with any names; verifying a password takes time and memory."""
REMEMBERED_SECONDS: Final = 180 * 24 * 3600

Counter = tuple[str, ...]


class LoginLimits:
    """Counts the attempts to log in with a password."""

    def __init__(self, secret: str, env: str, *, secure: bool) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._signer = URLSafeTimedSerializer(secret, salt="browser that a person has used")
        self._cookie = f"{'__Secure-' if secure else ''}candid_{env}_browser"
        self._secure = secure

    def seconds_to_wait(self, request: Request, name: str) -> int:
        """Count an attempt with a name; return for how many seconds it is refused, 0 if it is not.

        It is counted before the password is looked at, so that attempts at once do not exceed it.
        """
        counters: list[tuple[RateLimitItem, Counter]] = []
        if not self._browser(request, name):
            counters.append((TRIES_OF_A_CLIENT, ("client", _address(request))))
        counters.append((FAILURES, self._counter(request, name)))
        for limit, counter in counters:
            if not self._limiter.hit(limit, *counter):
                stats = self._limiter.get_window_stats(limit, *counter)
                return max(1, math.ceil(stats.reset_time - time.time()))
        return 0

    def succeeded(self, request: Request, name: str) -> None:
        """Forget the failed attempts that were counted with this one."""
        self._limiter.clear(FAILURES, *self._counter(request, name))

    def remember(self, request: Request, response: Response, name: str) -> None:
        """Have the browser remember that this person has logged in with it."""
        browser = self._browser(request, name) or secrets.token_urlsafe(12)
        response.set_cookie(
            self._cookie,
            self._signer.dumps([name, browser]),
            max_age=REMEMBERED_SECONDS,
            path="/login",
            secure=self._secure,
            httponly=True,
            samesite="strict",
        )

    def _counter(self, request: Request, name: str) -> Counter:
        browser = self._browser(request, name)
        return ("browser", name, browser) if browser else ("name", name, _address(request))

    def _browser(self, request: Request, name: str) -> str | None:
        """Return the id of the browser if this person has logged in with it."""
        try:
            said = self._signer.loads(
                request.cookies.get(self._cookie, ""), max_age=REMEMBERED_SECONDS
            )
        except BadSignature:
            return None
        match said:
            case [str(person), str(browser)] if person == name:
                return browser
            case _:
                return None


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
