"""APIs of JSON, from the record to the published table, on a real server that misbehaves."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from candid_assets.contracts.load import load_catalog
from candid_assets.monitoring.doctor.sources import check_sources
from candid_assets_tests.sources.api.orders_api import (
    ORDERS,
    SEEN,
    Answer,
    Shop,
    body,
    clean,
    order,
)
from candid_assets_tests.sources.installation import discovered

pytestmark = pytest.mark.slow


def test_nested_records_become_a_table_by_the_contracts_paths(shop: Shop) -> None:
    assert shop.place.run().succeeded, shop.place.failures()
    assert shop.place.query(SEEN) == [clean(1), clean(2)]
    assert "api.toko__orders" in shop.place.built()
    assert shop.api.asked[0][0] == "/v1/orders"
    assert shop.place.run().built == []


def test_a_number_is_read_as_it_is_written(shop: Shop) -> None:
    text = json.dumps({"data": [order(1)]}).replace("2.5", "12345678901234567.89")
    shop.api.answer = lambda *_: (200, {}, text.encode())
    shop.place.run()
    raw = shop.place.query('select "C" from raw.toko__orders where _row = 2')
    assert raw == [("12345678901234567.89",)]


def _pages(shop: Shop, kind: str, size: int = 10, count: int = 35) -> None:
    rows = [order(n) for n in range(1, count + 1)]

    def answer(_: str, query: dict[str, str], __: dict[str, str]) -> Answer:
        start = {
            "page": lambda: (int(query.get("page", 1)) - 1) * size,
            "offset": lambda: int(query.get("offset", 0)),
        }.get(kind, lambda: int(query.get("after", 0)))()
        part = rows[start : start + size]
        after = start + size if start + size < count else None
        answer: dict[str, Any] = {"data": part, "total": count}
        headers = {}
        if kind == "cursor":
            answer["meta"] = {"next": after}
        if kind == "next_url":
            answer["next"] = f"{shop.api.url}/v1/orders?after={after}" if after else None
        if kind == "link" and after:
            headers["Link"] = f'<{shop.api.url}/v1/orders?after={after}>; rel="next"'
        status, _h, content = body(answer)
        return status, headers, content

    shop.api.answer = answer


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("page", {"pageParameter": "page"}),
        ("offset", {"pageSize": 10, "totalAt": "total"}),
        ("cursor", {"nextAt": "meta.next", "pageParameter": "after"}),
        ("next_url", {}),
        ("link", {}),
    ],
)
def test_every_kind_of_paging_is_read_to_the_last_page(
    shop: Shop, kind: str, more: dict[str, Any]
) -> None:
    _pages(shop, kind)
    shop.connect(pagination=kind, **more)
    assert shop.place.run().succeeded, shop.place.failures()
    assert shop.place.query(SEEN) == [clean(n) for n in range(1, 36)]


@pytest.mark.parametrize(
    ("custom", "seen"),
    [
        ({"auth": "bearer"}, ("authorization", "Bearer geheim")),
        ({"auth": "basic", "user": "a"}, ("authorization", "Basic YTpnZWhlaW0=")),
        ({"auth": "api_key", "keyName": "X-Key"}, ("x-key", "geheim")),
    ],
)
def test_the_key_comes_from_the_environment(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, custom: dict[str, str], seen: tuple[str, str]
) -> None:
    monkeypatch.setenv("CANDID_PASSWORD_TOKO", "geheim")
    shop.connect(**custom)
    assert shop.place.run().succeeded
    name, value = seen
    assert shop.api.asked[0][2][name] == value


def test_key_may_be_sent_in_the_query(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANDID_PASSWORD_TOKO", "geheim")
    shop.connect(auth="api_key", keyName="key", keyIn="query")
    assert shop.place.run().succeeded
    assert shop.api.asked[0][1]["key"] == "geheim"


@pytest.mark.parametrize("before", [0, 152, 595, 1190])
@pytest.mark.parametrize(
    "custom",
    [
        {"auth": "bearer"},
        {"auth": "basic", "user": "a"},
        {"auth": "api_key", "keyName": "key", "keyIn": "query"},
    ],
)
def test_a_key_that_an_answer_repeats_is_in_no_message(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, custom: dict[str, str], before: int
) -> None:
    secret = "geheim/ä+key"
    monkeypatch.setenv("CANDID_PASSWORD_TOKO", secret if custom["auth"] != "bearer" else "geheim")
    shop.connect(**custom)

    def repeating(_: str, query: dict[str, str], headers: dict[str, str]) -> Any:
        asked = f"{'x' * before}{headers.get('authorization')} {query} is not known"
        return 403, {"Content-Type": "text/plain"}, asked.encode()

    shop.api.answer = repeating
    assert not shop.place.run().succeeded
    ((cause, message),) = shop.place.failures()
    assert cause == "permission_denied"
    for part in ("geheim", "YTpnZWhla", "geh"):
        assert part not in message


def test_retry_after_of_an_answer_is_honoured(shop: Shop) -> None:
    answers = [(429, {"Retry-After": "0"}, b""), body({"data": [order(1)]})]
    shop.api.answer = lambda *_: answers.pop(0)
    assert shop.place.run().succeeded
    assert len(shop.api.asked) == 2


def _loop(shop: Shop) -> None:
    _, _, content = body({"data": [order(1)], "next": f"{shop.api.url}/v1/orders?x=1"})
    shop.api.answer = lambda *_: (200, {}, content)
    shop.connect(pagination="next_url")


def _foreign(shop: Shop) -> None:
    first = body({"data": [order(1)], "next": "http://127.0.0.1:1/v1/orders"})
    shop.api.answer = lambda *_: first
    shop.connect(pagination="next_url")


def _shrinking(shop: Shop) -> None:
    _pages(shop, "offset", count=35)
    honest = shop.api.answer

    def answer(path: str, query: dict[str, str], headers: dict[str, str]) -> Any:
        status, more, content = honest(path, query, headers)  # type: ignore[misc]
        answer = json.loads(content)
        if query.get("offset") == "10":
            answer["data"] = answer["data"][:7]
        return status, more, json.dumps(answer).encode()

    shop.api.answer = answer
    shop.connect(pagination="offset", pageSize=10)


def _missing(shop: Shop) -> None:
    shop.api.answer = lambda *_: body({"data": [order(1)], "total": 5})
    shop.connect(totalAt="total")


def _says(status: int) -> Callable[[Shop], None]:
    def fault(shop: Shop) -> None:
        shop.api.answer = lambda *_: (status, {"Retry-After": "0"}, b"{}")

    return fault


def _broken(shop: Shop) -> None:
    shop.api.answer = lambda *_: (200, {}, b'{"data": [')


def _cut(shop: Shop) -> None:
    shop.api.answer = lambda *_: [b'{"data": [']


def _no_key(shop: Shop) -> None:
    shop.connect(auth="bearer")


def _down(shop: Shop) -> None:
    shop.place.head("toko", "type: api, location: 'http://127.0.0.1:1/v1'")


@pytest.mark.parametrize(
    ("fault", "cause", "expected"),
    [
        (_says(401), "bad_credentials", "CANDID_PASSWORD_TOKO"),
        (_says(403), "permission_denied", "let the key"),
        (_says(404), "tab_missing", "correct physicalName in orders.yaml"),
        (_says(429), "quota_exhausted", "run again in some minutes"),
        (_says(500), "server_error", "the API answered 500"),
        (_broken, "malformed", "the answer is no JSON"),
        (_cut, "malformed", "the answer was cut off"),
        (_loop, "pages_repeat", "its pages never end"),
        (_foreign, "malformed", "sent to the API's own host only"),
        (_missing, "changed_while_reading", "states 5 records and gave 1"),
        (_no_key, "settings_missing", "set CANDID_PASSWORD_TOKO to the key"),
        (_down, "network", "check location"),
    ],
)
def test_failure_is_reported_with_its_fix_and_the_last_good_table_is_kept(
    shop: Shop, fault: Callable[[Shop], None], cause: str, expected: str
) -> None:
    assert shop.place.run().succeeded
    fault(shop)
    assert not shop.place.run().succeeded
    ((reported, message),) = shop.place.failures()
    assert expected in message
    assert reported == cause
    assert shop.place.query(SEEN) == [clean(1), clean(2)]


def test_offset_grows_by_the_records_that_came(shop: Shop) -> None:
    _shrinking(shop)
    assert shop.place.run().succeeded, shop.place.failures()
    assert shop.place.query(SEEN) == [clean(n) for n in range(1, 36)]


def test_a_record_that_comes_on_two_pages_is_one_row(shop: Shop) -> None:
    parts = [[order(1), order(2)], [order(2), order(3)], []]

    def answer(_: str, query: dict[str, str], __: dict[str, str]) -> Answer:
        return body({"data": parts[int(query["page"]) - 1]})

    shop.api.answer = answer
    shop.connect(pagination="page")
    record = shop.place.run()
    assert record.succeeded
    assert shop.place.query(SEEN) == [clean(1), clean(2), clean(3)]
    assert record.summary is not None
    assert record.summary.rows_dropped == 2  # the header and the repetition


def test_doctor_reports_whether_the_api_answers(shop: Shop) -> None:
    (good,) = check_sources(shop.place.settings, shop.place.catalog())
    assert good.state == "ok"
    _down(shop)
    (bad,) = check_sources(shop.place.settings, shop.place.catalog())
    assert bad.state == "failed"


def test_only_new_records_are_requested_and_the_table_stays_complete(shop: Shop) -> None:
    records = {n: order(n) | {"ordered_at": f"2025-08-{n:02d}T10:00:00Z"} for n in range(1, 11)}

    def answer(_: str, query: dict[str, str], __: dict[str, str]) -> Answer:
        since = query.get("since", "")
        return body({"data": [r for r in records.values() if r["ordered_at"] >= since]})

    shop.api.answer = answer
    shop.connect(sinceParameter="since")
    custom = "{property: cursor, value: ordered_at}, {property: overlap, value: 2 days}"
    shop.place.table("toko", "orders", ORDERS.replace("value: data}", f"value: data}}, {custom}"))
    assert shop.place.run().succeeded, shop.place.failures()
    records[11] = order(11) | {"ordered_at": "2025-08-11T10:00:00Z", "new": 1}
    records[3] = order(3) | {"ordered_at": "2025-08-11T11:00:00Z", "amount": 77}
    del records[9]
    record = shop.place.run()
    assert record.succeeded, shop.place.failures()
    assert shop.api.asked[-1][1] == {"since": "2025-08-08T10:00:00Z"}
    reported = shop.place.query("select order_id, amount from clean.toko__orders order by 1")
    assert reported == [(n, Decimal(str(r["amount"]))) for n, r in sorted(records.items())]


def test_cursor_without_a_parameter_is_reported(shop: Shop) -> None:
    custom = "{property: cursor, value: ordered_at}"
    shop.place.table("toko", "orders", ORDERS.replace("value: data}", f"value: data}}, {custom}"))
    shop.place.run()
    ((cause, message),) = shop.place.failures()
    assert cause == "column_missing"
    assert "has no sinceParameter" in message


def test_discover_describes_the_paths_that_are_named(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = [order(n) for n in range(1, 40)]
    shop.api.answer = lambda *_: body({"meta": {"tags": [1]}, "result": {"items": orders}})
    address = f"{shop.api.url}/v1"
    done = discovered(shop.place, monkeypatch, address, "baru")
    assert done.exit_code == 1
    assert "name each with --tab" in done.output
    done = discovered(shop.place, monkeypatch, address, "baru", "--tab", "orders")
    assert done.exit_code == 0, done.output
    summary = json.loads(done.output.splitlines()[-1])
    assert "customer_address_city" in summary["tables"][0]["columns"]
    written = (shop.place.root / "catalog/workbooks/baru/orders.yaml").read_text()
    assert '{property: recordsAt, value: "result.items"}' in written
    (shop.place.root / "catalog/workbooks/toko/orders.yaml").unlink()
    assert shop.place.run().succeeded, shop.place.failures()
    assert shop.place.query("select count(*) from clean.baru__orders") == [(39,)]


def test_discovered_records_equal_the_answer_to_the_last_digit_and_character(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = ["", " - ", "A\nB ", "a", "A"]
    lines = [
        f'{{"id": {n}, "nilai": {12345678901235 + n}.56, "kurs": {n}.1234567890123456789,'
        f' "catatan": {json.dumps(texts[n % 5])}, "rincian": [{n}.1234567890123456789, "x"]}}'
        for n in range(40)
    ]
    shop.api.answer = lambda *_: (200, {}, f"[{','.join(lines)}]".encode())
    done = discovered(shop.place, monkeypatch, f"{shop.api.url}/v1", "baru", "--tab", "harga")
    assert done.exit_code == 0, done.output
    (shop.place.root / "catalog/workbooks/toko/orders.yaml").unlink()
    assert shop.place.run().succeeded, shop.place.failures()
    values = shop.place.query(
        "select id, nilai, kurs, catatan, rincian from clean.baru__harga order by id"
    )
    assert values == [
        (
            n,
            Decimal(f"{12345678901235 + n}.56"),
            Decimal(f"{n}.1234567890123456789"),
            texts[n % 5],
            f'[{n}.1234567890123456789, "x"]',
        )
        for n in range(40)
    ]


def test_discover_writes_no_path_where_the_answer_is_the_list_of_records(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.api.answer = lambda *_: body([order(n) for n in range(1, 40)])
    done = discovered(shop.place, monkeypatch, f"{shop.api.url}/v1", "baru", "--tab", "orders")
    assert done.exit_code == 0, done.output
    written = (shop.place.root / "catalog/workbooks/baru/orders.yaml").read_text()
    assert "recordsAt" not in written


MONTHS = ("orders_2025_01", "orders_2025_02", "orders_2025_03")


def test_paths_of_one_layout_are_a_table_each_since_an_api_does_not_list_them(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.api.answer = lambda path, *_: body(
        [] if path.endswith("none") else [order(n) for n in range(1, 40)]
    )
    named = [word for title in (*MONTHS, "none") for word in ("--tab", title)]
    done = discovered(shop.place, monkeypatch, f"{shop.api.url}/v1", "baru", *named)
    assert done.exit_code == 0, done.output
    (shop.place.root / "catalog/workbooks/toko/orders.yaml").unlink()
    assert shop.place.run().succeeded, shop.place.failures()
    for name in MONTHS:
        assert shop.place.query(f"select count(*) from clean.baru__{name}") == [(39,)]


def test_a_title_pattern_is_refused_of_an_api(shop: Shop) -> None:
    pattern = "{property: titlePattern, value: orders.*}"
    shop.place.table("toko", "orders", ORDERS.replace("[{", f"[{pattern}, {{", 1))
    (problem,) = load_catalog(shop.place.settings.catalog_dir).problems
    assert "does not list its tables" in problem.message
    assert problem.fix == "write a contract for each table"
