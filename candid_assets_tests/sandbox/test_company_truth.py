"""The truth file against a second, independent reading of every row of every tab."""

from collections import Counter, defaultdict
from decimal import Decimal
from typing import Any

import pytest

from candid_assets.names import column_letter
from candid_assets.sandbox.company.forms import cell_text
from candid_assets_tests.sandbox import company_reader
from candid_assets_tests.sandbox.company_reader import Sample


@pytest.fixture(scope="module")
def sample() -> Sample:
    return company_reader.sample()


def test_every_row_of_every_tab_has_its_expected_outcome(sample: Sample) -> None:
    for line in sample.truth["tabs"]:
        key = (line["workbook"], line["tab"])
        reading = sample.readings[key]
        counts = (len(reading.clean), len(reading.quarantined), len(reading.dropped))
        assert counts == (line["clean"], line["quarantined"], line["dropped"]), key
        assert sum(counts) == line["grid_rows"] == len(sample.tabs[key].rows), key


def test_every_planted_cell_holds_the_planted_value(sample: Sample) -> None:
    for defect in sample.truth["defects"]:
        key = (defect["workbook"], defect["tab"])
        cells = sample.tabs[key].rows[defect["row"] - 1]
        if defect["cell"] is None:
            continue
        headers = [column.header for column in sample.plans[key].fields]
        place = headers.index(defect["column"])
        assert defect["cell"] == f"{column_letter(place + 1)}{defect['row']}"
        assert cell_text(cells[place]) == defect["value"], (key, defect["cell"])


def test_rows_are_quarantined_for_exactly_the_planted_reasons(sample: Sample) -> None:
    planted: dict[Any, set[Any]] = defaultdict(set)
    for defect in sample.truth["defects"]:
        if defect["outcome"] == "quarantine":
            place = (defect["workbook"], defect["tab"], defect["row"])
            planted[place].add((defect["column"], defect["reason"]))
    rows = {
        (*key, row): reasons
        for key, reading in sample.readings.items()
        for row, reasons in reading.quarantined.items()
    }
    assert rows == planted


def test_rows_are_dropped_by_exactly_the_planted_rules(sample: Sample) -> None:
    planted = {
        (d["workbook"], d["tab"], d["row"]): d["rule"]
        for d in sample.truth["defects"]
        if d["outcome"] == "dropped"
    }
    rows = {
        (*key, row): rule
        for key, reading in sample.readings.items()
        for row, rule in reading.dropped.items()
    }
    assert rows == planted


def test_untidy_cells_mean_what_the_truth_expects(sample: Sample) -> None:
    untidy = [d for d in sample.truth["defects"] if d["outcome"] == "clean"]
    assert len(untidy) > 1000
    for defect in untidy:
        key = (defect["workbook"], defect["tab"])
        column = next(c for c in sample.plans[key].fields if c.header == defect["column"])
        value = sample.readings[key].clean[defect["row"]][column.name]
        assert as_text(value) == defect["expected"], (key, defect["cell"])


def as_text(value: object) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return None if value is None else str(value)


def test_every_reason_and_rule_that_can_be_planted_is_planted(sample: Sample) -> None:
    reasons = {defect["reason"] for defect in sample.truth["defects"]} - {None}
    rules = {defect["rule"] for defect in sample.truth["defects"]} - {None}
    assert reasons == {
        "missing_value", "not_a_number", "not_an_integer", "not_a_boolean", "not_a_date",
        "not_a_timestamp", "not_a_time", "error_cell", "too_precise", "out_of_range",
        "below_minimum", "above_maximum", "not_allowed", "bad_pattern", "bad_phone",
        "duplicate_key", "date_in_text",
    }  # fmt: skip
    assert rules == {
        "above_header", "header", "blank_row", "repeated_header", "total_row", "exact_duplicate",
        "prefilled_row",
    }  # fmt: skip


def test_keys_join_but_for_the_planted_strangers(sample: Sample) -> None:
    keys: dict[str, set[Any]] = defaultdict(set)
    for (book, title), plan in sample.plans.items():
        for row in sample.readings[book, title].clean.values():
            for column in plan.fields:
                if column.key:
                    keys[f"{book.lower()}__{plan.name}.{column.name}"].add(row[column.name])
    lost = Counter[Any]()
    for key, plan in sample.plans.items():
        for column in plan.fields:
            for row in sample.readings[key].clean.values() if column.points_to else ():
                value = row[column.name]
                if value is not None and value not in keys[column.points_to or ""]:
                    lost[*key, column.header] += 1
    planted = Counter(
        (d["workbook"], d["tab"], d["column"])
        for d in sample.truth["defects"]
        if d["kind"] in {"unknown_reference", "lost_zeros"}
    )
    assert lost == planted
