"""What an answer of Google that is not the one expected means, by HTTP status and error reasons.

The texts of Google's messages have changed more than once; they are shown and never evaluated.
Google's APIs refuse with a JSON object `error`. A page in its place is of a proxy, a sign-in page
or a filter, and says nothing of the workbook.
"""

from typing import Any, Final
from urllib.parse import urlsplit

import orjson
from requests import Response

from candid_assets.sources.retry import TRANSIENT_STATUSES, CallFailedError, retry_after
from candid_assets.sources.source_errors import ErrorCode
from candid_assets.sources.web_pages import page_in

_REASONS: Final[dict[str, tuple[ErrorCode, bool]]] = {
    "RATE_LIMIT_EXCEEDED": ("quota_exhausted", True),
    "RESOURCE_EXHAUSTED": ("quota_exhausted", True),
    "rateLimitExceeded": ("quota_exhausted", True),
    "userRateLimitExceeded": ("quota_exhausted", True),
    "sharingRateLimitExceeded": ("quota_exhausted", True),
    "quotaExceeded": ("quota_exhausted", True),
    "dailyLimitExceeded": ("quota_exhausted", False),
    "SERVICE_DISABLED": ("api_disabled", False),
    "accessNotConfigured": ("api_disabled", False),
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT": ("scope_insufficient", False),
    "insufficientPermissions": ("scope_insufficient", False),
    "insufficientScopes": ("scope_insufficient", False),
    "domainPolicy": ("domain_policy", False),
    "backendError": ("server_error", True),
}
_STATUSES: Final[dict[int, ErrorCode]] = {
    400: "bad_range",
    401: "bad_credentials",
    403: "not_shared",
    404: "not_found",
    408: "network",
    409: "server_error",
    410: "not_found",
    425: "server_error",
    429: "quota_exhausted",
    499: "network",
}
_OF_NETWORKS: Final = frozenset({407, 511})
"""Statuses with which a proxy or a network asks to be signed in to; no server of Google does."""


def failure_of(response: Response) -> CallFailedError:
    """Classify an answer that is not a success."""
    status = response.status_code
    error = error_in(response.content)
    label = str(error.get("status") or "").strip()
    detail = f"HTTP {status} {label}".strip()
    page = page_in(response.content)
    if page:
        detail += f" with {page}"
    if 300 <= status < 400 and (host := urlsplit(response.headers.get("Location", "")).hostname):
        detail += f" to {host}"
    if _is_of_others(status, error, response.content):
        return CallFailedError("intercepted", True, detail)
    return _failure(status, error, detail, retry_after(response.headers.get("Retry-After", "")))


def failure_in_success(body: dict[str, Any]) -> CallFailedError | None:
    """Classify an error object that came as a success; None where there is none."""
    if "error" not in body:
        return None
    error = body["error"] if isinstance(body["error"], dict) else {}
    code = error.get("code")
    status = code if isinstance(code, int) and 400 <= code < 600 else 500
    return _failure(status, error, f"HTTP 200 with an error object, code {code}", None)


def error_in(content: bytes) -> dict[str, Any]:
    """Return Google's error object; empty where the body holds none."""
    try:
        body = orjson.loads(content)
    except orjson.JSONDecodeError:
        return {}
    error = body.get("error") if isinstance(body, dict) else None
    return error if isinstance(error, dict) else {}


def _failure(
    status: int, error: dict[str, Any], detail: str, wait: float | None
) -> CallFailedError:
    for reason in _reasons(error):
        if reason in _REASONS:
            code, transient = _REASONS[reason]
            return CallFailedError(code, transient, f"{detail} {reason}", wait)
    if status < 400:
        # A success without content says nothing.
        return CallFailedError("malformed", True, detail)
    if status == 400 and error.get("status") == "FAILED_PRECONDITION":
        return CallFailedError("office_file", False, detail)
    code = _STATUSES.get(status, "server_error" if status >= 500 else "malformed")
    # google-auth has asked again, with a new token each time.
    refused = status == 401
    return CallFailedError(code, status in TRANSIENT_STATUSES, detail, wait, is_certain=refused)


def _is_of_others(status: int, error: dict[str, Any], content: bytes) -> bool:
    """Whether an answer is none of Google's: a redirect, or a refusal without its error object."""
    if status in _OF_NETWORKS or 300 <= status < 400:
        return True
    refused = 400 <= status < 500 and status not in TRANSIENT_STATUSES
    return refused and not error and bool(content.strip())


def _reasons(error: dict[str, Any]) -> list[str]:
    """Reasons of the Sheets form (`details`) and of the Drive form (`errors`)."""
    entries: list[Any] = []
    for name in ("details", "errors"):
        part = error.get(name)
        entries += part if isinstance(part, list) else []
    return [str(e["reason"]) for e in entries if isinstance(e, dict) and e.get("reason")]
