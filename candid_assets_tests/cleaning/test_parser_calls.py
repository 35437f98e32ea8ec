"""A parser is given a cell as it is: what changes the text stands beside the call, once."""

import pytest

from candid_assets.cleaning.parser_calls import parser_sql, prepared_sql
from candid_assets.contracts.catalog import Column
from candid_assets_tests.cleaning.kit import column


@pytest.mark.parametrize(
    ("field", "prepared"),
    [
        (column("n", "number"), ("t", "k")),
        (column("n", "number", options={"currency": "USD"}), ("without_currency(t, 'USD')", "k")),
        (
            column("n", "integer", options={"negative_marks": ("DB",)}),
            ("without_mark(t, ['db']::VARCHAR[], []::VARCHAR[])", "k"),
        ),
        (
            column("d", "date", options={"days_counted": True}),
            ("counted_day(t, k)", "counted_kind(t, k)"),
        ),
        (
            column("d", "date", options={"date_order": "ymd"}),
            ("bare_day(t, k)", "bare_kind(t, k)"),
        ),
        (column("d", "timestamp", options={"date_order": "ymd"}), ("t", "k")),
        (column("n", "number", options={"duration": "hours", "currency": "USD"}), ("t", "k")),
    ],
)
def test_what_changes_a_text_is_no_argument_of_its_parser(
    field: Column, prepared: tuple[str, str]
) -> None:
    call = parser_sql(field)
    assert call is not None
    assert call.partition("(")[2].startswith("cell.text, cell.kind")
    assert prepared_sql(field, "t", "k") == prepared
