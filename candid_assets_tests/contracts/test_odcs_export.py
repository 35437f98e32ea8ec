"""The catalog as ODCS documents, held against datacontract-cli and the standard's own schema."""

import json
import logging
from importlib.resources import files

import pytest
import yaml
from click.testing import CliRunner
from jsonschema import Draft201909Validator

from candid_assets.cli import main
from candid_assets.contracts.load import load_catalog
from candid_assets.contracts.odcs_export import odcs_documents
from candid_assets.settings import PACKAGE
from candid_assets_tests.contracts.small_catalog import spoil, write_catalog

pytestmark = pytest.mark.slow

CATALOG = load_catalog(PACKAGE / "catalog")
DOCUMENTS = odcs_documents(CATALOG)
SCHEMA = json.loads(files("open_data_contract_standard").joinpath("schema.json").read_text())
TABLES = {
    (name, table["name"]): {c["name"]: c for c in table["properties"]}
    for name, text in DOCUMENTS.items()
    for table in yaml.safe_load(text)["schema"]
}


def lint(text):
    # Two seconds, which each worker would spend that only collects these tests.
    from datacontract.data_contract import DataContract

    logging.disable(logging.INFO)
    run = DataContract(data_contract_str=text).lint()
    logging.disable(logging.NOTSET)
    return str(getattr(run.result, "value", run.result))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_document_is_accepted_by_datacontract_lint_and_the_standard(name):
    assert lint(DOCUMENTS[name]) == "passed"
    assert list(Draft201909Validator(SCHEMA).iter_errors(yaml.safe_load(DOCUMENTS[name]))) == []


def test_damaged_document_is_refused():
    spoilt = DOCUMENTS["coreos.yaml"].replace("logicalType: string", "logicalType: words", 1)
    assert lint(spoilt) != "passed"


def test_every_workbook_and_spoke_is_exported_whole():
    tabs = {(f"{t.workbook}.yaml", t.name): t for t in CATALOG.tabs}
    models = {(f"ready_{m.spoke}.yaml", m.name): m for m in CATALOG.models}
    assert TABLES.keys() == tabs.keys() | models.keys()
    for place, subject in (tabs | models).items():
        assert list(TABLES[place]) == [c.name for c in subject.columns]
        for column in subject.columns:
            exported = TABLES[place][column.name]
            assert exported["description"]
            assert (exported["logicalType"], exported["physicalType"], exported["required"]) == (
                column.logical_type,
                column.physical_type,
                column.required,
            )
            key = (exported.get("primaryKey", False), exported.get("primaryKeyPosition"))
            assert key == (column.primary_key_position is not None, column.primary_key_position)


def test_every_reference_leads_to_a_column_of_one_of_the_documents():
    count = 0
    for (file, _), columns in TABLES.items():
        for column in columns.values():
            for relation in column.get("relationships", ()):
                near = "#" not in relation["to"]
                if near:
                    table, _, target = relation["to"].partition(".")
                    place = (file, table)
                else:
                    other, _, rest = relation["to"].partition("#schema/")
                    table, _, target = rest.partition("/properties/")
                    place = (other, table)
                assert TABLES[place][target]["id"] == target
                count += 1
    assert count > 100


def test_any_catalog_is_exported_with_its_dates_numbers_and_rules(tmp_path):
    documents = odcs_documents(load_catalog(write_catalog(tmp_path)))
    assert sorted(documents) == ["ready_hub.yaml", "ready_sales.yaml", "sales_master.yaml"]
    assert {lint(text) for text in documents.values()} == {"passed"}
    orders = next(
        t for t in yaml.safe_load(documents["sales_master.yaml"])["schema"] if t["name"] == "orders"
    )
    columns = {c["name"]: c for c in orders["properties"]}
    assert columns["outlet_id"]["relationships"] == [{"to": "outlets.outlet_id"}]
    assert columns["order_date"]["logicalTypeOptions"] == {"minimum": "2024-01-01"}
    assert orders["quality"][0]["mustBeBetween"] == [100, 5000]
    fact = yaml.safe_load(documents["ready_sales.yaml"])["schema"][0]
    assert fact["properties"][0]["relationships"][0]["to"] == (
        "ready_hub.yaml#schema/dim_outlet/properties/outlet_id"
    )


@pytest.fixture
def export(tmp_path, monkeypatch):
    monkeypatch.setenv("CANDID_CATALOG_DIR", str(write_catalog(tmp_path / "catalog")))
    return lambda *arguments: CliRunner().invoke(main, ["contracts", "export", *arguments])


def test_the_command_writes_a_folder_or_one_stream(export, tmp_path):
    result = export("--odcs", "--into", str(tmp_path / "out"))
    assert result.output == f"3 documents in {tmp_path / 'out'}\n"
    assert len(list((tmp_path / "out").glob("*.yaml"))) == 3
    stream = list(yaml.safe_load_all(export("--odcs").output))
    assert [document["id"] for document in stream] == ["sales_master", "ready_hub", "ready_sales"]


def test_a_catalog_with_a_problem_is_not_exported(export, tmp_path):
    spoil(tmp_path / "catalog", "workbooks/sales_master/outlets.yaml", "Day of opening.", "")
    result = export("--odcs", "--into", str(tmp_path / "out"))
    assert result.exit_code == 1
    assert "outlets.yaml" in result.output
    assert not (tmp_path / "out").exists()
