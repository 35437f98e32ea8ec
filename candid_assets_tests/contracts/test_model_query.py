"""What a model's SQL reads and gives is read from the query itself."""

import duckdb
import pytest

from candid_assets.contracts.deterministic_sql import UNREPEATABLE
from candid_assets.contracts.model_query import read_query

READS = [
    ("select a from clean.t", [("clean", "t")]),
    ("select a from CLEAN.T", [("clean", "t")]),
    ("select a from ready.u join clean.t using (a)", [("clean", "t"), ("ready", "u")]),
    ("with t as (select a from clean.t) select a from t", [("clean", "t")]),
    ("with x as (select a from clean.t) select a from X", [("clean", "t")]),
    ("select (select max(b) from clean.v) as a from clean.t", [("clean", "t"), ("clean", "v")]),
    ("select a from clean.t where a in (select a from ready.u)", [("clean", "t"), ("ready", "u")]),
    ("select a from clean.t union all select a from clean.v", [("clean", "t"), ("clean", "v")]),
    ("from clean.t select a", [("clean", "t")]),
    ("select a from (pivot clean.t on b using sum(c))", [("clean", "t")]),
    ("select a from clean.t asof join clean.v using (a)", [("clean", "t"), ("clean", "v")]),
    ("select d as a from generate_series(date '2025-01-01', date '2025-01-31') g(d)", []),
    ("select i as a from range(10) r(i), unnest([1, 2]) u(x)", []),
]

GIVES = [
    ("select a, t.b, c as d from clean.t", ("a", "b", "d")),
    ('select a as "Nama" from clean.t', ("Nama",)),
    ("with f as (select 1 as z, a from clean.t) select * from f", ("z", "a")),
    ("with f(x, y) as (select 1, 2) select * from f", ("x", "y")),
    ("with f as (from clean.t select a, b) from f", ("a", "b")),
    ("with f as (select a from clean.t), g as (select * from f) select * from g", ("a",)),
    ("select a from clean.t union all select b from clean.v", ("a",)),
    ("(select a from clean.t)", ("a",)),
    ("with recursive r as (select 1 as n union all select n + 1 from r) select * from r", ("n",)),
    ("select * from clean.t", None),
    ("select t.* from clean.t", None),
    ("with f as (select a from clean.t) select * exclude (a) from f", None),
    ("with f as (select a from clean.t) select * from f as g(k)", None),
    ("with f as (select a from clean.t) select * from f cross join clean.v", None),
    ("with f as (select a from clean.t) select f.* from f", None),
    ("select columns('a.*') from clean.t", None),
    ("select a from clean.t union all by name select b from clean.v", None),
    ("with f as (select * from g), g as (select * from f) select * from f", None),
]


@pytest.mark.parametrize(("sql", "expected"), READS)
def test_inputs_are_the_tables_that_are_no_ctes(sql: str, expected: list[tuple[str, str]]) -> None:
    query = read_query(sql)
    assert query.problems == ()
    assert [(item.layer, item.table) for item in query.inputs] == expected


@pytest.mark.parametrize(("sql", "expected"), GIVES)
def test_output_names_are_known_or_none(sql: str, expected: tuple[str, ...] | None) -> None:
    assert read_query(sql).outputs == expected


@pytest.mark.parametrize("item", ["count(*)", "a + 1", "cast(a as integer)", "(a)", "1", "'x'"])
def test_an_output_that_duckdb_would_name_by_itself_is_a_problem(item: str) -> None:
    (problem,) = read_query(f"select\n    b,\n    {item}\nfrom clean.t").problems
    assert problem.message == "output column 2 has no name"


@pytest.mark.parametrize("sql", ["", "  \n", "-- nothing\n", ";"])
def test_a_file_without_a_query_is_a_problem(sql: str) -> None:
    (problem,) = read_query(sql).problems
    assert problem.message == "the file holds no query"


def test_a_semicolon_and_a_comment_after_the_select_are_no_second_statement() -> None:
    assert read_query("select a from clean.t;\n-- the end\n").problems == ()


@pytest.mark.parametrize(
    "call",
    [
        *("now()", "random()", "uuid()", "today()", "current_date", "current_timestamp"),
        *("nextval('s')", "age(b)", "main.age(b)", "b.age()", "AGE (b)", "ago(interval 1 day)"),
        *("getvariable('x')", "current_setting('TimeZone')", "get_current_time()", "version()"),
        *("current_user", "txid_current()", "setseed(0.5)", "current_localtimestamp()"),
    ],
)
def test_a_function_that_answers_differently_each_time_is_a_problem(call: str) -> None:
    (problem,) = read_query(f"select a\nfrom clean.t\nwhere b < {call}").problems
    assert "answers differently each time" in problem.message


@pytest.mark.parametrize("call", ["age(b, c)", "b.age(c)", "main.age(b, c)"])
def test_the_age_between_two_moments_is_no_problem(call: str) -> None:
    assert read_query(f"select {call} as days from clean.t").problems == ()


def test_a_sample_of_rows_is_a_problem() -> None:
    (problem,) = read_query("select a\nfrom clean.t\nusing sample 10%").problems
    assert "a sample answers differently each time" in problem.message


def test_every_function_that_duckdb_calls_inconsistent_is_refused() -> None:
    with duckdb.connect() as connection:
        rows = connection.execute(
            "SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type = 'scalar' "
            "AND stability <> 'CONSISTENT' AND function_name <> 'error'"
        ).fetchall()
    assert {name for (name,) in rows} - UNREPEATABLE == set()


def test_the_line_of_an_input_is_that_of_its_first_mention() -> None:
    query = read_query("select a\nfrom clean.t\nunion all\nselect a\nfrom clean.t\n")
    assert [item.line for item in query.inputs] == [2]
