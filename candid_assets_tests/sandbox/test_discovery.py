"""Every answer and parameter is one that Google's own discovery documents describe."""

from typing import Any

import pytest

from candid_assets.sandbox.mask_fields import (
    FILE,
    FILE_LIST,
    SPREADSHEET,
    VALUE_RANGE,
    VALUE_RANGES,
)
from candid_assets.sandbox.query import STANDARD_PARAMETERS
from candid_assets.sandbox.spreadsheets import SPREADSHEET_PARAMETERS
from candid_assets.sandbox.values_api import VALUE_PARAMETERS
from candid_assets_tests.sandbox.client import DRIVE, SHEETS
from candid_assets_tests.sandbox.conftest import BOOK
from candid_assets_tests.sandbox.discovery import document, method, query_parameters, validator

VALUES = f"{SHEETS}/v4/spreadsheets/{BOOK}/values"
RENDERS = [
    {"valueRenderOption": render, "dateTimeRenderOption": dates, "majorDimension": dimension}
    for render in ("FORMATTED_VALUE", "UNFORMATTED_VALUE")
    for dates in ("SERIAL_NUMBER", "FORMATTED_STRING")
    for dimension in ("ROWS", "COLUMNS")
]


def check(answer, name, schema):
    assert answer.status_code == 200, answer.text
    problems = [error.message for error in validator(name, schema).iter_errors(answer.json())]
    assert problems == []


def test_spreadsheets_get_answers_a_spreadsheet(google):
    check(google.get(f"{SHEETS}/v4/spreadsheets/{BOOK}"), "sheets.v4", "Spreadsheet")


@pytest.mark.parametrize("how", RENDERS)
def test_values_answer_value_ranges_in_every_render(google, how):
    ranges = ["'Jan25'", "Kosong", "'Besar'!A1:B3"]
    batch = google.get(f"{VALUES}:batchGet", params={"ranges": ranges, **how})
    check(batch, "sheets.v4", "BatchGetValuesResponse")
    check(google.get(f"{VALUES}/'Jan25'!A1:G9", params=how), "sheets.v4", "ValueRange")


@pytest.mark.parametrize("fields", [None, "*", "id,version", "lastModifyingUser/displayName"])
def test_files_get_answers_a_file(google, fields):
    answer = google.get(f"{DRIVE}/drive/v3/files/{BOOK}", params={"fields": fields})
    check(answer, "drive.v3", "File")


@pytest.mark.parametrize("fields", [None, "*", "files(id,modifiedTime),nextPageToken"])
def test_files_list_answers_a_file_list(google, fields):
    answer = google.get(f"{DRIVE}/drive/v3/files", params={"fields": fields, "pageSize": 1})
    check(answer, "drive.v3", "FileList")


def test_the_parameters_accepted_are_exactly_those_of_the_methods():
    get = method("sheets.v4", "spreadsheets", "get")
    batch = method("sheets.v4", "spreadsheets", "values", "batchGet")
    one = method("sheets.v4", "spreadsheets", "values", "get")
    assert query_parameters(get) == SPREADSHEET_PARAMETERS
    assert query_parameters(batch) == VALUE_PARAMETERS | {"ranges"}
    assert query_parameters(one) == VALUE_PARAMETERS
    assert set(document("sheets.v4")["parameters"]) | {"$fields"} == STANDARD_PARAMETERS


def test_the_paths_served_are_those_of_the_methods():
    assert method("sheets.v4", "spreadsheets", "get")["path"] == "v4/spreadsheets/{spreadsheetId}"
    assert method("sheets.v4", "spreadsheets", "values", "batchGet")["path"] == (
        "v4/spreadsheets/{spreadsheetId}/values:batchGet"
    )
    drive = document("drive.v3")
    assert drive["servicePath"] + method("drive.v3", "files", "get")["path"] == (
        "drive/v3/files/{fileId}"
    )


@pytest.mark.parametrize(
    ("name", "schema", "vocabulary"),
    [
        ("sheets.v4", "Spreadsheet", SPREADSHEET),
        ("sheets.v4", "ValueRange", VALUE_RANGE),
        ("sheets.v4", "BatchGetValuesResponse", VALUE_RANGES),
        ("drive.v3", "File", FILE),
        ("drive.v3", "FileList", FILE_LIST),
    ],
)
def test_a_mask_may_use_exactly_googles_names(name, schema, vocabulary):
    schemas = document(name)["schemas"]

    def compare(described: dict[str, Any], known: dict[str, Any], path: str) -> None:
        while "$ref" in described or "items" in described:
            described = schemas[described["$ref"]] if "$ref" in described else described["items"]
        assert set(known) == set(described["properties"]), path
        for field, inner in known.items():
            if inner is not None:
                compare(described["properties"][field], inner, f"{path}.{field}")

    compare(schemas[schema], vocabulary, schema)
