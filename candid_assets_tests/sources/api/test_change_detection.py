"""Whether an API changed, at its own pace, and how much of it is held in memory."""

import hashlib
import time
from collections.abc import Callable
from email.utils import formatdate
from itertools import pairwise
from pathlib import Path

import pytest

from candid_assets.sources.api import flatten
from candid_assets.sources.api.client import _pace
from candid_assets_tests.sources.api.orders_api import (
    ORDERS,
    SEEN,
    Answer,
    Shop,
    body,
    clean,
    order,
)

Validators = Callable[[bytes], dict[str, str]]


def tag(content: bytes) -> dict[str, str]:
    return {"ETag": f'"{hashlib.sha256(content).hexdigest()[:16]}"'}


class Library:
    """Pages of orders behind validators, and what was asked of them."""

    def __init__(self, shop: Shop, validators: Validators, pages: int = 1) -> None:
        self.records = [order(n) for n in range(1, 5)]
        self.full = self.unchanged = 0
        self.validators, self.pages = validators, pages
        shop.api.answer = self.answer

    def answer(self, _: str, query: dict[str, str], headers: dict[str, str]) -> Answer:
        size = -(-len(self.records) // self.pages)
        start = (int(query.get("page", 1)) - 1) * size if self.pages > 1 else 0
        status, more, content = body({"data": self.records[start : start + size]})
        validators = self.validators(content)
        asked = {headers.get("if-none-match"), headers.get("if-modified-since")} - {None}
        if asked and asked <= set(validators.values()):
            self.unchanged += 1
            return 304, validators, b""
        self.full += 1
        return status, {**more, **validators}, content


def test_unchanged_etag_skips_the_reading(shop: Shop) -> None:
    library = Library(shop, tag)
    assert shop.place.run().succeeded, shop.place.failures()
    assert library.full == 1
    record = shop.place.run()
    assert record.succeeded
    assert record.built == []
    assert (library.full, library.unchanged) == (1, 1)


def test_changed_etag_is_read_once(shop: Shop) -> None:
    library = Library(shop, tag)
    shop.place.run()
    library.records.append(order(5))
    assert shop.place.run().succeeded
    assert shop.place.query(SEEN) == [clean(n) for n in range(1, 6)]
    full = library.full
    assert shop.place.run().built == []
    assert library.full == full


def test_every_page_must_be_unchanged(shop: Shop) -> None:
    library = Library(shop, tag, pages=2)
    shop.connect(pagination="page")
    shop.place.run()
    full = library.full
    shop.place.run()
    # Two pages of records and the empty one that ends them.
    assert (library.full, library.unchanged) == (full, 3)
    library.records[3] = order(4) | {"amount": 1}
    assert shop.place.run().succeeded
    assert shop.place.query("select amount from clean.toko__orders where order_id = 4") == [(1,)]


def test_last_modified_is_trusted_once_its_second_is_over(shop: Shop) -> None:
    moment = formatdate(time.time() - 3600, usegmt=True)
    library = Library(shop, lambda _: {"Last-Modified": moment})
    shop.place.run()
    shop.place.run()
    assert (library.full, library.unchanged) == (1, 1)


def test_a_record_changed_in_the_second_that_last_modified_names_is_not_missed(shop: Shop) -> None:
    now = formatdate(time.time(), usegmt=True)
    library = Library(shop, lambda _: {"Last-Modified": now, "Date": now})
    shop.place.run()
    library.records.append(order(5))
    assert shop.place.run().succeeded
    assert len(shop.place.query(SEEN)) == 5


def test_changed_request_parameters_are_read_in_spite_of_an_etag(shop: Shop) -> None:
    library = Library(shop, tag)
    shop.place.run()
    more = "{property: parameters, value: {kota: bandung}}"
    shop.place.table("toko", "orders", ORDERS.replace("value: data}", f"value: data}}, {more}"))
    assert shop.place.run().succeeded
    assert library.full == 2
    assert shop.api.asked[-1][1] == {"kota": "bandung"}


def test_a_table_whose_reading_failed_is_read_again_in_spite_of_its_etag(shop: Shop) -> None:
    library = Library(shop, tag)
    shop.place.run()
    library.records.append(order(5))
    honest = library.answer
    shop.api.answer = lambda *asked: (403, {}, b"{}") if len(shop.api.asked) > 2 else honest(*asked)
    assert not shop.place.run().succeeded
    shop.api.answer = honest
    assert shop.place.run().succeeded
    assert len(shop.place.query(SEEN)) == 5


def test_failed_conditional_request_leaves_the_error_to_the_reading(shop: Shop) -> None:
    Library(shop, tag)
    shop.place.run()
    shop.api.answer = lambda *_: (401, {}, b"{}")
    assert not shop.place.run().succeeded
    assert [cause for cause, _ in shop.place.failures()] == ["bad_credentials"]


def test_key_in_a_query_is_never_recorded(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANDID_PASSWORD_TOKO", "geheim")
    library = Library(shop, tag)
    shop.connect(auth="api_key", keyName="key", keyIn="query")
    shop.place.run()
    shop.place.run()
    assert (library.full, library.unchanged) == (1, 1)
    assert shop.api.asked[-1][1]["key"] == "geheim"
    for file in (shop.place.settings.data_dir / "looks").iterdir():
        assert "geheim" not in file.read_text()


def test_requests_keep_to_the_rate_of_the_contract(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    times: list[float] = []
    library = Library(shop, lambda _: {}, pages=4)

    def answer(path: str, query: dict[str, str], headers: dict[str, str]) -> Answer:
        times.append(time.monotonic())
        return library.answer(path, query, headers)

    shop.api.answer = answer
    shop.connect(pagination="page", requestsPerMinute=300)
    assert shop.place.run().succeeded, shop.place.failures()
    assert len(times) == 5
    gaps = [after - before for before, after in pairwise(times)]
    assert min(gaps) > 0.15
    assert len(shop.place.query(SEEN)) == 4


def test_request_rate_is_shared_and_survives_a_wrong_clock(tmp_path: Path) -> None:
    one, other = (_pace(tmp_path, "https://api.example.com/v1", 600) for _ in range(2))
    began = time.monotonic()
    for pace in (one, other, one):
        pace.take()
    assert time.monotonic() - began > 0.19
    (file,) = tmp_path.glob("*.ledger")
    file.write_text(repr(time.time() + 1e6))
    began = time.monotonic()
    one.take()
    assert time.monotonic() - began < 1


def test_request_rate_of_zero_is_refused(shop: Shop) -> None:
    shop.connect(requestsPerMinute=0)
    (problem,) = shop.place.catalog().problems
    assert "requestsPerMinute" in problem.message


@pytest.mark.parametrize("cells", [1, 7, 10_000])
def test_buffered_records_do_not_depend_on_the_size_of_the_buffer(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, cells: int
) -> None:
    monkeypatch.setattr(flatten, "MOST_CELLS", cells)
    library = Library(shop, lambda _: {}, pages=3)
    library.records[2]["late"] = "a column that only later records have"
    shop.connect(pagination="page")
    assert shop.place.run().succeeded, shop.place.failures()
    assert shop.place.query(SEEN) == [clean(n) for n in range(1, 5)]
    assert list((shop.place.settings.landing_dir).glob(".spool-*")) == []
