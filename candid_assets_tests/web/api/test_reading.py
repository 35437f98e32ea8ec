"""What a program reads is what is published, to the last digit, in each format."""

from datetime import date
from decimal import Decimal

import duckdb
import pyarrow as pa
import pytest

from candid_assets_tests.web.api.company import MANY_DIGITS, ODD, ROWS, rows_of

COLUMNS = (
    *("receipt_id", "sold_date", "amount_idr", "pieces", "is_paid"),
    *("paid_at", "opens_at", "exact", "limit", "remark"),
)
PUBLISHED = [dict(zip(COLUMNS, row, strict=True)) for row in rows_of()]
TABLE = "/tables/ready.fct_types"


def plain(value):
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if hasattr(value, "isoformat") else value


def rows(answer):
    assert answer.status == 200, answer.body
    return answer.json["rows"]


def test_json_is_what_is_published_and_decimals_are_exact_text(get):
    answered = rows(get(TABLE))
    assert len(answered) == ROWS
    assert answered[0]["exact"] == str(MANY_DIGITS)
    assert answered[3]["amount_idr"] == "3000.05"
    for row, kept in zip(answered, PUBLISHED, strict=True):
        exact = Decimal(row.pop("exact"))
        assert exact == kept["exact"]
        assert row == {n: plain(v) for n, v in kept.items() if n != "exact"}


def test_arrow_is_what_is_published_with_its_types(get):
    answer = get(TABLE, {"Accept": "application/vnd.apache.arrow.stream"})
    assert answer.headers["Content-Type"] == "application/vnd.apache.arrow.stream"
    table = pa.ipc.open_stream(answer.body).read_all()
    assert table.to_pylist() == PUBLISHED
    assert table.schema.field("exact").type == pa.decimal128(38, 10)
    assert table.schema.field("sold_date").type == pa.date32()


def test_csv_is_what_is_published(get, tmp_path):
    answer = get(f"{TABLE}?format=csv&formulas=keep")
    assert answer.headers["Content-Type"].startswith("text/csv")
    file = tmp_path / "read.csv"
    file.write_bytes(answer.body)
    read = duckdb.sql(
        f"select * from read_csv('{file}', nullstr='', allow_quoted_nulls=false, header=true,"
        " types={'exact': 'decimal(38,10)', 'amount_idr': 'decimal(18,2)'})"
    ).fetchall()
    assert [dict(zip(COLUMNS, row, strict=True)) for row in read] == PUBLISHED


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("pieces=7", lambda r: r["pieces"] == 7),
        ("pieces=7&pieces=9", lambda r: r["pieces"] in (7, 9)),
        ("pieces.ne=7", lambda r: r["pieces"] != 7),
        ("sold_date.gte=2025-11-01", lambda r: r["sold_date"] >= date(2025, 11, 1)),
        ("amount_idr.lt=5000.05", lambda r: r["amount_idr"] < Decimal("5000.05")),
        ("amount_idr.lte=5000.05", lambda r: r["amount_idr"] <= Decimal("5000.05")),
        ("exact=1234567890123456789012345678.0123456789", lambda r: r["exact"] == MANY_DIGITS),
        ("is_paid=true", lambda r: r["is_paid"] is True),
        ("is_paid.null=true", lambda r: r["is_paid"] is None),
        ("remark.null=false", lambda r: r["remark"] is not None),
        ("remark=", lambda r: r["remark"] == ""),
        ("remark.contains=%25", lambda r: r["remark"] and "%" in r["remark"]),
        ("remark.ne=tunai", lambda r: r["remark"] != "tunai"),
        ("limit.eq=3&limit=1000", lambda r: r["limit"] == 3),
        ("opens_at.gte=22:00:00", lambda r: r["opens_at"].hour >= 22),
        ("paid_at.gt=2025-01-01T22:00:00", lambda r: r["paid_at"] and r["paid_at"].hour >= 22),
        ("paid_at.gt=2025-01-01T15:00:00Z", lambda r: r["paid_at"] and r["paid_at"].hour >= 22),
    ],
)
def test_condition_keeps_the_rows_that_meet_it(get, query, kept):
    expected = [row["receipt_id"] for row in PUBLISHED if kept(row)]
    assert [row["receipt_id"] for row in rows(get(f"{TABLE}?{query}"))] == expected


def test_columns_and_sorting_are_by_declared_names(get):
    answered = rows(get(f"{TABLE}?columns=receipt_id,limit&sort=limit,-receipt_id"))
    assert list(answered[0]) == ["receipt_id", "limit"]
    expected = sorted(PUBLISHED, key=lambda r: r["receipt_id"], reverse=True)
    expected.sort(key=lambda r: r["limit"])
    assert [r["receipt_id"] for r in answered] == [r["receipt_id"] for r in expected]


@pytest.mark.parametrize("by", ["limit", "-sold_date", "is_paid"])
def test_pages_hold_every_row_once_though_many_sort_alike(get, by):
    answered, path = [], f"{TABLE}?sort={by}&limit=37"
    while path:
        answer = get(path.removeprefix("/api/v1"))
        answered += rows(answer)
        path = answer.json["next"]
        assert (f'<{path}>; rel="next"' == answer.headers["Link"]) if path else True
    assert sorted(r["receipt_id"] for r in answered) == [r["receipt_id"] for r in PUBLISHED]


def test_the_series_of_a_metric_by_grain_member_and_days(get):
    months = rows(get("/metrics/takings?grain=month"))
    assert [r["period_start"] for r in months] == [f"2025-{m:02d}-01" for m in range(1, 13)]
    total = sum((row["amount_idr"] for row in PUBLISHED), Decimal(0))
    assert sum(Decimal(r["value"]) for r in months) == total
    query = "grain=month&dimension=remark&member=tunai&from=2025-02-01&to=2025-03-31"
    answer = get(f"/metrics/takings?{query}")
    assert {r["member"] for r in rows(answer)} == {"tunai"}
    assert {r["period_start"] for r in rows(answer)} <= {"2025-02-01", "2025-03-01"}
    assert answer.json["metric"] == "takings"
    cash = [r["amount_idr"] for r in PUBLISHED if r["remark"] == ODD[0]]
    whole = rows(get("/metrics/takings?grain=month&dimension=remark&member=tunai"))
    assert sum(Decimal(r["value"]) for r in whole) == sum(cash)


def test_lists_name_the_tables_and_metrics(get):
    tables = {table["name"]: table for table in get("/tables").json["tables"]}
    assert {"ready.fct_types", "clean.toko__segala", "ready.metric_values"} <= set(tables)
    columns = {c["name"]: c for c in tables["ready.fct_types"]["columns"]}
    assert columns["receipt_id"]["key"]
    assert tables["ready.fct_types"]["row_count"] == ROWS
    assert tables["ready.fct_types"]["built_at"].endswith("+07:00")
    assert columns["exact"]["type"] == "number"
    for table in tables.values():
        assert get(table["href"].removeprefix("/api/v1")).status == 200
    (metric,) = get("/metrics").json["metrics"]
    assert metric["grains"] == ["day", "month"]
    answer = get("/metrics/takings/definition").json
    assert answer["owner"] == "team:shop"
    assert "/" not in answer.get("file", "")


def test_columns_that_no_contract_declares_are_not_answered(get):
    (row,) = rows(get("/tables/clean.toko__harian"))
    assert set(row) == {"receipt_id", "sold_date", "amount_idr"}
    assert get("/tables/clean.toko__harian?_row=2").status == 400
    for name in ("meta.runs", "raw.toko__harian", "quarantine.toko__harian", "duckdb_settings"):
        assert get(f"/tables/{name}").status == 404


def test_lineage_leads_to_the_sheets_and_back(get):
    up = get("/lineage/ready.fct_types.amount_idr").json
    assert [h["asset"] for h in up["headers"]] == ["sheets/toko__segala"]
    down = get("/lineage/sheets/toko__segala.C").json
    assert "takings" in down["metrics"]
    assert get("/lineage/ready.fct_types?direction=down").json["direction"] == "down"
    missing = get("/lineage/ready.fct_typos")
    assert missing.status == 404
    assert "fct_types" in missing.json["detail"]


def test_quality_has_checks_rows_and_freshness(get):
    failed = rows(get("/quality?passed=false"))
    assert [r["name"] for r in failed] == ["keys_unique"]
    (ledger,) = rows(get("/quality/ledger"))
    assert ledger["rows_read"] == ledger["rows_clean"] + ledger["rows_quarantined"]
    health = get("/quality/health").json
    assert health["checks"] == {"passed": 1, "failed": 1}
    assert health["env"] == "staging"
