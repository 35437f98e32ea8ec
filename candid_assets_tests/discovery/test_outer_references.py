"""Columns refer to keys of other workbooks where their published values are found."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from candid_assets.contracts.load import load_catalog
from candid_assets.discovery.outer_references import OtherTables, other_tables
from candid_assets.discovery.proposal import TableProposal
from candid_assets.discovery.propose import propose
from candid_assets_tests.discovery.kit import workbook
from candid_assets_tests.sources.installation import HEAD

OUTLETS = """name: outlets
physicalName: Outlet
description: One row per outlet.
properties:
  - name: outlet_id
    physicalName: Kode Outlet
    logicalType: {kind}
    primaryKey: true
    description: Code.
  - {{name: name, physicalName: Nama, logicalType: string, description: Name.}}
"""


def published(tmp_path: Path, kind: str, keys: list[Any]) -> OtherTables:
    """Return another workbook of outlets, described and published."""
    folder = tmp_path / "catalog" / "workbooks" / "pusat"
    folder.mkdir(parents=True)
    head = HEAD.format(name="pusat", server="type: local, path: /srv/pusat")
    (folder / "contract.yaml").write_text(head)
    (folder / "outlets.yaml").write_text(OUTLETS.format(kind=kind))
    file = tmp_path / "published.duckdb"
    with duckdb.connect(str(file)) as connection:
        sql_type = {"string": "VARCHAR", "integer": "BIGINT"}[kind]
        connection.execute("CREATE SCHEMA clean")
        connection.execute(
            f"CREATE TABLE clean.pusat__outlets (outlet_id {sql_type}, name VARCHAR)"
        )
        connection.executemany(
            "INSERT INTO clean.pusat__outlets VALUES (?, '')", [[k] for k in keys]
        )
    catalog = load_catalog(tmp_path / "catalog")
    assert not catalog.problems, catalog.problems
    return other_tables(catalog, "toko", file)


def sales(tmp_path: Path, others: OtherTables, outlets: list[Any]) -> TableProposal:
    rows = [[f"N{n:03d}", outlet, n * 500] for n, outlet in enumerate(outlets)]
    book = workbook({"Penjualan": [["No Nota", "Kode Outlet", "Jumlah"], *rows]})
    return propose(book, "toko", tmp_path / "scratch", others=others).tables[0]


def test_codes_that_another_workbook_publishes_refer_to_it(tmp_path: Path) -> None:
    others = published(tmp_path, "string", ["A1", "A2", "A3", "A4"])
    column = sales(tmp_path, others, ["A1", "A2", "A3"] * 10).columns[1]
    assert column.reference == "pusat__outlets.outlet_id"
    assert "30 of 30 found in pusat__outlets: 3 values, of 4 there" in column.notes


def test_codes_of_which_some_are_not_published_refer_to_nothing(tmp_path: Path) -> None:
    others = published(tmp_path, "string", ["A1", "A2", "A3", "A4"])
    assert sales(tmp_path, others, ["A1", "A2", "A9"] * 10).columns[1].reference is None


@pytest.mark.parametrize("kind", ["string", "integer"])
def test_both_ends_have_one_type(tmp_path: Path, kind: str) -> None:
    others = published(tmp_path, kind, [101, 102, 103])
    column = sales(tmp_path, others, ["101", "102", "103"] * 10).columns[1]
    linked = column.reference == "pusat__outlets.outlet_id"
    assert linked == (column.logical == kind)


def test_without_a_publication_nothing_is_proposed(tmp_path: Path) -> None:
    others = published(tmp_path, "string", ["A1", "A2", "A3"])
    absent = replace(others, published=tmp_path / "absent.duckdb")
    assert sales(tmp_path, absent, ["A1", "A2", "A3"] * 10).columns[1].reference is None
    others.published.write_bytes(b"no database")
    assert sales(tmp_path, others, ["A1", "A2", "A3"] * 10).columns[1].reference is None
