"""What is not tested because a column's kinds rule it out is not there to be found."""

from itertools import chain, combinations

import duckdb
import pytest

from candid_assets.cleaning.macros import install_macros
from candid_assets.cleaning.text_faults_sql import error_or_damage_sql

CELLS = [
    ("-", None),
    ("t", "SO-1"),
    ("t", None),
    ("t", "a+b"),
    ("t", "3.20101E+15"),
    ("e", "#N/A"),
    ("e", None),
    ("n", "3201010101010000"),
    ("n", "12"),
    ("d", "2025-08-17"),
    ("x", "3.20101E+15"),
]
FAULTS = {("t", "3.20101E+15"), ("e", "#N/A"), ("n", "3201010101010000")}


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as opened:
        install_macros(opened)
        yield opened


def reasons(
    connection: duckdb.DuckDBPyConnection,
    cells: list[tuple[str, str | None]],
    kinds: frozenset[str] | None,
) -> list[str | None]:
    test = error_or_damage_sql("cell.text", "cell.kind", kinds, whole_figures=False)
    listed = [{"kind": kind, "text": text} for kind, text in cells]
    typed = "?::struct(kind varchar, text varchar)[]"
    (answer,) = connection.execute(
        f"select list_transform({typed}, lambda cell: {test})", [listed]
    ).fetchone()
    return answer


def test_every_fault_is_found_in_a_column_of_any_kinds(connection) -> None:
    letters = "tendx"
    for chosen in chain.from_iterable(combinations(letters, n) for n in range(len(letters) + 1)):
        cells = [cell for cell in CELLS if cell[0] in chosen or cell[0] == "-"]
        plus = "+" if any("+" in (text or "") for _, text in cells) else ""
        known = reasons(connection, cells, frozenset(chosen) | frozenset(plus))
        assert known == reasons(connection, cells, None)
        assert {c for c, why in zip(cells, known, strict=True) if why} == FAULTS & set(cells)


def test_a_column_of_texts_without_a_plus_is_not_tested_at_all() -> None:
    sql = error_or_damage_sql("a", "k", frozenset("t-"), whole_figures=False)
    assert sql == "CAST(NULL AS VARCHAR)"
