"""A query written for DuckDB says the same to Spark; what does not is refused by name."""

import pytest
import sqlglot
from sqlglot.dialects.spark import Spark

from candid_assets.contracts.load import load_catalog
from candid_assets.engines.dialect import QuerySteps, spark_query, spark_steps
from candid_assets.engines.errors import EngineError
from candid_assets.settings import PACKAGE

WIDE = "DECIMAL(38, 0)"


def spark(select: str) -> str:
    return spark_query(select).sql(dialect=Spark)


def steps(select: str) -> QuerySteps:
    return spark_steps(select, lambda layer, table: f"/in/{layer}.{table}", lambda n: f"/at/{n}")


def test_parts_of_iso_weeks_have_other_names() -> None:
    years = spark("select extract('isoyear' from d), extract('isodow' from d) from t")
    assert years == "SELECT EXTRACT(YEAROFWEEK FROM d), EXTRACT(DAYOFWEEK_ISO FROM d) FROM t"


def test_intervals_of_two_families_in_a_column_are_text_that_is_cast_where_it_is_added() -> None:
    written = spark(
        "select d + g.step, g.step is null as none from t cross join (values"
        " ('day', interval 1 day), ('quarter', interval 1 quarter)) as g (grain, step)"
    )
    assert "VALUES ('day', '1 day'), ('quarter', '3 month') AS g(grain, step)" in written
    assert "SELECT d + CAST(g.step AS INTERVAL), g.step IS NULL AS none FROM" in written


def test_interval_of_quarters_or_weeks_is_one_of_months_or_days() -> None:
    written = spark("select a + interval 2 quarters, b - interval 3 week from t")
    assert written == "SELECT a + INTERVAL '6' MONTH, b - INTERVAL '21' DAY FROM t"


def test_series_of_days_has_its_casts_inside_and_is_empty_where_it_ends_before_it_begins() -> None:
    written = spark(
        "select cast(unnest(generate_series(a, b, interval 1 day)) as date) as d from t"
    )
    days = "SEQUENCE(CAST(a AS DATE), CAST(b AS DATE), INTERVAL '1' DAY)"
    order = "CAST(a AS DATE) <= CAST(b AS DATE)"
    assert written == f"SELECT EXPLODE(IF({order}, {days}, NULL)) AS d FROM t"


def test_grain_in_a_column_is_a_case_with_a_branch_for_each_grain() -> None:
    written = spark("select date_trunc(g.grain, d) as p from t")
    assert written.startswith("SELECT CASE g.grain WHEN 'day' THEN DATE_TRUNC('DAY', d) WHEN")
    assert written.count("WHEN") == 5


def test_last_value_of_an_order_is_that_of_its_greatest() -> None:
    assert spark("select last(x order by y) from t") == "SELECT MAX_BY(x, y) FROM t"
    assert spark("select last(x order by y desc) from t") == "SELECT MIN_BY(x, y) FROM t"
    assert spark("select first(x order by y) from t") == "SELECT MIN_BY(x, y) FROM t"


def test_whole_division_is_in_the_widest_type_and_null_by_zero() -> None:
    written = spark("select a // b, a // 10 from t")
    a, b, ten = (f"CAST({x} AS {WIDE})" for x in ("a", "b", "10"))
    by_b = f"CAST(({a} - {a} % NULLIF({b}, 0)) / NULLIF({b}, 0) AS {WIDE})"
    assert written == f"SELECT {by_b}, CAST(({a} - {a} % {ten}) / {ten} AS {WIDE}) FROM t"


def test_hugeint_and_sign_are_whole_numbers() -> None:
    written = spark("select cast(a as hugeint), sign(b) from t")
    assert written == f"SELECT CAST(a AS {WIDE}), CAST(SIGN(b) AS INT) FROM t"


def test_cast_to_a_whole_number_rounds_first() -> None:
    assert (
        spark("select cast(a as bigint) from t")
        == f"SELECT CAST(CAST(a AS {WIDE}) AS BIGINT) FROM t"
    )


def test_what_lies_within_another_of_its_kind_is_rewritten_too() -> None:
    written = spark("select cast(cast(a as int) + (b // c) // d as bigint) from t")
    assert f"CAST(CAST(a AS {WIDE}) AS INT)" in written
    assert " DIV " not in written


def test_greatest_of_one_is_itself() -> None:
    assert spark("select greatest(a), least(a, b) from t") == "SELECT a, LEAST(a, b) FROM t"


def test_rows_that_a_window_decides_on_are_filtered_in_an_outer_select() -> None:
    written = spark(
        "with t as (select 1 as x)"
        " select r.x from t as r qualify count(*) over (partition by r.x) = 1"
    )
    assert written == (
        "WITH t AS (SELECT 1 AS x) SELECT * EXCEPT (is_kept) FROM (SELECT r.x,"
        " COUNT(*) OVER (PARTITION BY r.x) = 1 AS is_kept FROM t AS r) AS judged WHERE is_kept"
    )


def test_tables_are_read_from_their_files_under_the_names_that_columns_have() -> None:
    written = steps("select orders.x, p.y from clean.orders join ready.p as p on p.x = orders.x")
    assert written == QuerySteps(
        (),
        "SELECT orders.x, p.y FROM parquet.`/in/clean.orders` AS orders"
        " JOIN parquet.`/in/ready.p` AS p ON p.x = orders.x",
    )


def test_part_that_is_read_more_than_once_and_reads_much_is_a_step_of_its_own() -> None:
    split = steps(
        "with a as (select x from clean.a),"
        " b as (select a.x from a join clean.b as b on a.x = b.x),"
        " c as (select 1 as x) select x from b union all select x from b union all select x from c"
    )
    (step,) = split.before
    assert step.name == "b"
    assert step.sql.startswith("WITH a AS (SELECT x FROM parquet.`/in/clean.a` AS a) SELECT a.x")
    assert split.result.startswith(
        "WITH b AS (SELECT * FROM parquet.`/at/b`), c AS (SELECT 1 AS x)"
    )
    assert "clean" not in split.result


@pytest.mark.parametrize(
    ("select", "named", "instead"),
    [
        ("select a / b from t", "`a / b`", "exact_ratio(above, below, decimals)"),
        ("select list_sort(a) from t", "`LIST_SORT(a)`", "what other models use"),
        ("select my_macro(a) from t", "`MY_MACRO(a)`", "what other models use"),
        ("select cast(a as time) from t", "`TIME`", "date, timestamp, varchar"),
        ("select extract('dow' from d) from t", "`EXTRACT('DAYOFWEEK' FROM d)`", "extract of day"),
        ("select d + interval (n) day from t", "`INTERVAL (n) DAY`", "interval 1 day"),
        ("select a from t union by name select a from u", "UNION BY NAME", "in the same order"),
        ("select last(x order by y, z) from t", "`LAST(x ORDER BY y, z)`", "by one column"),
        (
            "select 1 + unnest(generate_series(a, b)) as x from t",
            "`UNNEST(GENERATE_SERIES(a, b))`",
            "unnest(",
        ),
        ("select string_agg(a, ',') from t", "`LISTAGG(a, ',')`", "one row a value"),
    ],
)
def test_what_engines_understand_differently_is_refused_with_what_to_write(
    select: str, named: str, instead: str
) -> None:
    with pytest.raises(EngineError) as refused:
        spark_query(select)
    assert named in refused.value.message
    assert instead in refused.value.fix


SOME = ("dim_calendar", "mart_budget_actual", "product_price_history", "metric_values")


def test_models_are_written_for_spark_and_read_all_their_inputs() -> None:
    models = [m for m in load_catalog(PACKAGE / "catalog").models if m.name in SOME]
    assert len(models) == len(SOME)
    for model in models:
        read_by_spark(model.sql, model.inputs)


@pytest.mark.slow
def test_every_model_is_written_for_spark_and_reads_all_its_inputs() -> None:
    for model in load_catalog(PACKAGE / "catalog").models:
        read_by_spark(model.sql, model.inputs)


def read_by_spark(sql: str, inputs: tuple[tuple[str, str], ...]) -> None:
    written = steps(sql)
    whole = "\n".join((*(step.sql for step in written.before), written.result))
    assert all(f"parquet.`/in/{layer}.{table}`" in whole for layer, table in inputs)
    for part in whole.split("\n"):
        sqlglot.parse_one(part, dialect=Spark)
