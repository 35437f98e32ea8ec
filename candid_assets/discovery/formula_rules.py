"""Columns that others make: by product, with a discount, by sum or by difference.

Each column of numbers is tried against all others, which is some thousand formulas. They are
computed in floats first; those that floats allow are counted exactly.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Final

import duckdb
import numpy as np
from numpy.typing import NDArray

from candid_assets.discovery.proposal import ColumnProposal, TableProposal
from candid_assets.discovery.rule_candidates import (
    RuleCandidate,
    is_kept,
    measures,
    quoted_name,
)
from candid_assets.sql import quoted

_Floats = NDArray[np.float64]
_Values = Mapping[str, _Floats]
_Trial = tuple[RuleCandidate, _Floats]
"""A formula, and how far it is off in each row; NaN where a value is missing."""
_NOISE: Final = 1e-12
"""How far floats may be off, as a share of the greatest number."""


def formulas(
    connection: duckdb.DuckDBPyConnection, table: TableProposal, sample: str
) -> Iterator[RuleCandidate]:
    """Yield the formulas that the rows of a sample keep."""
    columns = measures(table)
    if len(columns) < 3:
        return
    values = _floats(connection, sample, columns)
    noise = _NOISE * max(np.max(np.abs(v[~np.isnan(v)]), initial=0.0) for v in values.values())
    for result in columns:
        others = [c for c in columns if c is not result]
        near = _tolerance(values[result.name])
        products = [
            one
            for one, off in _products(result, others, near, values)
            if _may_hold(off, float(near) + noise)
        ]
        sums = [one for one, off in _sums(result, others, values) if _may_hold(off, noise)]
        for one, kept, filled in _counted(connection, sample, [*products, *sums]):
            if is_kept(kept, filled) and _is_varied(connection, sample, one):
                yield one


def _floats(
    connection: duckdb.DuckDBPyConnection, sample: str, columns: Sequence[ColumnProposal]
) -> _Values:
    """Return the values of columns, NaN where there is none."""
    casts = ", ".join(
        f"coalesce(TRY_CAST({quoted_name(c)} AS DOUBLE), 'nan'::DOUBLE)" for c in columns
    )
    rows = connection.execute(f"SELECT {casts} FROM {sample}").fetchall()
    table: _Floats = np.array(rows, dtype=np.float64).reshape(-1, len(columns))
    return {column.name: table[:, place] for place, column in enumerate(columns)}


def _tolerance(values: _Floats) -> str:
    """Return how far a product may be off: one Rupiah of large amounts, a hundredth of others."""
    known = np.abs(values[~np.isnan(values)])
    return "1" if len(known) and np.median(known) >= 1000 else "0.01"


def _may_hold(off: _Floats, most: float) -> bool:
    """Whether floats allow that a formula holds in nearly all rows that have all its values."""
    with np.errstate(invalid="ignore"):
        kept = int(np.count_nonzero(np.abs(off) <= most))
    return is_kept(kept, len(off) - int(np.count_nonzero(np.isnan(off))))


def _counted(
    connection: duckdb.DuckDBPyConnection, sample: str, trials: Sequence[RuleCandidate]
) -> Iterator[tuple[RuleCandidate, int, int]]:
    """Yield each trial with the rows that keep it and those with values in all its columns.

    A trial that DuckDB refuses, such as a product with more decimals than it has, is left out.
    """
    if not trials:
        return
    checks = ", ".join(
        f"coalesce(count_if(TRY({one.holds})), 0), coalesce(count_if({one.filled}), 0)"
        for one in trials
    )
    try:
        counts = connection.execute(f"SELECT {checks} FROM {sample}").fetchone() or ()
    except duckdb.Error:
        middle = len(trials) // 2
        for part in (trials[:middle], trials[middle:]) if middle else ():
            yield from _counted(connection, sample, part)
        return
    for n, one in enumerate(trials):
        yield one, *counts[2 * n : 2 * n + 2]


def _products(
    result: ColumnProposal, others: Sequence[ColumnProposal], near: str, values: _Values
) -> Iterator[_Trial]:
    a, of_result = quoted_name(result), values[result.name]
    for one, two in combinations(others, 2):
        b, c = quoted_name(one), quoted_name(two)
        product = values[one.name] * values[two.name]
        name, columns = f"{result.name}_is_product", (result.name, one.name, two.name)
        text = f"'{result.header}' is '{one.header}' times '{two.header}', rounded."
        holds = f"abs({a} - {b} * {c}) <= {near}"
        yield RuleCandidate(name, text, holds, columns, 1), of_result - product
        for less in (c for c in others if c not in (one, two)):
            d, off, every = quoted_name(less), values[less.name], (*columns, less.name)
            name = f"{result.name}_less_{less.name}"
            named = f"'{one.header}' times '{two.header}' less '{less.header}'"
            text = f"'{result.header}' is {named}, rounded."
            for rest, factor in ((f"(1 - {d})", 1 - off), (f"(100 - {d}) * 0.01", 1 - off / 100)):
                holds = f"abs({a} - {b} * {c} * {rest}) <= {near}"
                yield RuleCandidate(name, text, holds, every, 2), of_result - product * factor
            holds = f"abs({a} - ({b} * {c} - {d})) <= {near}"
            yield RuleCandidate(name, text, holds, every, 2), of_result - (product - off)


def _sums(
    result: ColumnProposal, others: Sequence[ColumnProposal], values: _Values
) -> Iterator[_Trial]:
    a, of_result = quoted_name(result), values[result.name]
    for one, two in combinations(others, 2):
        b, c = quoted_name(one), quoted_name(two)
        both = values[one.name] + values[two.name]
        text = f"'{result.header}' is '{one.header}' with '{two.header}'."
        columns = (result.name, one.name, two.name)
        rule = RuleCandidate(f"{result.name}_is_sum", text, f"{a} = {b} + {c}", columns, 1)
        yield rule, of_result - both
        for less in (c for c in others if c not in (one, two)):
            text = f"'{result.header}' is '{one.header}' with '{two.header}' less '{less.header}'."
            holds = f"{a} = {b} + {c} - {quoted_name(less)}"
            every = (*columns, less.name)
            rule = RuleCandidate(f"{result.name}_is_balance", text, holds, every, 2)
            yield rule, of_result - (both - values[less.name])


def _is_varied(connection: duckdb.DuckDBPyConnection, sample: str, one: RuleCandidate) -> bool:
    """Return whether the columns of a formula vary, and not only where nothing is computed."""
    tests = " AND ".join(f"{quoted(name)} NOT IN (0, 1)" for name in one.columns[:3])
    counts = ", ".join(f"count(DISTINCT {quoted(name)})" for name in one.columns)
    line = connection.execute(
        f"SELECT coalesce(count_if({tests}), 0), count(*), {counts} FROM {sample}"
    ).fetchone() or (0, 0)
    computed, rows, *distinct = line
    return computed >= 0.2 * rows and min(distinct, default=0) >= 2 and distinct[0] >= 5
