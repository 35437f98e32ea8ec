"""What one SELECT says of its columns, against sqlglot's own lineage and against DuckDB."""

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp
from sqlglot.lineage import lineage as sqlglot_lineage

from candid_assets.lineage.lineage_types import ColumnRef, Made
from candid_assets.lineage.query_lineage import query_lineage

TABLES = {
    ("clean", "orders"): ("order_id", "outlet_id", "sku", "qty", "price", "day"),
    ("clean", "outlets"): ("outlet_id", "name", "region"),
    ("ready", "prices"): ("sku", "price", "since"),
}
ORDERS, OUTLETS, PRICES = TABLES
QUERIES = {
    "plain": "select order_id, qty * price as amount from clean.orders",
    "star": "select * from clean.outlets",
    "filter": "select order_id from clean.orders where qty > 1",
    "join": """
        select o.order_id, coalesce(t.region, 'unknown') as region
        from clean.orders as o left join clean.outlets as t on o.outlet_id = t.outlet_id""",
    "using": "select order_id, name from clean.orders join clean.outlets using (outlet_id)",
    "group": """
        select outlet_id, sum(qty) as qty, count(*) as n from clean.orders
        group by outlet_id having max(price) > 2""",
    "group_all": "select sku, min(price) as least from clean.orders group by all",
    "order_all": "select sku, price from clean.orders order by all desc limit 2",
    "union_limit": """
        select sku from clean.orders union all select sku from ready.prices order by sku limit 2""",
    "distinct": "select distinct outlet_id from clean.orders",
    "union_all": """
        select sku, price from clean.orders union all select sku, price from ready.prices""",
    "union": "select sku from clean.orders union select sku from ready.prices",
    "except": "select sku from clean.orders except select sku from ready.prices",
    "by_name": """
        select sku, qty from clean.orders union all by name select price, sku from ready.prices""",
    "ctes": """
        with a as (select sku, sum(qty) as qty from clean.orders group by sku),
        b as (select a.sku, a.qty * p.price as worth from a join ready.prices as p using (sku))
        select sku, worth from b""",
    "shadowed": """
        with a as (select sku as k from clean.orders),
        b as (with a as (select name as k from clean.outlets) select k from a)
        select b.k from b""",
    "aliased": "with a (x, y) as (select sku, qty from clean.orders) select y, x from a",
    "window": """
        select order_id, row_number() over (partition by sku order by day) as n,
        sum(qty) over (partition by outlet_id) as total from clean.orders""",
    "qualify": """
        select order_id, qty from clean.orders
        qualify row_number() over (partition by sku order by day desc, order_id) = 1""",
    "scalar": "select order_id, (select max(price) from ready.prices) as top from clean.orders",
    "correlated": """
        select o.order_id, (select max(p.price) from ready.prices as p where p.sku = o.sku) as top
        from clean.orders as o""",
    "in": """
        select order_id from clean.orders
        where sku in (select sku from ready.prices where price > 2)""",
    "exists": """
        select o.order_id from clean.orders as o
        where exists (select 1 from ready.prices as p where p.sku = o.sku)""",
    "semi": "select o.order_id from clean.orders as o semi join ready.prices as p on o.sku = p.sku",
    "anti": "select o.order_id from clean.orders as o anti join ready.prices as p using (sku)",
    "asof": """
        select o.order_id, p.price from clean.orders as o
        asof left join ready.prices as p on o.sku = p.sku and o.day >= p.since""",
    "limit": "select order_id from clean.orders order by day, order_id limit 2",
    "case": "select case when qty > 1 then sku else outlet_id end as what from clean.orders",
    "filtered": "select sku, sum(qty) filter (where price > 2) as n from clean.orders group by sku",
    "named_rows": """
        select o.order_id, n.word from clean.orders as o
        join (values (1, 'one'), (2, 'two')) as n (number, word) on o.qty = n.number""",
    "series": """
        with days as (select unnest(generate_series(1, 3)) as n)
        select days.n, o.qty from days left join clean.orders as o on o.qty = days.n""",
    "recursive": """
        with recursive r as (
            select qty as n from clean.orders union all select n - 1 from r where n > 1)
        select n from r""",
    "lambda": "select list_transform([qty, price], lambda x: x + 1) as both from clean.orders",
    "rollup": "select sku, day, sum(qty) as n from clean.orders group by rollup (sku, day)",
    "lateral_alias": "select qty * 2 as twice, twice + price as more from clean.orders",
    "subquery": "select x.n from (select sku, sum(qty) as n from clean.orders group by sku) as x",
}  # fmt: skip


def lineage_of(sql):
    with duckdb.connect() as connection:
        fill(connection, {})
        names = tuple(row[0] for row in connection.execute(f"describe {sql}").fetchall())
    return query_lineage(sql, names, TABLES)


def fill(connection, changed):
    rows = {
        ORDERS: [("o1", "t1", "a", 1, 3, 1), ("o2", "t2", "b", 2, 1, 2), ("o3", "t1", "a", 3, 2, 3),
            ("o4", "t3", "c", 1, 5, 4)],
        OUTLETS: [("t1", "Toko", "Jawa"), ("t2", "Warung", "Bali"), ("t4", "Kios", "Jawa")],
        PRICES: [("a", 3, 1), ("b", 4, 1), ("a", 1, 2), ("d", 9, 1)],
    }  # fmt: skip
    for (layer, table), columns in TABLES.items():
        connection.execute(f"create schema if not exists {layer}")
        numbers = {"qty", "price", "day", "since"}
        kinds = ", ".join(f"{c} {'integer' if c in numbers else 'varchar'}" for c in columns)
        connection.execute(f"create table {layer}.{table} ({kinds})")
        for row in rows[layer, table]:
            connection.execute(
                f"insert into {layer}.{table} values ({', '.join('?' * len(row))})", row
            )
    for (layer, table, column), values in changed.items():
        for number, value in enumerate(values):
            connection.execute(
                f"update {layer}.{table} set {column} = ? where rowid = {number}", [value]
            )


def outputs(sql, changed):
    with duckdb.connect() as connection:
        connection.execute("set threads = 1")
        fill(connection, changed)
        relation = connection.sql(sql)
        rows = relation.fetchall()
        ordered = sorted(rows, key=repr)
        return {
            name: sorted(repr(row[i]) for row in ordered) for i, name in enumerate(relation.columns)
        }


@pytest.mark.parametrize("name", QUERIES)
def test_every_query_is_followed_exactly(name):
    assert lineage_of(QUERIES[name]).exact


EVERY = [(layer, t, c) for (layer, t), columns in TABLES.items() for c in columns]


@settings(max_examples=100, deadline=None)
@given(
    name=st.sampled_from(sorted(QUERIES)),
    column=st.sampled_from(EVERY),
    texts=st.lists(st.sampled_from(["a", "b", "c", "t1", "t2", "Jawa", "x", None]), min_size=4),
    numbers=st.lists(st.sampled_from([0, 1, 2, 3, 4, 9, None]), min_size=4),
)
def test_a_changed_column_changes_only_the_columns_that_lineage_names(name, column, texts, numbers):
    sql = QUERIES[name]
    table = lineage_of(sql)
    source = ColumnRef(*column)
    numeric = column[2] in {"qty", "price", "day", "since"}
    before, after = outputs(sql, {}), outputs(sql, {column: (numbers if numeric else texts)[:4]})
    for output, sources in table.columns.items():
        if source not in sources.values | sources.order | table.rows:
            assert before[output] == after[output], (name, column, output)


OTHERWISE = {"recursive", "correlated", "scalar", "window", "by_name"}
"""Queries of which sqlglot tells more (the rows of a subquery or window) or, by name, wrongly."""


@pytest.mark.parametrize("name", sorted(set(QUERIES) - OTHERWISE))
def test_values_are_those_that_sqlglot_finds_by_itself(name):
    sql = QUERIES[name]
    schema = {}
    for (layer, table), columns in TABLES.items():
        schema.setdefault(layer, {})[table] = dict.fromkeys(columns, "int")
    for output, sources in lineage_of(sql).columns.items():
        node = sqlglot_lineage(output, sql, schema=schema, dialect="duckdb")
        leaves = {
            ColumnRef(leaf.expression.db, leaf.expression.name, leaf.name.rpartition(".")[2])
            for leaf in node.walk()
            if isinstance(leaf.expression, exp.Table) and leaf.expression.db
        }
        assert sources.values == {ref._replace(column=ref.column.strip('"')) for ref in leaves}


def test_constants_and_row_numbers_are_named_as_such():
    columns = lineage_of(
        "select 'x' as kind, row_number() over (order by day) as n, count(*) over () as c,"
        " null as nothing, date '2025-01-01' as day, coalesce(sku, 'unknown') as k"
        " from clean.orders"
    ).columns
    assert columns["kind"].made == {Made("constant", "'x'")}
    assert columns["n"].made == {Made("generated", "ROW_NUMBER() OVER (ORDER BY orders.day)")}
    assert columns["n"].order == {ColumnRef("clean", "orders", "day")}
    assert columns["c"].made == {Made("generated", "COUNT(*) OVER ()")}
    assert columns["day"].made == {Made("constant", "CAST('2025-01-01' AS DATE)")}
    assert not columns["nothing"].made
    assert not columns["k"].made


@pytest.mark.parametrize(
    "sql",
    [
        "pivot clean.orders on sku using sum(qty)",
        "select columns('q.*') from clean.orders",
        "select nobody from clean.orders",
    ],
)
def test_lineage_of_an_unsupported_query_names_every_column_of_its_inputs(sql):
    table = query_lineage(sql, ("x",), {ORDERS: TABLES[ORDERS]})
    assert not table.exact
    assert (
        table.columns["x"].values == {ColumnRef(*ORDERS, c) for c in TABLES[ORDERS]} == table.rows
    )
