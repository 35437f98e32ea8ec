"""The errors that a fault can name: Google's own, those of its front ends, those of networks."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from candid_assets.sandbox.errors import (
    Api,
    GoogleError,
    error_info,
    insufficient_scope,
    no_permission,
    not_found,
    office_file,
    quota_exceeded,
    service_disabled,
    unauthenticated,
)

_PAGE: Final = (
    "<!DOCTYPE html><html lang=en><title>Error {code}</title><p><b>{code}.</b> "
    "<ins>That’s an error.</ins><p>The server encountered a temporary error and could not "
    "complete your request.<p>Please try again in 30 seconds.</html>"
)
_FILTER: Final = (
    "<html><head><title>Access denied by the company's proxy</title></head><body>Category:"
    " cloud storage. Your administrator has blocked this address.</body></html>"
)
_SIGN_IN: Final = (
    "<!doctype html>\n<html><head><title>Welcome to Hotel Wi-Fi</title></head><body><form>Room"
    " number</form></body></html>"
)


def _usage(code: int, message: str, reason: str, **more: Any) -> GoogleError:
    legacy = {"reason": reason, "domain": "usageLimits"}
    return GoogleError(code, message, legacy=legacy, **more)


def _domain_policy(api: Api) -> GoogleError:
    message = "The domain administrators have disabled Drive apps."
    return _usage(403, message, "domainPolicy", details=(error_info("domainPolicy", api),))


_MADE: Final[dict[str, Callable[[Api], GoogleError]]] = {
    "internal": lambda _: GoogleError(500, "Internal error encountered."),
    "backend_error": lambda _: GoogleError(500, "Backend Error", legacy={"reason": "backendError"}),
    "unavailable": lambda _: GoogleError(503, "The service is currently unavailable."),
    "deadline": lambda _: GoogleError(504, "Deadline expired before operation could complete."),
    "bad_gateway": lambda _: GoogleError(502, "Bad Gateway", status="UNAVAILABLE"),
    "not_implemented": lambda _: GoogleError(501, "Operation is not implemented."),
    "not_found": lambda _: not_found(),
    "not_shared": lambda _: no_permission(),
    "office_file": lambda _: office_file(),
    "bad_range": lambda _: GoogleError(400, "Unable to parse range: A1"),
    "beyond_grid": lambda _: GoogleError(
        400, "Range (Jan25!A1001) exceeds grid limits. Max rows: 1000, max columns: 26"
    ),
    "out_of_range": lambda _: GoogleError(400, "Out of range.", status="OUT_OF_RANGE"),
    "invalid_value": lambda _: GoogleError(400, "Invalid Value", legacy={"reason": "invalid"}),
    "precondition": lambda _: GoogleError(
        400, "Precondition check failed.", status="FAILED_PRECONDITION"
    ),
    "request_timeout": lambda _: GoogleError(408, "Request Timeout", status="DEADLINE_EXCEEDED"),
    "aborted": lambda _: GoogleError(409, "The operation was aborted."),
    "gone": lambda _: GoogleError(410, "Gone", status="NOT_FOUND", legacy={"reason": "deleted"}),
    "condition_not_met": lambda _: GoogleError(
        412, "Precondition Failed", legacy={"reason": "conditionNotMet"}
    ),
    "too_large": lambda _: GoogleError(
        413, "Payload Too Large", legacy={"reason": "uploadTooLarge"}
    ),
    "range_not_satisfiable": lambda _: GoogleError(
        416, "Requested range not satisfiable", legacy={"reason": "requestedRangeNotSatisfiable"}
    ),
    "cancelled": lambda _: GoogleError(499, "The operation was cancelled.", status="CANCELLED"),
    "rate_limit": lambda _: _usage(403, "Rate Limit Exceeded", "rateLimitExceeded"),
    "user_rate_limit": lambda _: _usage(403, "User Rate Limit Exceeded", "userRateLimitExceeded"),
    "daily_limit": lambda _: _usage(403, "Daily Limit Exceeded", "dailyLimitExceeded"),
    "domain_policy": _domain_policy,
    "app_not_authorized": lambda _: GoogleError(
        403,
        "The user has not granted the app read access to the file.",
        legacy={"reason": "appNotAuthorizedToFile"},
    ),
    "insufficient_file_permissions": lambda _: GoogleError(
        403,
        "The user does not have sufficient permissions for this file.",
        legacy={"reason": "insufficientFilePermissions"},
    ),
    "rate_limited": lambda api: quota_exceeded(api, 60),
    "unauthenticated": unauthenticated,
    "token_expired": lambda api: unauthenticated(api, expired=True),
    "scope": insufficient_scope,
    "api_disabled": service_disabled,
}
_OF_TOKENS: Final = {
    "invalid_grant": (400, "Invalid JWT: Token must be a short-lived token (60 minutes)."),
    "invalid_scope": (400, "Invalid OAuth scope or ID token audience provided."),
    "unauthorized_client": (401, "Client is unauthorized to retrieve access tokens."),
    "invalid_client": (401, "The OAuth client was not found."),
    "internal_failure": (500, "Internal error."),
    "temporarily_unavailable": (503, "Try again later."),
}
"""Errors of the token endpoint, which has a form of its own."""
_PAGES: Final = {
    "html_login": (200, _PAGE),
    "html_portal": (200, _SIGN_IN),
    "html_proxy": (403, _FILTER),
    **{f"html_{code}": (code, _PAGE) for code in (400, 401, 403, 404, 407, 408, 410, 411, 413)},
    **{f"html_{code}": (code, _PAGE) for code in (414, 416, 429, 500, 502, 503, 504, 511)},
}
"""Web pages, by the name of the error."""
ERROR_NAMES: Final = (*_MADE, *_OF_TOKENS, *_PAGES)
"""The errors that `{"do": "error", "error": NAME}` can name."""


def is_error_name(name: object) -> bool:
    """Return whether there is an error of this name."""
    return name in ERROR_NAMES


def error_answer(
    name: str, api: Api, do: Mapping[str, Any]
) -> tuple[int, dict[str, Any] | str, dict[str, str]]:
    """Return status, body and headers of a named error."""
    headers = {"Retry-After": str(do["retry_after"])} if "retry_after" in do else {}
    if name in _PAGES:
        code, page = _PAGES[name]
        kind = {"Content-Type": "text/html; charset=UTF-8"}
        return code, page.format(code=code), kind | headers
    if name in _OF_TOKENS:
        code, description = _OF_TOKENS[name]
        return code, {"error": name, "error_description": description}, headers
    error = _MADE[name](api)
    return error.code, error.body(api), {**error.headers, **headers}
