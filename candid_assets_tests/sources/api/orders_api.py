"""A JSON API of orders on loopback that answers as a test says, and what reads it."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from candid_assets.sources.api import client
from candid_assets_tests.sources.installation import Installation

ORDERS = """name: orders
physicalName: orders
description: One row per order.
dataGranularityDescription: One row per order.
customProperties: [{property: recordsAt, value: data}]
properties:
  - {name: order_id, physicalName: id, logicalType: integer, primaryKey: true, description: Id.}
  - {name: city, physicalName: customer.address.city, logicalType: string, description: City.}
  - {name: amount, physicalName: amount, logicalType: number, description: Amount.}
  - {name: ordered_at, physicalName: ordered_at, logicalType: timestamp, description: WIB.}
  - {name: tags, physicalName: tags, logicalType: string, description: Tags as JSON.}
"""
SEEN = "select order_id, city, amount, ordered_at::varchar, tags from clean.toko__orders order by 1"


def order(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "customer": {"name": f"Toko {number}", "address": {"city": "Bandung", "zip": None}},
        "amount": number * 2 + 0.5,
        "ordered_at": "2025-08-17T10:00:00+07:00",
        "tags": ["a", "b"],
    }


def clean(number: int) -> tuple[Any, ...]:
    amount = Decimal(number * 2) + Decimal("0.5")
    return (number, "Bandung", amount, "2025-08-17 10:00:00", '["a", "b"]')


Answer = tuple[int, dict[str, str], bytes]


def body(value: Any) -> Answer:
    return 200, {"Content-Type": "application/json"}, json.dumps(value).encode()


@dataclass
class Api:
    """A server on loopback that answers as a test says."""

    answer: Callable[[str, dict[str, str], dict[str, str]], Any]
    asked: list[tuple[str, dict[str, str], dict[str, str]]] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def api() -> Iterator[Api]:
    made = Api(lambda *_: body({"data": [order(1), order(2)]}))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {k: v[0] for k, v in parse_qs(parts.query).items()}
            headers = {k.lower(): v for k, v in self.headers.items()}
            made.asked.append((parts.path, query, headers))
            answered = made.answer(parts.path, query, headers)
            if callable(answered):
                answered(self)
                return
            if isinstance(answered, list):  # cut off: less than was promised
                self.send_response(200)
                self.send_header("Content-Length", "100000")
                self.end_headers()
                self.wfile.write(answered[0])
                return
            status, more, content = answered
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        made.url = f"http://127.0.0.1:{server.server_port}"
        yield made
        server.shutdown()
        thread.join()


class Shop:
    """The API, and the installation that reads it."""

    def __init__(self, place: Installation, api: Api) -> None:
        self.place, self.api = place, api
        self.connect()
        place.table("toko", "orders", ORDERS)

    def connect(self, **custom: Any) -> None:
        self.describe("toko", "v1", **custom)

    def describe(self, name: str, path: str, **custom: Any) -> None:
        items = ", ".join(f"{{property: {k}, value: {json.dumps(v)}}}" for k, v in custom.items())
        server = f"type: api, location: '{self.api.url}/{path}', customProperties: [{items}]"
        self.place.head(name, server)


@pytest.fixture
def shop(place: Installation, api: Api, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setattr(client, "ATTEMPTS", 2)
    monkeypatch.setattr(client, "GARBLED", replace(client.GARBLED, first_wait=0.01))
    return Shop(place, api)
