"""A contract for a family of tabs: a pattern of titles, and what may not go with it."""

import pytest

from candid_assets.contracts.families import claims_title
from candid_assets.contracts.load import load_catalog
from candid_assets_tests.contracts.small_catalog import spoil, write

FAMILY = """\
name: monthly
physicalName: Penjualan per bulan
description: Receipts of every month.
customProperties:
  - {property: titlePattern, value: "(jan|feb)[0-9]{2}"}
  - {property: archivedTabs, value: [Jan24]}
properties:
  - {name: month_tab, physicalName: _tab, logicalType: string, primaryKey: true, description: Tab.}
  - {name: receipt_id, physicalName: Nota, logicalType: string, primaryKey: true, description: No.}
"""


@pytest.fixture
def family(root):
    write(root, "workbooks/sales_master/monthly.yaml", FAMILY)
    return root


def _tab(root):
    return next(t for t in load_catalog(root).tabs if t.name == "monthly")


def test_a_family_is_read_with_its_pattern_and_its_column_for_the_title(family):
    assert load_catalog(family).problems == ()
    tab = _tab(family)
    assert tab.is_family
    assert [c.name for c in tab.columns if c.of_title] == ["month_tab"]
    assert tab.primary_key == ("month_tab", "receipt_id")


@pytest.mark.parametrize(
    ("title", "claimed"),
    [("Jan25", True), ("FEB24", True), (" jan25 ", True), ("Jan2025", False), ("x Jan25", False)],
)
def test_the_whole_title_matches_without_case(family, title, claimed):
    assert claims_title(_tab(family), title) is claimed


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"(jan|feb)[0-9]{2}"', '"(jan"', "is no regular expression"),
        ('  - {property: titlePattern, value: "(jan|feb)[0-9]{2}"}\n', "", "means nothing without"),
        ("_tab, logicalType: string", "_tab, logicalType: date", "which is a string"),
        ("value: [Jan24]}", "value: [Jan24]}\n  - {property: retiredTabs, value: [jan24]}", "once"),
        (
            "  - {name: receipt_id, physicalName: Nota, logicalType: string, primaryKey: true,"
            " description: No.}\n",
            "",
            "no column but that of the title",
        ),
    ],
)
def test_invalid_option_of_a_family_is_reported(family, old, new, message):
    spoil(family, "workbooks/sales_master/monthly.yaml", old, new)
    assert message in " ".join(p.message for p in load_catalog(family).problems)


def test_title_column_without_a_pattern_is_reported(root):
    spoil(root, "workbooks/sales_master/outlets.yaml", "physicalName: Buka", "physicalName: _tab")
    assert "the tab is no family" in " ".join(p.message for p in load_catalog(root).problems)


def test_a_tab_that_a_family_claims_too_is_an_error_that_names_both_files(family):
    spoil(
        family, "workbooks/sales_master/outlets.yaml", "physicalName: Outlet", "physicalName: Jan25"
    )
    (problem,) = load_catalog(family).problems
    assert problem.path.name == "outlets.yaml"
    assert "'Jan25'" in problem.message
    assert "monthly.yaml" in problem.message
    assert "(?!Jan25$)" in problem.fix
