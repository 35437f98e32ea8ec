"""Implausible values go to quarantine where the column's contract says so, and only there."""

import pytest

from candid_assets_tests.cleaning.kit import column, run_cleaning, tab_of

DAYS = [("d", f"2025-{month:02}-15") for month in range(1, 13)]
AMOUNTS = [("n", str(1000 + n)) for n in range(12)]


def outcome(connection, cell, usual, kind, **options):
    tab = tab_of(column("x", kind, options=options))
    return run_cleaning(connection, tab, [[value] for value in (cell, *usual)])


@pytest.mark.parametrize(
    ("cell", "usual", "kind"),
    [
        (("d", "2204-12-31"), DAYS, "date"),
        (("d", "1925-01-01"), DAYS, "date"),
        (("n", "1000000"), AMOUNTS, "integer"),
        (("n", "1000000"), AMOUNTS, "number"),
    ],
)
def test_implausible_value_is_quarantined_where_declared(connection, cell, usual, kind) -> None:
    strict = outcome(connection, cell, usual, kind, implausible="quarantine")
    assert strict.reasons(2) == [("x", "implausible")]
    assert strict.rows == list(range(3, 15))
    message = strict.quarantine[2][0]["message"]
    assert message == f"X (A2): '{cell[1]}' is far from what the column holds"
    assert not outcome(connection, cell, usual, kind).quarantine
    assert not outcome(connection, cell, usual, kind, implausible="accept").quarantine


def test_misread_value_is_no_part_of_what_is_usual(connection) -> None:
    cells = [*AMOUNTS, "seribu"]
    strict = outcome(connection, ("n", "1000000"), cells, "number", implausible="quarantine")
    assert strict.reasons(2) == [("x", "implausible")]
    assert strict.reasons(15) == [("x", "not_a_number")]
