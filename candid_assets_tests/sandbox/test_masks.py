"""Field masks keep what they name and refuse what nothing has."""

import pytest

from candid_assets.sandbox.errors import GoogleError
from candid_assets.sandbox.mask_fields import SPREADSHEET
from candid_assets.sandbox.masks import apply_mask, check_mask, parse_mask

ANSWER = {
    "id": "1",
    "properties": {"title": "T", "locale": "in_ID"},
    "sheets": [
        {"properties": {"sheetId": 0, "grid": {"rows": 5, "columns": 2}}, "merges": [{"a": 1}]},
        {"properties": {"sheetId": 1}},
    ],
}


@pytest.mark.parametrize(
    ("mask", "kept"),
    [
        ("id", {"id": "1"}),
        ("*", ANSWER),
        ("id,properties.title", {"id": "1", "properties": {"title": "T"}}),
        ("properties/title", {"properties": {"title": "T"}}),
        ("properties(title , locale)", {"properties": {"title": "T", "locale": "in_ID"}}),
        (
            "sheets.properties.sheetId",
            {"sheets": [{"properties": {"sheetId": 0}}, {"properties": {"sheetId": 1}}]},
        ),
        (
            "sheets(properties(sheetId,grid(rows)),merges)",
            {
                "sheets": [
                    {"properties": {"sheetId": 0, "grid": {"rows": 5}}, "merges": [{"a": 1}]},
                    {"properties": {"sheetId": 1}},
                ]
            },
        ),
        ("sheets/merges/a", {"sheets": [{"merges": [{"a": 1}]}, {}]}),
        ("*/title", {"properties": {"title": "T"}, "id": "1", "sheets": [{}, {}]}),
        ("properties,properties.title", {"properties": {"title": "T", "locale": "in_ID"}}),
        ("properties.title,properties", {"properties": {"title": "T", "locale": "in_ID"}}),
        (
            "properties(title),properties(locale)",
            {"properties": {"title": "T", "locale": "in_ID"}},
        ),
        ("missing", {}),
    ],
)
def test_a_mask_keeps_what_it_names(mask, kept):
    assert apply_mask(ANSWER, parse_mask(mask)) == kept


@pytest.mark.parametrize("mask", ["", ",", "a,", "a(", "a()", "a)", "a(b", "a..b", "a/", "a(b)c"])
def test_a_broken_mask_is_refused(mask):
    with pytest.raises(GoogleError) as caught:
        parse_mask(mask)
    assert caught.value.code == 400


def test_a_name_that_no_answer_has_is_refused_with_its_path():
    with pytest.raises(GoogleError) as caught:
        check_mask(
            parse_mask("sheets(properties(titel))"),
            SPREADSHEET,
            "sheets",
            "sheets(properties(titel))",
        )
    violation = caught.value.details[0]["fieldViolations"][0]
    assert violation == {
        "field": "sheets(properties(titel))",
        "description": "Error expanding 'fields' parameter. Cannot find matching fields for path "
        "'sheets.properties.titel'.",
    }
