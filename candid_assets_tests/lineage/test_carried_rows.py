"""The rows behind a row, held against DuckDB: without any other row, the row is still there."""

from collections import Counter

import duckdb
import pytest

from candid_assets.lineage.carried_rows import SHIFT, carried_query
from candid_assets.lineage.errors import UnfollowedError
from candid_assets_tests.lineage.test_query_lineage import ORDERS, PRICES, QUERIES, TABLES, fill

LOOSE = {"window", "qualify", "scalar", "correlated", "in", "exists", "semi", "anti"}
"""Queries in which a table is reached as a whole, and says so."""
UNFOLLOWED = {"recursive", "except"}
FOLLOWED = sorted(set(QUERIES) - LOOSE - UNFOLLOWED - {"limit"})


def rows_behind(connection, sql):
    """Return each row of a query with the rows behind it, and what is reached as a whole."""
    carried = carried_query(sql, TABLES, "part")
    opened = {}
    for part in carried.parts:
        connection.execute(part.statement)
        for row in connection.execute(f"select _id, _why from {part.name}").fetchall():
            opened[part.number * SHIFT + row[0]] = row[1]

    def leaves(numbers):
        for number in numbers:
            if number in opened:
                yield from leaves(opened[number])
            else:
                yield (*carried.inputs[number // SHIFT], number % SHIFT)

    relation = connection.sql(carried.select)
    assert relation.columns[-1] == "_why"
    rows = [(row[:-1], set(leaves(row[-1]))) for row in relation.fetchall()]
    return rows, {table for table, _ in carried.loose}


@pytest.mark.parametrize("name", sorted(set(QUERIES) - UNFOLLOWED))
def test_query_that_carries_row_origins_returns_the_same_rows(name):
    with duckdb.connect() as connection:
        fill(connection, {})
        plain = connection.execute(QUERIES[name]).fetchall()
        rows, loose = rows_behind(connection, QUERIES[name])
        assert sorted(map(repr, plain)) == sorted(repr(row) for row, _ in rows)
        assert bool(loose) == (name in LOOSE)


@pytest.mark.parametrize("name", FOLLOWED)
def test_the_rows_behind_a_row_are_enough_to_make_it(name):
    with duckdb.connect() as connection:
        fill(connection, {})
        rows, _ = rows_behind(connection, QUERIES[name])
    for row, behind in rows:
        with duckdb.connect() as connection:
            fill(connection, {})
            for layer, table in TABLES:
                kept = [n for a, t, n in behind if (a, t) == (layer, table)]
                connection.execute(f"delete from {layer}.{table} where not rowid = any(?)", [kept])
            alone = connection.execute(QUERIES[name]).fetchall()
        assert repr(row) in {repr(other) for other in alone}, (row, behind)


@pytest.mark.parametrize("name", FOLLOWED)
def test_removed_row_removes_only_the_rows_made_from_it(name):
    with duckdb.connect() as connection:
        fill(connection, {})
        rows, _ = rows_behind(connection, QUERIES[name])
    for layer, table in TABLES:
        for number in range(4):
            with duckdb.connect() as connection:
                fill(connection, {})
                connection.execute(f"delete from {layer}.{table} where rowid = {number}")
                left = Counter(map(repr, connection.execute(QUERIES[name]).fetchall()))
            gone = Counter(repr(row) for row, _ in rows) - left
            carried = {repr(row) for row, behind in rows if (layer, table, number) in behind}
            assert set(gone) <= carried, (table, number)


@pytest.mark.parametrize("name", sorted(UNFOLLOWED))
def test_a_query_whose_rows_cannot_be_followed_says_so(name):
    with pytest.raises(UnfollowedError):
        carried_query(QUERIES[name], TABLES, "part")


def test_a_value_is_followed_without_the_rows_that_only_decide_that_it_counts():
    sql = """
        with span as (select min(price) as least from ready.prices)
        select o.sku, sum(o.qty) as qty from clean.orders as o
        join span as s on o.qty >= s.least group by o.sku"""
    every = carried_query(sql, TABLES, "part")
    values = carried_query(sql, TABLES, "part", only_values=True)
    assert ORDERS in values.inputs.values()
    with duckdb.connect() as connection:
        fill(connection, {})
        widths = []
        for carried in (every, values):
            connection.execute("drop table if exists temp.part_1")
            for part in carried.parts:
                connection.execute(f"drop table if exists temp.{part.name}")
                connection.execute(part.statement)
            last = carried.parts[-1].name
            widths.append(connection.sql(f"select sum(len(_why)) from temp.{last}").fetchone()[0])
    assert widths[0] == 2 * widths[1] > 0


def test_rows_that_are_counted_are_followed_on_every_side():
    sql = """
        select o.sku, count(*) as n from clean.orders as o
        join ready.prices as p using (sku) group by o.sku"""
    carried = carried_query(sql, TABLES, "part", only_values=True)
    assert "LIST_CONCAT" in carried.parts[-1].statement


def test_a_row_never_carries_more_numbers_than_it_has_joined_tables():
    sql = """
        with totals as (select sku, sum(qty) as qty from clean.orders group by sku)
        select o.order_id, t.qty, p.price from clean.orders as o
        join totals as t using (sku) join ready.prices as p using (sku)"""
    with duckdb.connect() as connection:
        fill(connection, {})
        carried = carried_query(sql, TABLES, "part")
        connection.execute(carried.parts[0].statement)
        widths = connection.sql(f"select len(_why) from ({carried.select})").fetchall()
    assert {width for (width,) in widths} == {3}
    assert set(carried.inputs.values()) == {ORDERS, PRICES}
