"""An answer of an API that is wrong once costs nothing; one that stays is named as what it is."""

import gzip

import pytest

from candid_assets_tests.sources.api.orders_api import SEEN, Answer, Shop, body, clean, order

PAGE = b"<!DOCTYPE html><html><head><title>Masuk ke Wi-Fi</title></head><body></body></html>"
ODD: dict[str, Answer] = {
    "a page": (200, {"Content-Type": "text/html"}, PAGE),
    "nothing": (200, {}, b""),
    "half": (200, {"Content-Type": "application/json"}, b'{"data": ['),
    "broken gzip": (200, {"Content-Encoding": "gzip"}, gzip.compress(b"{}")[:-9] + bytes(9)),
    "UTF-16": (200, {}, '{"data": []}'.encode("utf-16")[:-1]),
    "403 page": (403, {"Content-Type": "text/html"}, PAGE),
    "403": (403, {}, b'{"message": "no"}'),
    "404": (404, {}, b"{}"),
    "410": (410, {}, b""),
    "400": (400, {}, b"{}"),
    "503": (503, {}, b""),
}


@pytest.mark.parametrize("odd", ODD)
def test_an_answer_that_is_wrong_once_costs_nothing(shop: Shop, odd: str) -> None:
    answers = [ODD[odd], body({"data": [order(1)]})]
    shop.api.answer = lambda *_: answers.pop(0)
    assert shop.place.run().succeeded, shop.place.failures()
    assert shop.place.query(SEEN) == [clean(1)]


@pytest.mark.parametrize("odd", ["a page", "403 page"])
def test_a_page_that_stays_is_named_as_none_of_the_api(shop: Shop, odd: str) -> None:
    assert shop.place.run().succeeded
    shop.api.answer = lambda *_: ODD[odd]
    assert not shop.place.run().succeeded
    ((cause, message),) = shop.place.failures()
    assert cause == "intercepted"
    assert "Masuk ke Wi-Fi" in message
    assert shop.place.query(SEEN) == [clean(1), clean(2)]
