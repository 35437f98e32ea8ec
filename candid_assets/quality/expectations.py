"""Judges a staged table by its contract with Great Expectations.

Great Expectations is imported inside functions only: it costs seconds, so definitions load
without it, and a refresh whose tables keep their contracts never loads it.

An empty table passes every rule about values, as there is no value to object to; what keeps an
empty table out is `read_complete` (a tab that may not be empty) and `rows_in_range`.
"""

import logging
import threading
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from candid_assets.quality.cached_expectations import cached_expectation
from candid_assets.quality.frame import ROW, Frame, label
from candid_assets.quality.gx_arguments import gx_arguments
from candid_assets.quality.outcome import BrokenRow, RuleOutcome, suite_results
from candid_assets.quality.table_rules import Subject, TableRule, suite_rules
from candid_assets.warehouse.check_results import MAX_SAMPLES, Cells, CheckResult

_TABLE_RULES = ("ExpectTableColumnsToMatchOrderedList", "ExpectTableRowCountToBeBetween")


class SuiteRunner:
    """Runs the suites of any number of tables through one Great Expectations context."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._batches: Any = None
        self._validation: Any = None

    def judge(self, subject: Subject, frame: Frame | str, cells: Cells | None) -> list[CheckResult]:
        """Return the results of every rule of a staged table's contract but foreign keys.

        Args:
            subject: A tab's contract for a clean table, a model's for a ready one.
            frame: The staged table, or why it cannot be read, with which every check fails.
            cells: Leads from rows to the sheet; None where there is no sheet.

        Returns:
            One result for each check of `planned_checks` but those of `LOOKED_UP`, in its order.
        """
        self.load()
        rules = suite_rules(subject)
        if isinstance(frame, str):
            outcomes = [RuleOutcome(rule, passed=False, error=frame) for rule in rules]
            types: tuple[tuple[str, str], ...] = ()
        else:
            outcomes, types = self._judge(subject, rules, frame), frame.types
        return suite_results(subject, outcomes, types, cells)

    def _judge(
        self, subject: Subject, rules: Sequence[TableRule], frame: Frame
    ) -> list[RuleOutcome]:
        """Evaluate whether each rule holds, then read details of those that do not."""
        rows = len(frame.data)
        verdicts = self._validate(rules, frame, {"result_format": "BOOLEAN_ONLY"})
        broken = [rule for rule, verdict in zip(rules, verdicts, strict=True) if not verdict.passed]
        details = self.explain(subject, broken, frame) if broken else []
        explained = {id(outcome.rule): outcome for outcome in details}
        return [
            explained.get(id(rule)) or RuleOutcome(rule, passed=True, looked_at=rows)
            for rule in rules
        ]

    def explain(
        self, subject: Subject, rules: Sequence[TableRule], frame: Frame | str
    ) -> list[RuleOutcome]:
        """Return the outcome of each rule with samples of the rows that break it.

        Args:
            subject: The contract, whose key names rows that have no place in a sheet.
            rules: Rules of its suite.
            frame: The columns that they name, or why these cannot be read.
        """
        if isinstance(frame, str):
            return [RuleOutcome(rule, passed=False, error=frame) for rule in rules]
        identity = [c for c in subject.primary_key if c in frame.data]
        index = [ROW] if ROW in frame.data else identity
        return self._validate(
            rules,
            frame,
            {
                "result_format": "SUMMARY",
                "partial_unexpected_count": MAX_SAMPLES,
                **({"unexpected_index_column_names": index} if index else {}),
            },
        )

    def document(
        self, name: str, subject: Subject, rules: Sequence[TableRule], frame: Frame | str
    ) -> tuple[list[RuleOutcome], str]:
        """Return the outcome of each rule, and the table's page of the library's Data Docs.

        Args:
            name: What the page calls the table.
            subject: The contract.
            rules: Rules of its suite.
            frame: The columns that they name, or why these cannot be read; then the page is empty.
        """
        from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer
        from great_expectations.render.view.view import DefaultJinjaPageView

        self.load()
        self._validation = None
        outcomes = self.explain(subject, rules, frame)
        if self._validation is None:
            return outcomes, ""
        self._validation.suite_name = name
        view: Any = DefaultJinjaPageView()
        document = ValidationResultsPageRenderer().render(self._validation)
        return outcomes, str(view.render(document))

    def _validate(
        self, rules: Sequence[TableRule], frame: Frame, result_format: Mapping[str, object]
    ) -> list[RuleOutcome]:
        """Return the outcome of each rule; what cannot be judged has failed."""
        outcomes: dict[int, RuleOutcome] = {}
        expectations = []
        for position, rule in enumerate(rules):
            try:
                expectations.append(_expectation(rule, position, frame))
            except Exception as error:  # noqa: BLE001, RUF100 - whatever it is, it is no pass
                outcomes[position] = RuleOutcome(rule, passed=False, error=_words(error))
        try:
            results = self._run(expectations, frame, result_format)
        except Exception as error:  # noqa: BLE001, RUF100
            return [RuleOutcome(rule, passed=False, error=_words(error)) for rule in rules]
        for result in results:
            position = result.expectation_config.meta["rule"]
            outcomes[position] = _outcome(rules[position], result, frame)
        missing = "Great Expectations gave no verdict"
        return [
            outcomes.get(position) or RuleOutcome(rule, passed=False, error=missing)
            for position, rule in enumerate(rules)
        ]

    def _run(
        self, expectations: list[Any], frame: Frame, result_format: Mapping[str, object]
    ) -> list[Any]:
        import great_expectations as gx

        # The context is process-wide state of the library: one suite at a time.
        with self._lock, warnings.catch_warnings():
            # pandas remarks on groups in a pattern, which contracts may well have.
            warnings.filterwarnings("ignore", message="This pattern is interpreted as a regular")
            warnings.filterwarnings("ignore", message="Possible nested set")
            batch = self._batches.get_batch({"dataframe": frame.data})
            suite = gx.ExpectationSuite(name="contract", expectations=expectations)
            self._validation = batch.validate(suite, result_format=dict(result_format))
            return list(self._validation.results)

    def load(self) -> None:
        """Import Great Expectations and make its one context, unless that is done."""
        with self._lock:
            if self._batches is not None:
                return
            import great_expectations as gx
            import great_expectations.expectations

            # Its import sends every warning of the process to a logger; not its to decide.
            logging.captureWarnings(capture=False)
            context = gx.get_context(mode="ephemeral")
            context.variables.progress_bars = {"globally": False}  # type: ignore[assignment]
            source = context.data_sources.add_pandas("staged")
            asset = source.add_dataframe_asset("table")
            self._batches = asset.add_batch_definition_whole_dataframe("whole")


def _expectation(rule: TableRule, position: int, frame: Frame) -> Any:
    """Return the expectation of a rule, tagged with its check and its place in the suite."""
    types = dict(frame.types)
    arguments = gx_arguments(rule, types)
    if rule.check == "columns_match":
        arguments["column_list"] = [*rule.arguments["column_list"], *frame.extra]  # type: ignore[misc]
    labels = [label(rule, column, types) for column in rule.columns]
    if len(labels) == 1:
        arguments["column"] = labels[0]
    elif labels:
        arguments["column_list"] = labels
    meta = {"check": rule.check, "rule": position}
    return cached_expectation(rule.expectation)(meta=meta, **arguments)


def _outcome(rule: TableRule, result: Any, frame: Frame) -> RuleOutcome:
    """Read Great Expectations' result; an exception is a failure whatever it says of success."""
    rows = len(frame.data)
    error = "; ".join(_exceptions(result.exception_info))
    if error or result.success:
        return RuleOutcome(rule, passed=not error, error=error, looked_at=rows)
    details = result.result or {}
    return RuleOutcome(
        rule,
        passed=False,
        looked_at=int(details.get("element_count", rows)),
        unexpected=int(details.get("unexpected_count", rule.expectation in _TABLE_RULES)),
        findings=tuple(_findings(rule, details, frame)),
    )


def _findings(rule: TableRule, details: Mapping[str, Any], frame: Frame) -> Iterator[BrokenRow]:
    places = details.get("partial_unexpected_index_list") or []
    types = dict(frame.types)
    labels = [label(rule, column, types) for column in rule.columns]
    for entry in places[:MAX_SAMPLES]:
        # Where no columns identify a row, the library gives the position in the frame.
        known = isinstance(entry, Mapping)
        place: Mapping[str, Any]
        place = entry if known else {key: frame.data.at[entry, key] for key in labels}
        row = place.get(ROW)
        values = {key.removesuffix(" (exact)"): value for key, value in place.items() if key != ROW}
        own = tuple(values.pop(column, None) for column in rule.columns)
        yield BrokenRow(own, int(row) if row is not None else None, values)


def _exceptions(info: Mapping[str, Any] | None) -> Iterator[str]:
    """Return the texts of the exceptions in either of the two shapes that the library has."""
    if not info:
        return
    entries = [info] if "raised_exception" in info else list(info.values())
    for entry in entries:
        if entry.get("raised_exception"):
            yield str(entry.get("exception_message") or "it raised an exception without a text")


def _words(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())
