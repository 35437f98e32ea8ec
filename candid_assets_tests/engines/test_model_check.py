"""What a cluster could not compute is said of a model before it goes there."""

from pathlib import Path

import pytest

from candid_assets.contracts.catalog import ContractProblem
from candid_assets.contracts.load import load_catalog
from candid_assets.engines.model_check import unfit_parts
from candid_assets.settings import PACKAGE
from candid_assets_tests.contracts.small_catalog import write, write_catalog

DIM = "models/hub/dim_outlet"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_catalog(tmp_path)


def problems_of(root: Path, sql: str) -> list[ContractProblem]:
    write(root, f"{DIM}.sql", sql)
    catalog = load_catalog(root)
    assert catalog.problems == ()
    model = next(model for model in catalog.models if model.name == "dim_outlet")
    return unfit_parts(catalog, model)


def test_every_model_of_the_sample_can_go_to_a_cluster() -> None:
    catalog = load_catalog(PACKAGE / "catalog")
    assert len(catalog.models) > 60
    assert [p for model in catalog.models for p in unfit_parts(catalog, model)] == []


def test_each_part_is_named_once_with_its_file_line_and_what_to_write(root: Path) -> None:
    problems = problems_of(
        root,
        "select\n    max(list_first([string_agg(outlet_id, ',')])) as outlet_id,\n"
        "    cast(median(extract('dow' from opened_date)) as date) as opened_date\n"
        "from clean.sales_master__outlets\n",
    )
    assert {problem.path for problem in problems} == {root / f"{DIM}.sql"}
    listed, median = sorted(problems, key=lambda problem: problem.line)
    assert (listed.line, median.line) == (2, 3)
    assert "`LIST_FIRST([LISTAGG(outlet_id, ',')])` is not the same" in listed.message
    assert median.message.startswith("ready.dim_outlet cannot go to a cluster: `MEDIAN(")
    assert median.fix.startswith("write a row number over the order, and the row in the middle")


def test_lines_are_those_of_the_file_also_below_an_exact_ratio(root: Path) -> None:
    (problem,) = problems_of(
        root,
        "with t as (\n"
        "    select outlet_id, exact_ratio(count(*), 2, 1) as share\n"
        "    from clean.sales_master__outlets group by outlet_id\n"
        ")\n"
        "select outlet_id,\n"
        "    cast(to_days(cast(share as integer)) + date '2025-01-01' as date) as opened_date\n"
        "from t\n",
    )
    assert problem.line == 6
