"""Which models a cluster could not compute, read from what their files say; no cluster is asked."""

from collections.abc import Iterator

import sqlglot
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB

from candid_assets.contracts.catalog import Catalog, ContractProblem, Model
from candid_assets.contracts.exact_division import FUNCTION
from candid_assets.contracts.model_query import line_of
from candid_assets.engines.common_sql import refusal, uncommon


def unfit_parts(catalog: Catalog, model: Model) -> list[ContractProblem]:
    """Return what engines do not understand alike in a model, with its lines and what to write.

    Args:
        catalog: What the model is declared in.
        model: What a cluster is to compute.
    """
    path, sql = model.path, model.sql
    if model.kind != "metrics":
        path = path.with_suffix(".sql")
        # As it was written: what stands for `exact_ratio` or a history has other lines.
        sql = catalog.files[path.relative_to(catalog.root).as_posix()].decode()
    problems = []
    for part, instead in _outermost(sqlglot.parse_one(sql, dialect=DuckDB)):
        error = refusal(part, instead)
        message = f"ready.{model.name} cannot go to a cluster: {error.message}"
        problems.append(ContractProblem(path, line_of(part) or 1, message, error.fix))
    return problems


def _outermost(query: exp.Expr) -> Iterator[tuple[exp.Expr, str]]:
    """Yield the parts that are not within another that is yielded."""
    seen: set[int] = set()
    for part, instead in uncommon(query):
        if part.name.lower() == FUNCTION and isinstance(part, exp.Anonymous):
            continue
        above = part.parent
        while above is not None and id(above) not in seen:
            above = above.parent
        if above is None:
            seen.add(id(part))
            yield part, instead
