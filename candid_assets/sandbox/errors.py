"""The error answers of Google's APIs, in the shapes recorded from the real ones."""

import re
from dataclasses import dataclass, field
from typing import Any, Literal

Api = Literal["sheets", "drive"]

_SIGN_IN = (
    "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie "
    "or other valid authentication credential. See "
    "https://developers.google.com/identity/sign-in/web/devconsole-project."
)
_STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ABORTED",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
_METHODS = re.compile(
    r"/v4/spreadsheets/[^/:]+(?::\w+|/(?:developerMetadata|sheets|values)[/:].*)"
    r"|/drive/v3/(?:about|accessproposals|apps|changes|channels|drives|files|operations|teamdrives)"
    r"(?:/.*)?",
    re.DOTALL,
)
"""Paths of the methods in Google's discovery documents."""
_REASONS = {400: "badRequest", 403: "forbidden", 404: "notFound", 429: "rateLimitExceeded"}


@dataclass(eq=False)  # not frozen: Python writes the traceback onto an exception
class GoogleError(Exception):
    """An answer that is an error: HTTP status, message and what else the body says."""

    code: int
    message: str
    status: str | None = None
    details: tuple[dict[str, Any], ...] = ()
    legacy: dict[str, str] = field(default_factory=dict)
    """Drive's `errors[0]`: reason, domain, location, locationType."""
    headers: dict[str, str] = field(default_factory=dict)

    def body(self, api: Api = "sheets", *, listed: bool = False) -> dict[str, Any]:
        """Return the JSON body as the given API writes it.

        Drive always has the list `errors`, and a status for what concerns the account alone;
        Sheets always has the status, and the list where `$.xgafv=1` asks for it.
        """
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        if api == "drive" or listed:
            reason = {"reason": _REASONS.get(self.code, "backendError")}
            error["errors"] = [
                {"message": self.message, "domain": "global", **reason, **self.legacy}
            ]
        of_account = self.code == 401 or self.legacy.get("reason") == "forbidden"
        if api == "sheets" or self.details or self.status or of_account:
            error["status"] = self.status or _STATUS.get(self.code, "UNKNOWN")
        if self.details:
            error["details"] = list(self.details)
        return {"error": error}


def error_info(reason: str, api: Api, **metadata: str) -> dict[str, Any]:
    """Return a google.rpc.ErrorInfo, the part of an error that a program may rely on."""
    service = f"{api}.googleapis.com" if api == "sheets" else "drive.googleapis.com"
    return {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": reason,
        "domain": "googleapis.com",
        "metadata": {"service": service, **metadata},
    }


def invalid_argument(message: str, field_name: str | None = None) -> GoogleError:
    """Return a 400 about what the caller sent."""
    details: tuple[dict[str, Any], ...] = ()
    if field_name is not None:
        details = (
            {
                "@type": "type.googleapis.com/google.rpc.BadRequest",
                "fieldViolations": [{"field": field_name, "description": message}],
            },
        )
    return GoogleError(400, message, details=details)


def bad_mask(path: str, api: Api, text: str) -> GoogleError:
    """Return the 400 for a path that names nothing; Sheets names the whole mask beside it."""
    if api == "drive":
        legacy = {"reason": "invalidParameter", "location": "fields", "locationType": "parameter"}
        return GoogleError(400, f"Invalid field selection {path}", legacy=legacy)
    violation = {
        "field": text,
        "description": "Error expanding 'fields' parameter. "
        f"Cannot find matching fields for path '{path}'.",
    }
    detail = {
        "@type": "type.googleapis.com/google.rpc.BadRequest",
        "fieldViolations": [violation],
    }
    return GoogleError(400, "Request contains an invalid argument.", details=(detail,))


def not_imitated(what: str) -> GoogleError:
    """Return the 501 for what this server does not imitate, rather than a false answer."""
    return GoogleError(501, f"The sandbox does not imitate {what}: see docs/sandbox.md.")


def unanswered(path: str) -> GoogleError:
    """Return the error for a path that is not answered: 501 for a method of Google's, else 404."""
    if _METHODS.fullmatch(path):
        return not_imitated(f"the method of {path}")
    return GoogleError(404, "Requested entity was not found.", legacy={"reason": "notFound"})


def not_found() -> GoogleError:
    """Return Sheets' 404: no such workbook."""
    return GoogleError(404, "Requested entity was not found.")


def file_not_found(file_id: str) -> GoogleError:
    """Return Drive's 404: no such file, or one that is not shared."""
    legacy = {"reason": "notFound", "locationType": "parameter", "location": "fileId"}
    return GoogleError(404, f"File not found: {file_id}.", legacy=legacy)


def no_permission() -> GoogleError:
    """Return Sheets' 403: the workbook is not shared with the account."""
    return GoogleError(403, "The caller does not have permission")


def office_file() -> GoogleError:
    """Return the 400 for an uploaded .xlsx that was never made a Google Sheet."""
    return GoogleError(
        400,
        "This operation is not supported for this document. "
        "The document must not be an Office file.",
        status="FAILED_PRECONDITION",
    )


def quota_exceeded(api: Api, per_minute: int) -> GoogleError:
    """Return the 429 of a used-up read quota."""
    service = f"{api}.googleapis.com"
    info = error_info(
        "RATE_LIMIT_EXCEEDED",
        api,
        quota_limit="ReadRequestsPerMinutePerUser",
        quota_limit_value=str(per_minute),
        quota_location="global",
        quota_metric=f"{service}/read_requests",
        consumer="projects/100000000001",
    )
    help_link = {
        "@type": "type.googleapis.com/google.rpc.Help",
        "links": [
            {
                "description": "Request a higher quota limit.",
                "url": "https://cloud.google.com/docs/quotas/help/request_increase",
            }
        ],
    }
    message = (
        "Quota exceeded for quota metric 'Read requests' and limit 'Read requests per minute per "
        f"user' of service '{service}' for consumer 'project_number:100000000001'."
    )
    legacy = {"reason": "rateLimitExceeded", "domain": "usageLimits"}
    return GoogleError(429, message, details=(info, help_link), legacy=legacy)


def unauthenticated(api: Api, *, expired: bool = False) -> GoogleError:
    """Return the 401 for a token that is unknown or has run out."""
    reason = "ACCESS_TOKEN_EXPIRED" if expired else "ACCESS_TOKEN_TYPE_UNSUPPORTED"
    legacy = {
        "message": "Invalid Credentials",
        "reason": "authError",
        "location": "Authorization",
        "locationType": "header",
    }
    return GoogleError(
        401,
        _SIGN_IN,
        details=() if api == "drive" else (error_info(reason, api),),
        legacy=legacy,
        headers={"WWW-Authenticate": 'Bearer realm="https://accounts.google.com/"'},
    )


def unregistered_client(api: Api) -> GoogleError:
    """Return the 403 for a call without any credential."""
    return GoogleError(
        403,
        "Method doesn't allow unregistered callers (callers without established identity). Please "
        "use API Key or other form of API consumer identity to call this API.",
        legacy={"reason": "forbidden"},
    )


def insufficient_scope(api: Api) -> GoogleError:
    """Return the 403 for a token whose scopes do not cover the call."""
    return GoogleError(
        403,
        "Request had insufficient authentication scopes.",
        details=(error_info("ACCESS_TOKEN_SCOPE_INSUFFICIENT", api),),
        legacy={"reason": "insufficientPermissions"},
        headers={
            "WWW-Authenticate": 'Bearer realm="https://accounts.google.com/", '
            'error="insufficient_scope"'
        },
    )


def service_disabled(api: Api) -> GoogleError:
    """Return the 403 for an API that is not switched on in the Google project."""
    name = "Google Sheets API" if api == "sheets" else "Google Drive API"
    url = (
        f"https://console.developers.google.com/apis/api/{api}.googleapis.com/overview"
        "?project=100000000001"
    )
    return GoogleError(
        403,
        f"{name} has not been used in project 100000000001 before or it is disabled. Enable it by "
        f"visiting {url} then retry.",
        details=(error_info("SERVICE_DISABLED", api, consumer="projects/100000000001"),),
        legacy={"reason": "accessNotConfigured", "domain": "usageLimits"},
    )
