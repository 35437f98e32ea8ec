"""A database of orders on a real server, and the installation that reads it."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from candid_assets_tests.postgres import PASSWORD, Postgres
from candid_assets_tests.sources.installation import Installation

ORDERS = """name: orders
physicalName: {title}
description: One row per order.
dataGranularityDescription: One row per order.
customProperties: [{custom}]
properties:
  - {{name: order_id, physicalName: id, logicalType: integer, primaryKey: true, description: N.}}
  - {{name: amount, physicalName: amount, logicalType: number, description: Amount.}}
  - {{name: changed_at, physicalName: changed_at, logicalType: timestamp, description: WIB.}}
"""
SEEN = "select order_id, amount, changed_at from clean.gudang__orders order by 1"


class Database:
    """A database, what is done to it, and the installation that reads it."""

    def __init__(self, place: Installation, url: str, server: Postgres) -> None:
        self.place, self.url, self.server = place, url, server
        self.connect()

    @property
    def name(self) -> str:
        return urlsplit(self.url).path[1:]

    def connect(self, more: str = "", **facts: Any) -> None:
        keys = {"host": "127.0.0.1", "port": self.server.port, "database": self.name} | facts
        server = ", ".join(f"{key}: {value}" for key, value in keys.items())
        user = "" if "user, value" in more else "{property: user, value: candid}"
        custom = ", ".join(filter(None, (user, more)))
        self.place.head("gudang", f"type: postgresql, {server}, customProperties: [{custom}]")

    def contract(self, title: str = "orders", custom: str = "") -> None:
        self.place.table("gudang", "orders", ORDERS.format(title=title, custom=custom))

    def do(self, *statements: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)


@pytest.fixture
def db(
    place: Installation, database: str, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> Database:
    monkeypatch.setenv("CANDID_PASSWORD_GUDANG", PASSWORD)
    made = Database(place, database, postgres)
    made.contract()
    made.do(
        "create table orders (id int primary key, amount numeric, changed_at timestamptz)",
        "insert into orders values (1, 12.50, '2025-08-17 10:00+07'), (2, null, null)",
    )
    return made


CLEAN = [
    (1, Decimal("12.50"), datetime.fromisoformat("2025-08-17 10:00:00")),
    (2, None, None),
]
