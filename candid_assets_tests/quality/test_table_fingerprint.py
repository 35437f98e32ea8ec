import random
import subprocess
import sys

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from candid_assets.quality.table_fingerprint import fingerprint_and_rows, table_fingerprint

CELL = st.none() | st.text(st.characters(blacklist_categories=("Cs",)), max_size=4)
TABLES = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.tuples(*[CELL] * width), min_size=1, max_size=6)
)


def _print(rows: list[tuple], name: str = "c") -> str:
    with duckdb.connect() as connection:
        columns = ", ".join(f"{name}{i} VARCHAR" for i in range(len(rows[0])))
        connection.execute(f"CREATE TABLE t ({columns})")
        marks = ", ".join("?" for _ in rows[0])
        connection.executemany(f"INSERT INTO t VALUES ({marks})", rows)
        return table_fingerprint(connection, "t")


@settings(max_examples=60, deadline=None)
@given(rows=TABLES, seed=st.integers())
def test_fingerprint_ignores_the_order_of_rows(rows, seed) -> None:
    shuffled = random.Random(seed).sample(rows, len(rows))  # noqa: S311 - not a secret
    assert _print(rows) == _print(shuffled)


@settings(max_examples=60, deadline=None)
@given(rows=TABLES, data=st.data())
def test_fingerprint_changes_with_any_single_cell(rows, data) -> None:
    row = data.draw(st.integers(0, len(rows) - 1))
    cell = data.draw(st.integers(0, len(rows[0]) - 1))
    other = data.draw(CELL.filter(lambda value: value != rows[row][cell]))
    changed = list(rows)
    changed[row] = (*rows[row][:cell], other, *rows[row][cell + 1 :])
    assert _print(rows) != _print(changed)


@settings(max_examples=40, deadline=None)
@given(first=st.tuples(CELL, CELL), second=st.tuples(CELL, CELL))
def test_fingerprint_changes_with_cells_swapped_between_rows(first, second) -> None:
    crossed = [(first[0], second[1]), (second[0], first[1])]
    same = sorted(map(repr, crossed)) == sorted(map(repr, [first, second]))
    assert (_print([first, second]) == _print(crossed)) is same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SELECT 1::INTEGER AS a", "SELECT 1::BIGINT AS a"),
        ("SELECT 1.0::DECIMAL(4,1) AS a", "SELECT 1.0::DECIMAL(4,2) AS a"),
        ("SELECT '1' AS a", "SELECT 1 AS a"),
        ("SELECT 1 AS a", "SELECT 1 AS b"),
        ("SELECT 1 AS a, 2 AS b", "SELECT 2 AS b, 1 AS a"),
        ("SELECT 1 AS a, 2 AS b", "SELECT 2 AS a, 1 AS b"),
        ("SELECT NULL::VARCHAR AS a", "SELECT '' AS a"),
        ("SELECT NULL::VARCHAR AS a, 'x' AS b", "SELECT 'x' AS a, NULL::VARCHAR AS b"),
        ("SELECT 1 AS a", "SELECT 1 AS a UNION ALL SELECT 1"),
        ("SELECT 1 AS a WHERE FALSE", "SELECT 1 AS a"),
        ("SELECT 1 AS a WHERE FALSE", "SELECT 1 AS b WHERE FALSE"),
        ("SELECT [1, 2] AS a", "SELECT [2, 1] AS a"),
        ("SELECT {'x': 1} AS a", "SELECT {'x': 2} AS a"),
        ("SELECT 1 AS a, 1 AS b", "SELECT 2 AS a, 2 AS b"),
    ],
)
def test_fingerprint_changes_with_types_names_order_blanks_and_repetitions(
    connection, one, other
) -> None:
    connection.execute(f"CREATE TABLE a AS {one}; CREATE TABLE b AS {other}")
    assert table_fingerprint(connection, "a") != table_fingerprint(connection, "b")


def test_fingerprint_ignores_excluded_columns(connection) -> None:
    connection.execute(
        "CREATE TABLE a AS SELECT 1 AS x, 1 AS at; CREATE TABLE b AS SELECT 1 AS x, 2 AS at"
    )
    first, second = (table_fingerprint(connection, name, exclude={"at"}) for name in "ab")
    assert first == second


def test_another_process_computes_the_same_fingerprint(connection) -> None:
    query = "SELECT i, i || 'é' AS t, i / 7 AS d, DATE '2025-01-01' AS day FROM range(5000) AS r(i)"
    connection.execute(f"CREATE TABLE t AS {query}")
    code = (
        "import sys, duckdb; from candid_assets.quality.table_fingerprint import table_fingerprint;"
        "c = duckdb.connect(config={'threads': 1}); c.execute(sys.argv[1]);"
        "print(table_fingerprint(c, 't'))"
    )
    command = [sys.executable, "-c", code, f"CREATE TABLE t AS {query}"]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == table_fingerprint(connection, "t")


def test_column_names_may_need_quotes(connection) -> None:
    connection.execute('CREATE TABLE t AS SELECT 1 AS "a ""b", 2 AS "select"')
    assert table_fingerprint(connection, "t").isalnum()


@settings(max_examples=20, deadline=None)
@given(rows=TABLES)
def test_rows_are_counted_with_the_fingerprint(rows) -> None:
    with duckdb.connect() as connection:
        columns = ", ".join(f"c{i} VARCHAR" for i in range(len(rows[0])))
        connection.execute(f"CREATE TABLE t ({columns})")
        marks = ", ".join("?" for _ in rows[0])
        connection.executemany(f"INSERT INTO t VALUES ({marks})", rows)
        assert fingerprint_and_rows(connection, "t") == (
            table_fingerprint(connection, "t"),
            len(rows),
        )
