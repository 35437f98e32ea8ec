"""Ratios in models are divided in whole numbers and rounded once."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal, localcontext

import duckdb
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st

from candid_assets.contracts.exact_division import (
    RatioError,
    inexact_divisions,
    with_exact_ratios,
)
from candid_assets.contracts.load import load_catalog
from candid_assets.contracts.model_query import read_query
from candid_assets.settings import Settings

AMOUNTS = st.decimals(
    min_value=-(10**12), max_value=10**12, places=2, allow_nan=False, allow_infinity=False
)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


def rounded(above: Decimal, below: Decimal, decimals: int) -> Decimal | None:
    """Return the ratio as decimal arithmetic gives it, half away from zero."""
    if below == 0:
        return None
    with localcontext() as context:
        context.prec = 80
        return (above / below).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


@settings(deadline=None, max_examples=150)
@given(above=AMOUNTS, below=AMOUNTS, decimals=st.integers(0, 6))
def test_ratio_equals_that_of_decimal_arithmetic(
    connection: duckdb.DuckDBPyConnection, above: Decimal, below: Decimal, decimals: int
) -> None:
    sql = with_exact_ratios(
        f"select exact_ratio({above:f}::decimal(18, 2), {below:f}::decimal(18, 2), {decimals})"
    )
    assert connection.execute(sql).fetchall() == [(rounded(above, below, decimals),)]


@pytest.mark.parametrize(
    ("above", "below", "decimals", "value"),
    [
        ("2350.5", "60", 2, "39.18"),
        ("39.175", "1", 2, "39.18"),
        ("2.78325", "1", 4, "2.7833"),
        ("25.86585", "1", 4, "25.8659"),
        ("-39.175", "1", 2, "-39.18"),
        ("9000000000::bigint", "7", 4, "1285714285.7143"),
        ("null", "7", 4, None),
        ("7", "0", 4, None),
    ],
)
def test_ties_are_rounded_away_from_zero_and_division_by_zero_is_null(
    connection: duckdb.DuckDBPyConnection, above: str, below: str, decimals: int, value: str | None
) -> None:
    sql = with_exact_ratios(f"select exact_ratio({above}, {below}, {decimals})")
    assert connection.execute(sql).fetchall() == [(None if value is None else Decimal(value),)]


def test_call_is_replaced_where_it_is_one_and_lines_stay_where_they_are(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    sql = """select
    'exact_ratio(1, 2, 3)' as words, -- exact_ratio(1)
    exact_ratio(
        coalesce(sum(v), 0), -- of all (rows
        exact_ratio(sum(v), count(*), 4),
        2
    ) as rows
from (values (1.5), (2.5)) as t (v)"""
    expanded = with_exact_ratios(sql)
    assert len(expanded.splitlines()) <= len(sql.splitlines())
    assert connection.execute(expanded).fetchall() == [("exact_ratio(1, 2, 3)", Decimal("2.00"))]


@pytest.mark.parametrize(
    "call",
    ["exact_ratio(a, b)", "exact_ratio(a, b, 2, 3)", "exact_ratio(a, b, c)", "exact_ratio(a,, 2)"],
)
def test_call_with_other_arguments_is_refused_with_its_line(call: str) -> None:
    with pytest.raises(RatioError, match="takes two numbers") as refused:
        with_exact_ratios(f"select\n{call}")
    assert refused.value.line == 2


@pytest.mark.parametrize(
    "expression", ["a / b", "cast(a / nullif(b, 0) as decimal(18, 2))", "avg(a)", "divide(a, b)"]
)
def test_division_in_floating_point_is_reported_with_line_and_fix(expression: str) -> None:
    query = read_query(f"select\n    a,\n    {expression} as c\nfrom ready.t")
    ((line, message, fix),) = [(p.line, p.message, p.fix) for p in query.problems]
    assert line == 3
    assert "divides in floating point" in message
    assert "exact_ratio(above, below, decimals)" in fix


@pytest.mark.parametrize(
    "expression",
    ["a // b", "exact_ratio(a, b, 2)", "cast(a as double) / b", "avg(cast(a as double))"],
)
def test_division_of_whole_numbers_and_of_declared_floats_is_accepted(expression: str) -> None:
    assert not read_query(f"select {expression} as c from ready.t").problems


def test_no_model_of_the_package_divides_in_floating_point() -> None:
    catalog = load_catalog(Settings().catalog_dir)
    assert not catalog.problems
    for model in catalog.models:
        if model.kind != "metrics":
            assert not list(inexact_divisions(sqlglot.parse_one(model.sql, dialect="duckdb")))


def test_turnaround_in_hours_is_rounded_as_decimal_arithmetic_rounds_it(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    catalog = load_catalog(Settings().catalog_dir)
    (model,) = (m for m in catalog.models if m.name == "mart_lab_turnaround")
    connection.execute("create schema if not exists ready")
    connection.execute("create table ready.dim_product as select 'S' as sku, 'Teh' as category")
    connection.execute(
        "create table ready.fct_lab_samples as select n as sample_id, 'S' as product_key,"
        " date '2025-01-01' as period_date, 'Lulus' as verdict, 1::bigint as result_count,"
        " minutes::bigint as turnaround_minutes"
        " from (values (1, 2350), (2, 2351)) as t (n, minutes)"
    )
    ((average, longest),) = connection.execute(
        f"select average_turnaround_hours, longest_turnaround_hours from ({model.sql})"
    ).fetchall()
    assert (average, longest) == (Decimal("39.18"), Decimal("39.18"))
