"""The server's application: every Google call passes faults, token and quota in this order."""

import re
import time
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

import jwt
import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route

from candid_assets.sandbox.accounts import answer as answer_token
from candid_assets.sandbox.accounts import asked_scopes, gives_tokens
from candid_assets.sandbox.answers import Answer
from candid_assets.sandbox.auth import TokenService
from candid_assets.sandbox.drive_api import get_file, list_files
from candid_assets.sandbox.edits import CHANGES, change_workbook, find_workbook
from candid_assets.sandbox.errors import Api, GoogleError, quota_exceeded, unanswered
from candid_assets.sandbox.faults import (
    CHANGING,
    GARBLING,
    SENDING,
    CallFacts,
    Fault,
    Faults,
)
from candid_assets.sandbox.journal import Entry, Journal
from candid_assets.sandbox.named_errors import error_answer
from candid_assets.sandbox.other_answers import folder_before, kinds_of, other_path, other_query
from candid_assets.sandbox.query import Query
from candid_assets.sandbox.quota import SlidingReadCount
from candid_assets.sandbox.spreadsheets import get_spreadsheet
from candid_assets.sandbox.store import WorkbookFolder
from candid_assets.sandbox.system_parameters import (
    asks_for_error_list,
    check_system_parameters,
    write_json,
)
from candid_assets.sandbox.tampering import garbled, tampered
from candid_assets.sandbox.values_api import batch_get_values, get_values
from candid_assets.sandbox.wire import BrokenResponse
from candid_assets.sandbox.writes import batch_update_values

_JSON = {"Content-Type": "application/json; charset=UTF-8"}
_WORKBOOK = re.compile(r"/(?:spreadsheets|files)/([^/:]+)")
_READS_BY_POST = ("ByDataFilter",)
_BATCH_UPDATE = re.compile(r"/v4/spreadsheets/([^/:]+)/values:batchUpdate")
_VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass
class Sandbox:
    """All that the server holds."""

    folder: WorkbookFolder
    tokens: TokenService
    quota: SlidingReadCount = field(default_factory=SlidingReadCount)
    faults: Faults = field(default_factory=Faults)
    journal: Journal = field(default_factory=Journal)
    originals: dict[str, bytes] = field(default_factory=dict)
    """Workbook files as they were before a change was asked for here."""

    def change(self, workbook: str, change: dict[str, Any]) -> dict[str, Any]:
        """Change a workbook's file, keeping the first state for a reset."""
        path = find_workbook(self.folder.folder, workbook)
        self.originals.setdefault(path.stem, path.read_bytes())
        book = change_workbook(self.folder.folder, path.stem, change)
        return {
            "spreadsheet_id": book.spreadsheet_id,
            "version": book.version,
            "modified_time": book.modified_time,
        }


@dataclass(slots=True)
class _Outcome:
    status: int
    body: bytes
    headers: dict[str, str]


def make_app(sandbox: Sandbox, control: list[Route]) -> Starlette:
    """Return the application: Google's paths, the token endpoint and `/_sandbox/`."""

    async def google(request: Request) -> Response:
        return await _answer(sandbox, request)

    return Starlette(
        routes=[
            Mount("/_sandbox", routes=control),
            Route("/token", google, methods=["POST"]),
            Route("/v4/{rest:path}", google, methods=list(_VERBS)),
            Route("/drive/v3/{rest:path}", google, methods=list(_VERBS)),
            Route("/{rest:path}", google, methods=list(_VERBS)),
        ]
    )


def _kind(method: str, path: str) -> tuple[str, Api]:
    api: Api = "drive" if path.startswith("/drive/") else "sheets"
    if gives_tokens(path):
        return "tokens", api
    if not path.startswith(("/v4/", "/drive/v3/")):
        return "other", api
    if method == "GET" or path.endswith(_READS_BY_POST):
        return f"{api}_reads", api
    return "writes", api


async def _answer(sandbox: Sandbox, request: Request) -> Response:
    method, path, raw_query = request.method, request.url.path, request.url.query
    path = request.scope["path"]
    kind, api = _kind(method, path)
    met = sandbox.faults.take(_facts(method, path, raw_query, kind))
    header = request.headers.get("authorization")
    body = await request.body()
    form = _form(body) if kind == "tokens" else {}
    before = sandbox.tokens.peek(header)
    try:
        outcome = _outcome(
            sandbox, _Call(method, path, kind, api, raw_query, header, form, body), met
        )
    except GoogleError as error:
        listed = asks_for_error_list(Query(raw_query))
        error_body = write_json(error.body(api, listed=listed), None)
        outcome = _Outcome(error.code, error_body, {**_JSON, **error.headers})
    outcome.headers = {**outcome.headers, "Date": formatdate(sandbox.tokens.now(), usegmt=True)}
    broken = next((f.do for f in met if f.do["do"] in SENDING), None)
    entry = Entry(
        time.time(),
        kind,
        method,
        path,
        unquote_plus(raw_query),
        before.scopes if before and kind != "tokens" else _asked_scopes(path, raw_query, form),
        0 if broken and broken["do"] in ("reset", "truncate") else outcome.status,
        len(outcome.body),
        tuple(str(fault.do["do"]) for fault in met),
    )
    sandbox.journal.add(entry)
    if broken and broken["do"] in GARBLING:
        outcome.body, encoding = garbled(outcome.body, str(broken["do"]))
        outcome.headers = {**outcome.headers, **encoding}
    elif broken:
        return BrokenResponse(outcome.body, outcome.status, outcome.headers, broken)
    return Response(outcome.body, outcome.status, outcome.headers)


@dataclass(frozen=True, slots=True)
class _Call:
    method: str
    path: str
    kind: str
    api: Api
    query: str
    header: str | None
    form: dict[str, Any]
    body: bytes = b""


def _facts(method: str, path: str, query: str, kind: str) -> CallFacts:
    ranges = [value for name, value in parse_qsl(query) if name == "ranges"]
    if "/values/" in path:
        ranges.append(path.split("/values/", 1)[1])
    return CallFacts(method, path, unquote_plus(query), kind, tuple(ranges))


def _form(body: bytes) -> dict[str, Any]:
    """Return what a call for a token says, as a form or as JSON."""
    if body.startswith(b"{"):
        try:
            return dict(orjson.loads(body))
        except orjson.JSONDecodeError:
            return {}
    return dict(parse_qsl(body.decode(errors="replace")))


def _asked_scopes(path: str, query: str, form: dict[str, Any]) -> tuple[str, ...]:
    """Return the scopes a call for a token asks for, whether or not it is good."""
    if "assertion" not in form:
        return asked_scopes(path, dict(parse_qsl(query)), form)
    try:
        claims = jwt.decode(form.get("assertion", ""), options={"verify_signature": False})
    except jwt.PyJWTError:
        return ()
    return tuple(str(claims.get("scope", "")).split())


def _outcome(sandbox: Sandbox, call: _Call, met: list[Fault]) -> _Outcome:
    for fault in met:
        _change_state(sandbox, call, fault)
    for fault in met:
        if fault.do["do"] in ("answer", "error"):
            return _canned(fault, call.api)
    if call.kind == "tokens":
        asked = dict(parse_qsl(call.query))
        status, body, headers = answer_token(
            sandbox.tokens, call.path, asked, call.form, call.header
        )
        if isinstance(body, str):
            return _Outcome(status, body.encode(), {"Content-Type": "application/text", **headers})
        return _Outcome(status, orjson.dumps(body), {**_JSON, **headers})
    if call.kind == "other":
        page = HTMLResponse(f"<title>Error 404 (Not Found)!!1</title><p>{call.path}", 404)
        return _Outcome(404, bytes(page.body), {"Content-Type": "text/html; charset=UTF-8"})
    query = Query(call.query)
    check_system_parameters(query, call.api)
    token = sandbox.tokens.admit(call.header, call.api, write=call.kind == "writes")
    if call.kind == "sheets_reads" and not sandbox.quota.take(token.email):
        raise quota_exceeded("sheets", sandbox.quota.per_minute)
    _keep_original(sandbox, call)
    answer = _read_another(sandbox, call, query, met)
    content = answer.content
    for fault in met:
        if fault.do["do"] in CHANGING:
            content = tampered(content, fault.do, fault.tab)
    return _Outcome(200, write_json(content, query, answer.hook), _JSON)


def _read_another(sandbox: Sandbox, call: _Call, query: Query, met: list[Fault]) -> Answer:
    """Answer a call, or another one in its place where a fault says so."""
    kinds, folder = kinds_of(met), sandbox.folder
    match = _WORKBOOK.search(call.path)
    workbook = match[1] if match else ""
    if "old_version" in kinds:
        folder = folder_before(folder.folder, sandbox.originals)
    if "other_tab" in kinds:
        query = other_query(folder, query, workbook, kinds["other_tab"])
    if "other_workbook" in kinds and workbook:
        call = replace(call, path=other_path(folder, call.path, workbook, kinds["other_workbook"]))
    return _read(folder, call, query)


def _keep_original(sandbox: Sandbox, call: _Call) -> None:
    """Keep a workbook as it is before a call writes to it, for a reset."""
    written = _BATCH_UPDATE.fullmatch(call.path)
    file = sandbox.folder.folder / f"{written[1]}.json" if written else None
    if file is not None and file.is_file():
        sandbox.originals.setdefault(file.stem, file.read_bytes())


def _change_state(sandbox: Sandbox, call: _Call, fault: Fault) -> None:
    do = fault.do
    if do["do"] == "expire_tokens":
        sandbox.tokens.expire_all()
    elif do["do"] == "use_quota":
        token = sandbox.tokens.peek(call.header)
        for _ in range(sandbox.quota.per_minute if token else 0):
            sandbox.quota.take(token.email if token else "")
    elif do["do"] in CHANGES:
        match = _WORKBOOK.search(call.path)
        workbook = do.get("workbook") or fault.workbook or (match[1] if match else "")
        sandbox.change(workbook, dict(do))


def _canned(fault: Fault, api: Api) -> _Outcome:
    do = fault.do
    if do["do"] == "error":
        status, body, headers = error_answer(do["error"], api, do)
    else:
        status, body = int(do.get("status", 200)), do.get("body", "")
        headers = {str(k): str(v) for k, v in do.get("headers", {}).items()}
    content = body.encode() if isinstance(body, str) else orjson.dumps(body)
    kind = {} if "Content-Type" in headers or isinstance(body, str) else _JSON
    return _Outcome(status, content, {**kind, **headers})


def _read(folder: WorkbookFolder, call: _Call, query: Query) -> Answer:
    written = _BATCH_UPDATE.fullmatch(call.path)
    if written and call.method == "POST":
        return Answer(batch_update_values(folder, written[1], call.body))
    if call.kind == "writes" or call.method != "GET":
        raise GoogleError(501, "The sandbox serves reads only.")
    if call.api == "drive":
        place = call.path.removeprefix("/drive/v3/")
        if place == "files":
            return Answer(list_files(folder, query))
        if place.startswith("files/") and place.count("/") == 1:
            return Answer(get_file(folder, place[6:], query))
        raise unanswered(call.path)
    match = re.fullmatch(r"/v4/spreadsheets/([^/:]+)(?:/values(:batchGet|/.+))?", call.path, re.S)
    if not match:
        raise unanswered(call.path)
    if match[2] is None:
        return get_spreadsheet(folder, match[1], query)
    if match[2] == ":batchGet":
        return batch_get_values(folder, match[1], query)
    return get_values(folder, match[1], match[2][1:], query)
