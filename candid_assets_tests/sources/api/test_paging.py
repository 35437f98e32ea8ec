"""The pages of an API are read to the last one, or the table is reported."""

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from candid_assets.contracts.load import load_catalog
from candid_assets_tests.sources.api.orders_api import (
    ORDERS,
    SEEN,
    Answer,
    Shop,
    body,
    clean,
    order,
)
from candid_assets_tests.sources.api.paged_apis import APIS, SILENT, PagedApi
from candid_assets_tests.sources.installation import discovered

pytestmark = pytest.mark.slow

COUNT = 24
NAMED = {re.sub(r"\W", "_", name): paged for name, paged in APIS.items()}
WHOLE = ORDERS.replace(", value: data}", ', value: ""}')
"""The orders as a table whose records are wherever the answer has them."""


def serve(shop: Shop, apis: Mapping[str, PagedApi], count: int) -> None:
    """Answer as each of the APIs below an address of its own, and as toko at all others."""
    replies = {f"/{name}/orders": paged.answer(count) for name, paged in apis.items()}

    def answer(path: str, query: dict[str, str], _: dict[str, str]) -> Answer:
        if path not in replies:
            return body(data(1, 2))
        return replies[path](f"{shop.api.url}{path}", path, query)

    shop.api.answer = answer


def describe(shop: Shop, apis: Mapping[str, PagedApi], *, paging: bool) -> None:
    for name, paged in apis.items():
        shop.describe(name, name, **(paged.paging if paging else {}))
        shop.place.table(name, "orders", WHOLE)


def rows(shop: Shop, name: str) -> list[tuple[Any, ...]]:
    return shop.place.query(SEEN.replace("toko__", f"{name}__"))


def pages(shop: Shop, *answers: Any, parameter: str = "page", **custom: Any) -> None:
    """Answer page 1, 2 and so on; the last answer stands for all pages behind it."""

    def answer(_: str, query: dict[str, str], __: dict[str, str]) -> Answer:
        number = int(query.get(parameter, 1))
        chosen = answers[min(number, len(answers)) - 1]
        return chosen if isinstance(chosen, tuple) else body(chosen)

    shop.api.answer = answer
    shop.connect(**{"pagination": "page", **custom})


def data(*numbers: int, **more: Any) -> dict[str, Any]:
    return {"data": [order(n) for n in numbers], **more}


def refused(shop: Shop) -> tuple[str, str]:
    assert not shop.place.run().succeeded
    ((cause, message),) = shop.place.failures()
    return cause, message


def test_answer_that_says_there_is_more_is_refused_where_no_paging_is_declared(
    shop: Shop,
) -> None:
    serve(shop, NAMED, COUNT)
    describe(shop, NAMED, paging=False)
    record = shop.place.run()
    assert {f.table for f in record.failures} == {f"{name}__orders" for name in NAMED}
    for failure in record.failures:
        assert failure.cause == "pages_unread", failure
        said = "the API gave 10 records and says that there are more"
        assert said in failure.message, failure
        assert (
            "declare pagination, nextAt and pageParameter in orders.yaml, or of the server"
            in failure.fix
        ), failure


def test_the_only_page_of_an_api_is_the_whole_table(shop: Shop) -> None:
    serve(shop, NAMED, 7)
    describe(shop, NAMED, paging=False)
    assert shop.place.run().succeeded, shop.place.failures()
    assert {name: len(rows(shop, name)) for name in NAMED} == dict.fromkeys(NAMED, 7)


def test_declared_paging_reads_every_record_of_full_pages(shop: Shop) -> None:
    apis = NAMED | {"silent": SILENT}
    serve(shop, apis, 20)
    describe(shop, apis, paging=True)
    assert shop.place.run().succeeded, shop.place.failures()
    for name in apis:
        assert rows(shop, name) == [clean(n) for n in range(1, 21)], name


def test_discover_recognises_the_paging_and_the_run_reads_every_record(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    apis = NAMED | {"silent": SILENT}
    serve(shop, apis, COUNT)
    for name in apis:
        address = f"{shop.api.url}/{name}"
        done = discovered(shop.place, monkeypatch, address, name, "--tab", "orders")
        assert done.exit_code == 0, done.output
    books = {w.name: w for w in load_catalog(shop.place.settings.catalog_dir).workbooks}
    for name, paged in apis.items():
        facts = books[name].servers["staging"]
        assert {k: facts[k] for k in paged.paging} == paged.paging, name
    assert shop.place.run().succeeded, shop.place.failures()
    for name in apis:
        counted = shop.place.query(f"select count(*) from clean.{name}__orders")
        assert counted == [(COUNT,)], name


def test_discover_declares_no_paging_of_an_api_that_has_none(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.api.answer = lambda *_: body(data(*range(1, 25), total=24))
    done = discovered(shop.place, monkeypatch, f"{shop.api.url}/v1", "baru", "--tab", "orders")
    assert done.exit_code == 0, done.output
    assert (
        "pagination" not in (shop.place.root / "catalog/workbooks/baru/contract.yaml").read_text()
    )


def test_discover_describes_no_table_whose_paging_it_cannot_recognise(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.api.answer = lambda *_: body(data(*range(1, 11), total=24))
    done = discovered(shop.place, monkeypatch, f"{shop.api.url}/v1", "baru", "--tab", "orders")
    summary = json.loads(done.output.splitlines()[-1])
    assert summary["tables"] == []
    assert "says that there are more (total: 24)" in summary["not_tables"][0]["reason"]


@pytest.mark.parametrize("size", [3, 10, 500])
def test_page_size_that_the_api_clamps_is_stepped_over_by_what_came(shop: Shop, size: int) -> None:
    jira = replace(APIS["jira"], paging={**APIS["jira"].paging, "pageSize": size})
    serve(shop, {"jira": jira}, COUNT)
    describe(shop, {"jira": jira}, paging=True)
    assert shop.place.run().succeeded, shop.place.failures()
    assert rows(shop, "jira") == [clean(n) for n in range(1, COUNT + 1)]


@pytest.mark.parametrize(
    "behind",
    [(404, {}, b'{"detail": "Invalid page."}'), (204, {}, b""), {"data": []}, {"data": None}],
    ids=["404", "204", "empty", "null"],
)
def test_last_page_may_be_followed_by_any_answer_without_records(shop: Shop, behind: Any) -> None:
    pages(shop, data(1, 2), data(3), behind)
    assert shop.place.run().succeeded, shop.place.failures()
    assert shop.place.query(SEEN) == [clean(n) for n in (1, 2, 3)]


@pytest.mark.parametrize(
    "behind",
    [(400, {}, b'{"code": "rest_post_invalid_page_number"}'), data(3, total_pages=2)],
    ids=["400", "last page again"],
)
def test_number_of_pages_says_which_page_is_the_last(shop: Shop, behind: Any) -> None:
    pages(shop, data(1, 2, total_pages=2), data(3, total_pages=2), behind)
    assert shop.place.run().succeeded, shop.place.failures()
    assert len(shop.place.query(SEEN)) == 3


@pytest.mark.parametrize(
    ("answers", "cause", "expected"),
    [
        ([data(1, total=3), (404, {}, b"")], "changed_while_reading", "page 2 is missing"),
        ([data(1, has_more=True), (404, {}, b"")], "changed_while_reading", "has_more: True"),
        ([data(1), (400, {}, b"")], "server_error", "the API answered 400"),
        ([data(1), (500, {}, b"")], "server_error", "the API answered 500"),
        ([data(1), {"error": "busy"}], "malformed", "nothing at data, but: error"),
        ([data(1, 2), data(1, 2)], "pages_repeat", "page 2 is the same as an earlier one"),
        ([data(1, total=5), data(2, total=5), data()], "changed_while_reading", "total: 5"),
        ([data(1), data(has_more=True)], "changed_while_reading", "has_more: True"),
        ([data(1, 2, total=4), data(2, 3, total=4), data()], "changed_while_reading", "gave 3"),
    ],
    ids=[
        *("404 before the total", "404 though there is more", "400", "500", "an error as 200"),
        *("repeated", "total", "empty though there is more", "a record twice instead of another"),
    ],
)
def test_pages_that_are_not_the_whole_are_reported(
    shop: Shop, answers: list[Any], cause: str, expected: str
) -> None:
    assert shop.place.run().succeeded
    before = shop.place.query(SEEN)
    pages(shop, *answers)
    reported, message = refused(shop)
    assert reported == cause
    assert expected in message
    assert shop.place.query(SEEN) == before


def test_records_that_move_between_pages_at_each_reading_are_reported(shop: Shop) -> None:
    rounds = iter([(2, 3), (2, 4), (2, 5)])

    def answer(_: str, query: dict[str, str], __: dict[str, str]) -> Answer:
        page = int(query["page"])
        return body(data(1, 2) if page == 1 else data(*next(rounds)) if page == 2 else data())

    shop.api.answer = answer
    shop.connect(pagination="page")
    cause, message = refused(shop)
    assert cause == "changed_while_reading"
    assert "1 records came on two pages" in message


def test_page_that_is_shorter_than_others_is_no_end(shop: Shop) -> None:
    pages(shop, data(1), data(2, 3), data(4), data())
    assert shop.place.run().succeeded, shop.place.failures()
    assert len(shop.place.query(SEEN)) == 4


def test_sign_that_means_something_else_may_be_ignored(shop: Shop) -> None:
    shop.api.answer = lambda *_: body(data(1, 2, summary={"total": 1_250_000}))
    cause, message = refused(shop)
    assert cause == "pages_unread"
    assert "ignoredSigns: [summary.total]" in message
    shop.connect(ignoredSigns=["summary.total"])
    assert shop.place.run().succeeded, shop.place.failures()


@pytest.mark.parametrize("asked", [2, 1])
def test_as_many_records_as_were_asked_for_may_be_a_part(shop: Shop, asked: int) -> None:
    custom = f"value: data}}, {{property: parameters, value: {{limit: '{asked}'}}}}"
    shop.place.table("toko", "orders", ORDERS.replace("value: data}", custom))
    cause, message = refused(shop)
    assert cause == "pages_unread"
    assert f"limit: {asked}" in message


def test_page_as_large_as_the_size_it_states_may_be_a_part(shop: Shop) -> None:
    shop.api.answer = lambda *_: body(data(1, 2, limit=2, offset=0))
    assert refused(shop)[0] == "pages_unread"
    shop.api.answer = lambda *_: body(data(1, 2, limit=100, offset=0))
    assert shop.place.run().succeeded, shop.place.failures()


def test_answer_without_records_where_they_should_be_is_no_empty_table(shop: Shop) -> None:
    shop.api.answer = lambda *_: body({"error": {"message": "quota"}})
    cause, message = refused(shop)
    assert cause == "malformed"
    assert "nothing at data, but: error" in message
    assert "correct recordsAt in orders.yaml" in message


MIXED = {"orders": "github", "items": "github", "hits": "jira", "users": "slack"}


def only_baru(shop: Shop) -> None:
    """Take away the contracts of the API that tests describe by hand."""
    shutil.rmtree(shop.place.root / "catalog/workbooks/toko")


def mixed(shop: Shop) -> None:
    """Answer below one address with paths of several ways of paging, and one of a single page."""

    def answer(path: str, query: dict[str, str], _: dict[str, str]) -> Answer:
        name = path.rpartition("/")[2]
        if name not in MIXED:
            return body([order(n) for n in range(1, 8)])
        return APIS[MIXED[name]].answer(COUNT)(f"{shop.api.url}{path}", path, query)

    shop.api.answer = answer


def test_each_path_of_an_api_is_read_by_its_own_way_of_paging(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    mixed(shop)
    only_baru(shop)
    titles = [*MIXED, "cities"]
    tabs = [word for title in titles for word in ("--tab", title)]
    done = discovered(shop.place, monkeypatch, f"{shop.api.url}/v1", "baru", *tabs)
    assert done.exit_code == 0, done.output
    book = next(w for w in shop.place.catalog().workbooks if w.name == "baru")
    assert book.servers["staging"]["pagination"] == "link"
    ways = {tab.title: tab.reading.pagination for tab in book.tabs}
    own = {"hits": "offset", "users": "cursor"}
    assert ways == dict.fromkeys(titles, None) | own
    assert shop.place.run().succeeded, shop.place.failures()
    counts = {t: shop.place.query(f"select count(*) from clean.baru__{t}") for t in titles}
    assert counts == {t: [(COUNT,)] for t in MIXED} | {"cities": [(7,)]}


def test_path_of_one_page_beside_counted_pages_is_described_as_such(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(path: str, query: dict[str, str], _: dict[str, str]) -> Answer:
        paged = SILENT if path.endswith("orders") else None
        if paged is not None:
            return paged.answer(COUNT)(path, path, query)
        return body([order(n) for n in range(1, 8)])

    shop.api.answer = answer
    only_baru(shop)
    address = f"{shop.api.url}/v1"
    done = discovered(shop.place, monkeypatch, address, "baru", "--tab", "orders")
    assert done.exit_code == 0, done.output
    # A later path of the same API: its head stays as it is.
    head = shop.place.root / "catalog/workbooks/baru/contract.yaml"
    before = head.read_text()
    done = discovered(shop.place, monkeypatch, address, "baru", "--tab", "cities")
    assert done.exit_code == 0, done.output
    assert head.read_text() == before
    tabs = {tab.title: tab for tab in shop.place.catalog().tabs if tab.workbook == "baru"}
    assert tabs["cities"].reading.pagination == "none"
    cities = tabs["cities"].path
    assert shop.place.run().succeeded, shop.place.failures()
    assert shop.place.query("select count(*) from clean.baru__cities") == [(7,)]
    assert shop.place.query("select count(*) from clean.baru__orders") == [(COUNT,)]
    # Without the line its pages never end, and the message says which line is missing.
    cities.write_text(re.sub(r".*pagination.*\n", "", cities.read_text()))
    assert not shop.place.run().succeeded
    ((cause, message),) = shop.place.failures()
    assert cause == "pages_repeat"
    assert "write pagination: none into cities.yaml" in message
