"""The models of the catalog hold what their `.yaml` promises, shown on empty clean tables."""

import hashlib
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import duckdb
import pytest

import candid_assets
from candid_assets.contracts.catalog import Catalog, Model
from candid_assets.contracts.load import load_catalog
from candid_assets.names import HUB, SPOKES

CATALOG = load_catalog(Path(candid_assets.__file__).parent / "catalog")
FOLDER = CATALOG.root / "models"
MODELS = [pytest.param(m, id=m.name) for m in CATALOG.models if m.kind != "metrics"]
"""Models written by hand; the tables of the metrics are compiled from the registry."""
DIMENSIONS = [model.name for model in CATALOG.models if model.kind == "dimension"]
BY_NAME = {model.name: model for model in CATALOG.models}
SUFFIX_TYPES = {
    "_idr": r"DECIMAL\(18,2\)",
    "_pct": r"DECIMAL\(18,4\)",
    "_kg": r"DECIMAL\(18,3\)",
    "_qty": "BIGINT",
    "_count": "BIGINT",
    "_date": "DATE",
    "_at": "TIMESTAMP",
    "_id": "VARCHAR",
    "_key": "VARCHAR",
}
NOT_STANDARD = re.compile(r"\b(pivot|unpivot|qualify|by name|exclude|columns)\b|->")


@pytest.fixture(scope="module")
def empty() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("create schema clean; create schema ready")
        make_clean_tables(connection, CATALOG)
        for model in CATALOG.models:
            connection.execute(f"create table ready.{model.table} as {model.sql}")
        yield connection


def make_clean_tables(connection: duckdb.DuckDBPyConnection, catalog: Catalog) -> None:
    for tab in catalog.tabs:
        columns = ", ".join(f'"{c.name}" {c.physical_type}' for c in tab.columns)
        connection.execute(
            f"create table clean.{tab.table} ({columns}, _row integer, _extract varchar)"
        )


def reads(model: Model) -> set[str]:
    """Return the ready tables that stand anywhere below a model."""
    direct = {table for layer, table in model.inputs if layer == "ready"}
    return direct.union(*(reads(BY_NAME[table]) for table in direct))


def test_the_catalog_has_no_problem_and_leaves_no_model_out() -> None:
    assert [str(problem) for problem in CATALOG.problems] == []
    assert {p.values[0].name for p in MODELS} == {path.stem for path in FOLDER.rglob("*.sql")}
    assert {p.values[0].name for p in MODELS} == {path.stem for path in FOLDER.rglob("*.yaml")}


def test_the_hub_has_the_conformed_dimensions() -> None:
    hub = {m.name for m in CATALOG.models if m.spoke == HUB}
    assert hub >= {
        "dim_product",
        "dim_outlet",
        "dim_distributor",
        "dim_employee",
        "dim_calendar",
    }


@pytest.mark.parametrize("spoke", SPOKES)
def test_every_spoke_has_a_fact_and_a_mart(spoke: str) -> None:
    assert {m.kind for m in CATALOG.models if m.spoke == spoke} >= {"fact", "mart"}


def test_a_model_gives_the_columns_and_types_that_its_contract_promises(
    empty: duckdb.DuckDBPyConnection,
) -> None:
    for model in CATALOG.models:
        described = empty.execute(f'describe ready."{model.name}"').fetchall()
        given = [(name, kind) for name, kind, *_ in described]
        assert given == [(c.name, c.physical_type) for c in model.columns], model.name


def test_inputs_of_a_model_are_those_that_the_database_reports(
    empty: duckdb.DuckDBPyConnection,
) -> None:
    for model in CATALOG.models:
        quoted = model.sql.replace("'", "''")
        parsed = empty.execute(f"select json_serialize_sql('{quoted}')").fetchall()[0][0]
        pairs = re.findall(r'"schema_name":"(clean|ready)","table_name":"(\w+)"', parsed)
        assert tuple(sorted(set(pairs))) == model.inputs, model.name


@pytest.mark.parametrize("model", MODELS)
def test_a_written_model_keeps_to_the_rules_of_models(model: Model) -> None:
    lines = model.path.with_suffix(".sql").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 80
    assert max(map(len, lines)) <= 80
    assert lines[-1] == "select * from final"
    assert not NOT_STANDARD.search(model.sql.casefold())
    named = {"dimension": "dim_*", "fact": "fct_*", "mart": "mart_*", "history": "*_history"}
    assert fnmatch(model.name, named[model.kind])
    assert model.grain.startswith("One row per ")
    assert all(c.required for c in model.columns if c.primary_key_position is not None)
    referred = {c.reference.table for c in model.columns if c.reference}
    assert referred <= reads(model)  # built before
    assert referred <= set(DIMENSIONS)
    for column in model.columns:
        for suffix, wanted in SUFFIX_TYPES.items():
            if column.name.endswith(suffix):
                assert re.fullmatch(wanted, column.physical_type), column.name
        if column.name.startswith(("is_", "has_")):
            assert column.physical_type == "BOOLEAN", column.name
        assert column.physical_type != "DOUBLE", column.name
        if column.name.endswith("_key"):
            assert column.reference is not None, column.name
            assert column.required, column.name


@pytest.mark.parametrize("dimension", sorted({*DIMENSIONS} - {"dim_calendar"}))
def test_a_dimension_of_codes_has_an_unknown_member(
    empty: duckdb.DuckDBPyConnection, dimension: str
) -> None:
    (key,) = BY_NAME[dimension].primary_key
    rows = empty.execute(f"select {key} from ready.{dimension} order by 1").fetchall()
    assert ("unknown",) in rows
    assert {value for (value,) in rows} <= {"unknown", "none"}


@pytest.mark.parametrize("dimension", sorted({*DIMENSIONS} - {"dim_calendar"}))
def test_a_dimension_has_a_surrogate_key_that_is_the_same_everywhere(
    empty: duckdb.DuckDBPyConnection, dimension: str
) -> None:
    (key,) = BY_NAME[dimension].primary_key
    name = dimension.removeprefix("dim_")
    rows = empty.execute(f"select {key}, {name}_sk from ready.{dimension}").fetchall()
    assert rows
    for code, surrogate in rows:
        assert surrogate == hashlib.md5(f"{name}:{code}".encode()).hexdigest()  # noqa: S324


def test_the_calendar_covers_the_years_around_the_companys_and_names_weeks_by_iso() -> None:
    with duckdb.connect() as connection:
        connection.execute("create schema clean")
        make_clean_tables(connection, CATALOG)
        connection.execute(
            "insert into clean.coreos__calendar (calendar_date)"
            " values (date '2025-01-01'), (date '2025-12-31')"
        )
        calendar = f"({BY_NAME['dim_calendar'].sql})"
        span = "select count(*), min(calendar_date)::varchar, max(calendar_date)::varchar"
        assert connection.execute(f"{span} from {calendar}").fetchall() == [
            (1096, "2024-01-01", "2026-12-31")
        ]
        days = connection.execute(
            f"""
            select iso_year, iso_week, day_name, month_name, quarter_name
            from {calendar}
            where calendar_date in ('2024-12-30', '2025-08-17', '2026-12-31')
            order by calendar_date
            """
        ).fetchall()
    assert days == [
        (2025, 1, "Senin", "Desember", "Q4"),
        (2025, 33, "Minggu", "Agustus", "Q3"),
        (2026, 53, "Kamis", "Desember", "Q4"),
    ]
