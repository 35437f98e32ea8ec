"""Contracts that share one tab, each for a kind of its lines."""

import pytest

from candid_assets.contracts.load import load_catalog
from candid_assets_tests.contracts.small_catalog import spoil, write

TOP = """\
name: fk
physicalName: Faktur
description: One row for each invoice.
customProperties:
  - {property: linesWhere, value: {kind: FK}}
  - {property: otherLines, value: [OF]}
properties:
  - {name: kind, physicalName: FK, logicalType: string, required: true, enum: [{value: FK}], description: Kind.}
  - {name: line, physicalName: _row, logicalType: integer, description: Row of the line.}
"""  # noqa: E501
ITEM = """\
name: of
physicalName: Faktur
description: One row for each item.
customProperties:
  - {property: linesWhere, value: {kind: OF}}
  - {property: linesUnder, value: FK}
properties:
  - {name: kind, physicalName: OF, logicalType: string, description: Kind.}
  - {name: invoice_line, physicalName: _parent, logicalType: integer, description: Row of the invoice.}
"""  # noqa: E501


@pytest.fixture
def kinds(root):
    write(root, "workbooks/sales_master/fk.yaml", TOP)
    write(root, "workbooks/sales_master/of.yaml", ITEM)
    return root


def test_two_kinds_share_a_title(kinds):
    catalog = load_catalog(kinds)
    assert catalog.problems == ()
    tabs = {tab.name: tab for tab in catalog.tabs}
    assert tabs["fk"].title == tabs["of"].title
    assert [c.name for c in tabs["of"].columns if not c.in_sheet] == ["invoice_line"]


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("fk", "value: [OF]", "value: [LT]", "otherLines of fk.yaml lacks 'of'"),
        ("fk", ", enum: [{value: FK}]", "", "would take lines of an unknown kind"),
        ("fk", "required: true, ", "", "would take lines of an unknown kind"),
        ("fk", "{kind: FK}", "{sort: FK}", "no column of text"),
        ("fk", "{kind: FK}", "{kind: FK, line: x}", "names 2 columns"),
        ("fk", "logicalType: integer", "logicalType: string", "which is an integer"),
        ("of", "{kind: OF}", "{kind: fk}", "under themselves"),
        ("of", "value: FK", "value: XX", "is no kind of line of the tab"),
        (
            "of",
            "  - {property: linesUnder, value: FK}\n",
            "",
            "receives the row of a line above, but none is named",
        ),
        (
            "of",
            "  - {property: linesWhere, value: {kind: OF}}\n",
            "",
            "'linesUnder' means nothing without linesWhere",
        ),
    ],
)
def test_what_would_lose_or_repeat_lines_is_refused(kinds, file, old, new, message):
    spoil(kinds, f"workbooks/sales_master/{file}.yaml", old, new)
    problems = [str(problem) for problem in load_catalog(kinds).problems]
    assert any(message in problem for problem in problems), problems


def test_two_first_kinds_are_refused(kinds):
    second = TOP.replace("name: fk", "name: zz").replace("FK", "OF").replace("[OF]", "[FK]")
    (kinds / "workbooks/sales_master/of.yaml").unlink()
    write(kinds, "workbooks/sales_master/zz.yaml", second)
    problems = [str(problem) for problem in load_catalog(kinds).problems]
    assert any("2 contracts of tab 'Faktur' have no linesUnder" in p for p in problems), problems
