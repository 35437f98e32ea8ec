"""An edit changes the words it is about and leaves every other character of the file."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from candid_assets.contracts.yaml_edits import ByHandError, YamlFile
from candid_assets.discovery.contract_text import text as scalar
from candid_assets.settings import PACKAGE

FLOW = """\
# top
name: orders
physicalName: Order Harian  # title
properties:
  # first
  - {name: a, physicalName: "A, b", required: true}   # one
  - {name: c, physicalName: C, customProperties: [{property: unit, value: IDR}]}
"""
BLOCK = """\
name: orders
customProperties:
  - {property: headerRow, value: 3}
  # kept
properties:
  - name: a
    physicalName: A
  - name: c
    physicalName: C
    description: >
      Two
      lines.
# end
"""


def _file(tmp_path, text):
    path = tmp_path / "orders.yaml"
    path.write_bytes(text.encode())
    return YamlFile.read(path)


def test_a_scalar_is_replaced_where_it_stands(tmp_path):
    file = _file(tmp_path, FLOW)
    place = file.place_of(("properties",), "name", "a")
    file.set((*place, "physicalName"), scalar("X: y"))
    file.set(("physicalName",), scalar("Jualan"))
    assert file.edited == FLOW.replace('"A, b"', '"X: y"').replace("Order Harian", '"Jualan"')


@pytest.mark.parametrize("text", [FLOW, BLOCK, FLOW.rstrip("\n"), BLOCK.replace("\n", "\r\n")])
@pytest.mark.parametrize("column", ["a", "c"])
def test_a_property_is_added_to_one_column_alone(tmp_path, text, column):
    file = _file(tmp_path, text)
    place = file.place_of(("properties",), "name", column)
    file.add_property(place, "retired", '"2025-11-25"')
    before, after = yaml.safe_load(text), yaml.safe_load(file.edited)
    for old, new in zip(before["properties"], after["properties"], strict=True):
        added = new.pop("customProperties", [])
        kept = old.pop("customProperties", [])
        added_text = (
            [{"property": "retired", "value": "2025-11-25"}] if new["name"] == column else []
        )
        assert added == kept + added_text
    del before["properties"], after["properties"]
    assert before == after
    assert all(line in file.edited for line in text.splitlines() if line.lstrip().startswith("#"))


@pytest.mark.parametrize("text", [FLOW, BLOCK, FLOW.rstrip("\n"), BLOCK.replace("\n", "\r\n")])
def test_a_column_is_added_behind_the_last(tmp_path, text):
    file = _file(tmp_path, text)
    file.add_item(("properties",), "{name: z, physicalName: Z}  # new")
    before, after = yaml.safe_load(text), yaml.safe_load(file.edited)
    assert after["properties"].pop() == {"name": "z", "physicalName": "Z"}
    assert after == before
    assert file.edited.count("\r\n") == (file.edited.count("\n") if "\r" in text else 0)


def test_a_property_of_the_tab_stands_before_its_columns(tmp_path):
    file = _file(tmp_path, FLOW)
    file.add_property((), "retired", '"2025-11-25"')
    added_text = 'customProperties:\n  - {property: retired, value: "2025-11-25"}\nproperties:'
    assert file.edited == FLOW.replace("properties:", added_text, 1)
    other = _file(tmp_path, BLOCK)
    other.add_property((), "retired", "x")
    kept = "  - {property: headerRow, value: 3}\n"
    assert other.edited == BLOCK.replace(kept, kept + "  - {property: retired, value: x}\n")


def test_edit_of_a_missing_key_is_refused(tmp_path):
    file = _file(tmp_path, FLOW)
    with pytest.raises(ByHandError, match="no name: q at properties"):
        file.place_of(("properties",), "name", "q")
    with pytest.raises(ByHandError, match="no text at properties"):
        file.set(("properties",), "x")


CONTRACTS = sorted((PACKAGE / "catalog" / "workbooks").rglob("*.yaml"))


def test_in_every_contract_of_the_catalog_an_edit_changes_one_line():
    edited = 0
    for path in CONTRACTS:
        file = YamlFile.read(path)
        if not file.has(("properties", 0)):
            continue
        file.set(("properties", 0, "physicalName"), scalar("Nama baru"))
        file.add_property(("properties", 0), "retired", scalar("2025-11-25"))
        old, new = file.content.splitlines(), file.edited.splitlines()
        differing = [after for before, after in zip(old, new, strict=True) if before != after]
        assert len(differing) == 1, path
        assert 'physicalName: "Nama baru"' in differing[0]
        edited += 1
    assert edited == 90


@given(value=st.text(alphabet=st.characters(blacklist_categories=["Cs"]), min_size=1))
def test_any_text_is_read_back_as_it_was(tmp_path_factory, value):
    file = _file(tmp_path_factory.mktemp("yaml"), FLOW)
    file.set(("physicalName",), scalar(value))
    assert yaml.safe_load(file.edited)["physicalName"] == value
