"""Every way in which an answer of Google goes wrong, by the requests that it can meet."""

from dataclasses import dataclass
from typing import Any, Final, Literal

from candid_assets.sandbox.named_errors import ERROR_NAMES

Request = Literal["token", "drive", "metadata", "values", "shown"]
ANY: Final[frozenset[Request]] = frozenset({"token", "drive", "metadata", "values", "shown"})
APIS: Final = ANY - {"token"}
CELLS: Final[frozenset[Request]] = frozenset({"values", "shown"})
_TOKENS: Final = frozenset(
    {
        *("invalid_grant", "invalid_scope", "unauthorized_client", "invalid_client"),
        *("internal_failure", "temporarily_unavailable"),
    }
)


@dataclass(frozen=True, slots=True)
class AnswerFault:
    """A kind of fault as the local server is asked for it."""

    do: dict[str, Any]
    requests: frozenset[Request] = ANY


def _answer(status: int, body: Any = "", **headers: str) -> AnswerFault:
    return AnswerFault({"do": "answer", "status": status, "body": body, "headers": headers})


def _named(name: str) -> AnswerFault:
    of: frozenset[Request] = frozenset({"token"}) if name in _TOKENS else ANY
    return AnswerFault({"do": "error", "error": name}, of)


def _set(of: Request, *at: str | int, value: Any) -> AnswerFault:
    return AnswerFault({"do": "set", "at": list(at), "value": value}, frozenset({of}))


def _removed(of: Request, *at: str | int) -> AnswerFault:
    return AnswerFault({"do": "remove", "at": list(at)}, frozenset({of}))


_NAMED = {f"error {name}": _named(name) for name in ERROR_NAMES}
_WIRE = {
    f"wire {name}": AnswerFault({"do": name})
    for name in (
        *("close", "reset", "reset_in_headers", "reset_in_body", "truncate"),
        *("long_length", "short_length", "malformed", "empty_body", "bad_utf8"),
        *("bad_gzip", "cut_gzip", "utf16", "latin1", "byte_order_mark"),
    )
} | {f"wire {name}": AnswerFault({"do": name, "seconds": 5}) for name in ("slow", "stall", "drip")}
_BODIES = {
    "429 Retry-After seconds": _answer(429, {}, **{"Retry-After": "0.01"}),
    "429 Retry-After days": _answer(429, {}, **{"Retry-After": "400000"}),
    "503 Retry-After nonsense": _answer(503, "", **{"Retry-After": "nan"}),
    "302 to a sign-in": _answer(302, "", Location="https://portal.example/login"),
    "307 to itself": _answer(307, "", Location="/"),
    "204": _answer(204),
    "200 object": _answer(200, {}),
    "200 list": _answer(200, []),
    "200 null": _answer(200, "null"),
    "200 number": _answer(200, "7"),
    "200 text": _answer(200, '"ok"'),
    "200 error 404": _answer(200, {"error": {"code": 404, "message": "late"}}),
    "200 error 503": _answer(200, {"error": {"code": 503, "status": "UNAVAILABLE"}}),
    "200 error words": _answer(200, {"error": "words"}),
    "403 gateway JSON": _answer(403, {"message": "Forbidden"}),
    "404 plain words": _answer(404, "no route"),
    "410 without a body": _answer(410),
    "520": _answer(520, "web server is returning an unknown error"),
}
_TOKEN_SHAPES = {
    f"token {name}": AnswerFault({"do": "answer", "body": body}, frozenset({"token"}))
    for name, body in {
        "null": {"access_token": None, "expires_in": 3600},
        "list": {"access_token": ["x"], "expires_in": 3600},
        "with a line break": {"access_token": "a\nb", "expires_in": 3600},
        "lifetime list": {"access_token": "a", "expires_in": [1]},
        "lifetime words": {"access_token": "a", "expires_in": "soon"},
        "nobody knows": {"access_token": "a", "expires_in": 3600},
    }.items()
}
_STATE = {"tokens run out": AnswerFault({"do": "expire_tokens"}, APIS)}
_IDENTITY = {
    "other workbook": AnswerFault({"do": "other_workbook"}, APIS),
    "other tab": AnswerFault({"do": "other_tab"}, CELLS),
    "other range": AnswerFault({"do": "other_range"}, CELLS),
    "old version": AnswerFault({"do": "old_version"}, APIS),
}
_RANGES = {
    f"ranges {name}": AnswerFault({"do": name}, CELLS)
    for name in ("drop_range", "swap_ranges", "double_range", "drop_values", "short_rows")
} | {
    "ranges drop_rows": AnswerFault({"do": "drop_rows", "rows": 3}, CELLS),
    "ranges loading": AnswerFault({"do": "loading"}, CELLS),
}
_FIRST = ("valueRanges", 0)
_SHAPES = {
    "cell list": _set("values", *_FIRST, "values", 1, 0, value=[1]),
    "cell object": _set("values", *_FIRST, "values", 1, 0, value={"a": 1}),
    "cell shown list": _set("shown", *_FIRST, "values", 0, 1, value=[1]),
    "cell shown number": _set("shown", *_FIRST, "values", 0, 1, value=7),
    "cell null": _set("values", *_FIRST, "values", 1, 0, value=None),
    "row number": _set("values", *_FIRST, "values", 1, value=7),
    "row null": _set("values", *_FIRST, "values", 1, value=None),
    "rows words": _set("values", *_FIRST, "values", value="words"),
    "rows null": _set("values", *_FIRST, "values", value=None),
    "rows object": _set("shown", *_FIRST, "values", value={"a": 1}),
    "range null": _set("values", *_FIRST, value=None),
    "echo number": _set("values", *_FIRST, "range", value=5),
    "echo missing": _removed("values", *_FIRST, "range"),
    "dimension other": _set("values", *_FIRST, "majorDimension", value="COLUMNS"),
    "ranges null": _set("values", "valueRanges", value=None),
    "ranges missing": _removed("shown", "valueRanges"),
    "id missing": _removed("values", "spreadsheetId"),
    "extra field": _set("values", "futureField", value={"a": [1]}),
    "metadata id missing": _removed("metadata", "spreadsheetId"),
    "metadata extra": _set("metadata", "futureField", value=[1]),
    "metadata tabs none": _set("metadata", "sheets", value=[]),
    "metadata tab list": _set("metadata", "sheets", 0, value=[1]),
    "metadata title number": _set("metadata", "sheets", 0, "properties", "title", value=5),
    "metadata id text": _set("metadata", "sheets", 0, "properties", "sheetId", value="x"),
    "metadata grid null": _set("metadata", "sheets", 0, "properties", "gridProperties", value=None),
    "metadata merges": _set("metadata", "sheets", 0, "merges", value=[7]),
    "metadata locale list": _set("metadata", "properties", "locale", value=["in_ID"]),
    "drive version null": _set("drive", "version", value=None),
    "drive version words": _set("drive", "version", value="new"),
    "drive time words": _set("drive", "modifiedTime", value="yesterday"),
    "drive time without zone": _set("drive", "modifiedTime", value="2026-01-01T00:00:00"),
    "drive trashed words": _set("drive", "trashed", value="no"),
    "drive id missing": _removed("drive", "id"),
    "drive name object": _set("drive", "name", value={"a": 1}),
}
FAULTS: Final[dict[str, AnswerFault]] = (
    _NAMED | _WIRE | _BODIES | _TOKEN_SHAPES | _STATE | _IDENTITY | _RANGES | _SHAPES
)
"""Each kind of fault by its name."""
LATE: Final = frozenset({"old version"})
"""Kinds whose answers are true, but late: the old content may stay for one refresh."""
UNSEEN: Final = {
    (how, name)
    for how in ("once in both renders", "always in both renders")
    for name in ("cell null",)
}
"""Where both renders agree on a blank cell within a row: the same as an edit that cleared it."""
