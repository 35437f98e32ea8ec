"""Runs a file, or a function, whose calls of Google's addresses go to a server of this machine.

`python reroute.py FILE …` or `python reroute.py MODULE:FUNCTION …`, with the server's address in
BENCH_API. Only requests are changed: their address, and a mask where whole cells are asked for,
which the server does not imitate; the mask names all that the contenders read of a cell. A limit
that a client sets itself on calls a minute is lifted.
"""

import importlib
import os
import runpy
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl

SCOPES = " ".join(
    f"https://www.googleapis.com/auth/{name}.readonly" for name in ("spreadsheets", "drive")
)
GOOGLE = ("https://sheets.googleapis.com", "https://www.googleapis.com")
TOKENS = ("https://oauth2.googleapis.com/token", "https://www.googleapis.com/oauth2/v4/token")


MASK = (
    "spreadsheetId,properties,sheets(properties,merges,data(startRow,startColumn,rowData(values("
    "effectiveValue,formattedValue,effectiveFormat(numberFormat)))))"
)


def rerouted(address: str) -> str:
    """Return the address at the local server of one of Google's; others stay as they are."""
    root = os.environ["BENCH_API"]
    if "includeGridData=true" in address and "fields=" not in address:
        address += f"&fields={MASK}"
    if address.startswith(TOKENS):
        return f"{root}/token"
    for google in GOOGLE:
        if address.startswith(google):
            path, question, query = address.removeprefix(google).partition("?")
            # The Singer tap writes a title's spaces as in a query.
            return root + path.replace("+", "%20") + question + query
    return address


def reroute() -> None:
    """Change the two HTTP clients that Google's libraries and the contenders use."""
    with suppress(ImportError):
        adapters = importlib.import_module("requests.adapters")
        adapters.HTTPAdapter.send = _of_requests(adapters.HTTPAdapter.send)
    with suppress(ImportError):
        httplib2 = importlib.import_module("httplib2")
        httplib2.Http.request = _of_httplib2(httplib2.Http.request)
    with suppress(ImportError):
        utils = importlib.import_module("singer.utils")
        utils.ratelimit = lambda _limit, _every: lambda call: call


def _of_requests(send: Callable[..., Any]) -> Callable[..., Any]:
    def sending(self: Any, request: Any, **options: Any) -> Any:
        if request.url.startswith(TOKENS) and "refresh_token=" in str(request.body):
            # A person's sign-in has the scopes that the person agreed to; here they are asked for.
            request.prepare_body({**dict(parse_qsl(request.body)), "scope": SCOPES}, None)
        request.url = rerouted(request.url)
        return send(self, request, **options)

    return sending


def _of_httplib2(request: Callable[..., Any]) -> Callable[..., Any]:
    def requesting(self: Any, uri: str, *rest: Any, **options: Any) -> Any:
        return request(self, rerouted(uri), *rest, **options)

    return requesting


def main() -> None:
    """Run what the first argument names, with the others as its own."""
    reroute()
    program = sys.argv[1]
    sys.argv = sys.argv[1:]
    if program.endswith(".py"):
        sys.path.insert(0, os.path.dirname(program))  # noqa: PTH120 - runs without the project
        runpy.run_path(program, run_name="__main__")
    else:
        module, _, function = program.partition(":")
        getattr(importlib.import_module(module), function)()


if __name__ == "__main__":
    main()
