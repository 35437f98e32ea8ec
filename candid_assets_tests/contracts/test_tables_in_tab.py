"""Contracts that share one tab, each for one of its tables, and contracts of no header."""

import pytest

from candid_assets.contracts.load import load_catalog
from candid_assets.sources.source_metadata import TabMetadata
from candid_assets.sources.tab_matching import match_tabs
from candid_assets_tests.contracts.small_catalog import write

CARD = """\
name: {name}
physicalName: Kartu Stok
description: One row for each movement.
customProperties:
  - {{property: tableInTab, value: {which}}}
properties:
  - {{name: item, physicalName: Barang, logicalType: string, description: Item.}}
"""
LETTERS = """\
name: letters
physicalName: Catatan
description: One row for each note.
customProperties:
  - {property: headerRows, value: 0}
properties:
  - {name: item, physicalName: (column A), logicalType: string, description: Item.}
"""


def _write(root, name, which, **changed):
    text = CARD.format(name=name, which=which)
    for old, new in changed.items():
        text = text.replace(old, new)
    write(root, f"workbooks/sales_master/{name}.yaml", text)


def test_two_tables_share_a_title_and_a_tab(root):
    _write(root, "cement", "Semen")
    _write(root, "sand", "Pasir")
    catalog = load_catalog(root)
    assert catalog.problems == ()
    (workbook,) = [w for w in catalog.workbooks if w.name == "sales_master"]
    sheets = [TabMetadata(7, "Kartu Stok", "GRID", False, 10, 5)]
    for known in ({}, {"sand": 7, "cement": 7}):
        matched = match_tabs(sheets, workbook, known)
        ours = {name: matched.tabs[name].sheet_id for name in ("cement", "sand")}
        assert ours == {"cement": 7, "sand": 7}
        assert not matched.unknown


@pytest.mark.parametrize(
    ("which", "message"),
    [
        ("Semen", "is that of"),
        ("0", "is no table of a tab"),
        ('""', "is no table of a tab"),
        ("3}\n  - {property: headerRow, value: 4", "say two things"),
        ("3}\n  - {property: headerRows, value: 0", "but the table has none"),
    ],
)
def test_a_place_in_the_tab_that_is_none_or_taken_is_refused(root, which, message):
    _write(root, "cement", "Semen")
    _write(root, "sand", which)
    assert any(message in p.message for p in load_catalog(root).problems)


def test_columns_without_a_header_are_named_by_their_letters(root):
    path = "workbooks/sales_master/letters.yaml"
    write(root, path, LETTERS)
    assert load_catalog(root).problems == ()
    write(root, path, LETTERS.replace("(column A)", "Barang"))
    assert any("has no header" in p.message for p in load_catalog(root).problems)
