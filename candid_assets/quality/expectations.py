"""Runs a contract's Great Expectations suite over a staged table.

Great Expectations is imported inside functions only, so that loading the code location does not
pay for it. The pandas engine is used: the one for DuckDB fails with these versions.
"""

from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from functools import lru_cache
from multiprocessing import get_context
from typing import Any

import duckdb
import pandas as pd

from candid_assets.contracts.model import Bound, Column, Tab
from candid_assets.names import CheckName, Layer
from candid_assets.quality.result import MAX_SAMPLES, Cells, CheckResult, Sample
from candid_assets.quality.suite import TEMPORAL, PlannedCheck, Subject, planned_checks

GX_CHECKS: frozenset[CheckName] = frozenset(
    {"columns_match", "keys_unique", "values_present", "values_valid", "rows_in_range"}
)
INTERNAL = ("_row", "_extract")


class SuiteRunner:
    """Evaluates suites in a process of its own, beside the one that builds the tables.

    Great Expectations takes seconds to import and tens of milliseconds a table, all of it Python:
    in a second process it costs neither the refresh's time nor, afterwards, its memory.
    """

    def __init__(self) -> None:
        """Start nothing yet."""
        self._pool: ProcessPoolExecutor | None = None

    def start(self) -> None:
        """Start the process, so that Great Expectations is loaded when the first table comes."""
        if self._pool is None:
            self._pool = ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn"))
            self._pool.submit(_batches)

    def submit(
        self,
        subject: Subject,
        connection: duckdb.DuckDBPyConnection,
        relation: str,
        cells: Cells | None,
    ) -> Future[list[CheckResult]]:
        """Hand a staged relation over; the future holds its results, grouped by check name."""
        self.start()
        if self._pool is None:
            raise RuntimeError("the process for Great Expectations did not start")
        frame = connection.execute(f"select * from {relation}").df()
        differences = _type_differences(subject, connection, relation)
        return self._pool.submit(evaluate, subject, frame, differences, cells)

    def close(self) -> None:
        """End the process."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None


def evaluate(
    subject: Subject, frame: pd.DataFrame, type_differences: list[str], cells: Cells | None
) -> list[CheckResult]:
    """Evaluate the suite of a tab or model over the frame of its staged table."""
    planned = [p for p in planned_checks(subject) if p.name in GX_CHECKS]
    failures: dict[CheckName, list[str]] = {p.name: [] for p in planned}
    counts: dict[CheckName, dict[str, int | float]] = {p.name: {} for p in planned}
    samples: dict[CheckName, list[Sample]] = {p.name: [] for p in planned}
    failures["columns_match"] += type_differences
    for name, kind, result in _validated(frame, _rules(subject)):
        counts[name]["expectations"] = counts[name].get("expectations", 0) + 1
        if result.success:
            continue
        failures[name].append(_told(kind, result))
        found = _samples(subject, frame, result, cells)
        samples[name] += found[: MAX_SAMPLES - len(samples[name])]
        unexpected = (result.result or {}).get("unexpected_count", 0)
        counts[name]["unexpected"] = counts[name].get("unexpected", 0) + unexpected
    return [
        _result(subject, check, failures[check.name], counts[check.name], samples[check.name])
        for check in planned
    ]


@lru_cache(maxsize=1)
def _batches() -> Any:
    """Return the one batch definition of this process: an ephemeral context, pandas engine."""
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("staged").add_dataframe_asset("table")
    return asset.add_batch_definition_whole_dataframe("whole")


def _validated(
    frame: pd.DataFrame, rules: Iterable[tuple[CheckName, str, Mapping[str, Any]]]
) -> Iterable[tuple[CheckName, str, Any]]:
    """Evaluate rules (check, expectation class, arguments); yield check, rule and result."""
    import great_expectations as gx
    import great_expectations.expectations as gxe

    suite = gx.ExpectationSuite(name="contract")
    for name, kind, arguments in rules:
        suite.add_expectation(getattr(gxe, kind)(**arguments, meta={"check": name}))
    batch = _batches().get_batch({"dataframe": frame})
    for result in batch.validate(suite, result_format="SUMMARY").results:
        configuration = result.expectation_config
        yield configuration.meta["check"], configuration.type, result


def _result(
    subject: Subject,
    check: PlannedCheck,
    failures: list[str],
    counts: Mapping[str, int | float],
    samples: list[Sample],
) -> CheckResult:
    layer: Layer = "clean" if isinstance(subject, Tab) else "ready"
    message = "; ".join(failures) if failures else check.description
    return CheckResult(
        check.name,
        layer,
        subject.table,
        not failures,
        f"{layer}.{subject.table}: {message}",
        severity=check.severity,
        blocking=check.blocking,
        counts=counts,
        samples=tuple(samples),
    )


def _rules(subject: Subject) -> Iterable[tuple[CheckName, str, Mapping[str, Any]]]:
    extra = list(INTERNAL) if isinstance(subject, Tab) else []
    names = [c.name for c in subject.columns] + extra
    yield "columns_match", "ExpectTableColumnsToMatchOrderedList", {"column_list": names}
    key = subject.primary_key
    if len(key) == 1:
        yield "keys_unique", "ExpectColumnValuesToBeUnique", {"column": key[0]}
    elif key:
        arguments = {"column_list": list(key), "ignore_row_if": "any_value_is_missing"}
        yield "keys_unique", "ExpectCompoundColumnsToBeUnique", arguments
    for column in subject.columns:
        if column.unique and key != (column.name,):
            yield "keys_unique", "ExpectColumnValuesToBeUnique", {"column": column.name}
        if column.required:
            yield "values_present", "ExpectColumnValuesToNotBeNull", {"column": column.name}
        yield from _value_rules(column)
    limits = subject.rows
    if limits.minimum is not None or limits.maximum is not None:
        bounds = {"min_value": limits.minimum, "max_value": limits.maximum}
        yield "rows_in_range", "ExpectTableRowCountToBeBetween", bounds


def _value_rules(column: Column) -> Iterable[tuple[CheckName, str, Mapping[str, Any]]]:
    name: CheckName = "values_valid"
    target = {"column": column.name}
    if column.enum:
        yield name, "ExpectColumnValuesToBeInSet", {**target, "value_set": list(column.enum)}
    low = column.minimum if column.minimum is not None else column.exclusive_minimum
    high = column.maximum if column.maximum is not None else column.exclusive_maximum
    if column.logical_type not in TEMPORAL and (low is not None or high is not None):
        yield (
            name,
            "ExpectColumnValuesToBeBetween",
            {
                **target,
                "min_value": _comparable(low),
                "max_value": _comparable(high),
                "strict_min": column.minimum is None and low is not None,
                "strict_max": column.maximum is None and high is not None,
            },
        )
    if column.min_length is not None or column.max_length is not None:
        lengths = {"min_value": column.min_length, "max_value": column.max_length}
        yield name, "ExpectColumnValueLengthsToBeBetween", {**target, **lengths}
    if column.pattern is not None:
        whole = rf"\A(?:{column.pattern})\Z"
        yield name, "ExpectColumnValuesToMatchRegex", {**target, "regex": whole}


def _comparable(bound: Bound | None) -> Any:
    """Return a bound as pandas compares it: floats for numbers, Timestamps for dates."""
    if bound is None:
        return None
    return pd.Timestamp(bound) if hasattr(bound, "year") else float(bound)


def _type_differences(
    subject: Subject, connection: duckdb.DuckDBPyConnection, relation: str
) -> list[str]:
    """Compare the relation's SQL types, which a pandas frame does not keep, to the contract's."""
    found = dict(r[:2] for r in connection.execute(f"describe {relation}").fetchall())
    return [
        f"{c.name} is {found[c.name]} and not {c.physical_type}"
        for c in subject.columns
        if c.name in found and found[c.name].replace(" ", "") != c.physical_type.replace(" ", "")
    ]


def _told(kind: str, result: Any) -> str:
    """Return what an expectation found; one that could not be evaluated is never a pass."""
    column = result.expectation_config.kwargs.get("column", "")
    for info in _exceptions(result.exception_info):
        return f"{kind} {column} could not be evaluated: {info}".strip()
    details = result.result or {}
    if "unexpected_count" in details:
        return f"{kind} {column}: {details['unexpected_count']} of {details['element_count']} rows"
    return f"{kind} {column}: found {details.get('observed_value')}".strip()


def _exceptions(info: Mapping[str, Any] | None) -> Iterable[str]:
    for part in (info, *((info or {}).values())):
        if isinstance(part, Mapping) and part.get("raised_exception"):
            yield str(part.get("exception_message"))


def _samples(
    subject: Subject, frame: pd.DataFrame, result: Any, cells: Cells | None
) -> list[Sample]:
    """Return the first wrong rows of an expectation on one column, found in the frame itself."""
    column = result.expectation_config.kwargs.get("column")
    if column is None or column not in frame or not result.result:
        return []
    wrong = result.result.get("partial_unexpected_list") or []
    values = frame[column]
    missing = result.expectation_config.type == "expect_column_values_to_not_be_null"
    rows = frame[values.isna() if missing else values.isin(wrong)].head(MAX_SAMPLES)
    found = []
    for _, row in rows.iterrows():
        value = None if pd.isna(row[column]) else row[column]
        if cells is not None and isinstance(subject, Tab):
            found.append(cells.sample(column, int(row["_row"]), value))
        else:
            found.append(Sample(column, None if value is None else str(value)))
    return found
