"""A deployed shop with something to publish, and the tab that it is published into."""

from collections.abc import Iterator

import duckdb
import pytest

from candid_assets.sandbox.process import SandboxServer
from candid_assets.sandbox.workbook import SampleTab, SampleWorkbook
from candid_assets_tests.deployment.boards import BEFORE, STOCK
from candid_assets_tests.deployment.gated import Gated


@pytest.fixture
def board(gated: Gated, books: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gated]:
    """A deployed shop with something to publish, and two tabs behind the real server."""
    monkeypatch.setattr("candid_assets.gate.content.REPOSITORY", gated.root)
    gated.variables = {
        "CANDID_GOOGLE_API_URL": books.url,
        "GOOGLE_APPLICATION_CREDENTIALS": str(books.credentials_file),
        "CANDID_WRITE_CREDENTIALS": str(books.writer_file),
        "CANDID_READS_PER_MINUTE": "100000",
    }
    tabs = [SampleTab(101, "Stok", STOCK), SampleTab(102, "Papan", BEFORE)]
    SampleWorkbook("Toko", "Toko", [*tabs, SampleTab(103, "Lain", [["x"]])]).save(books.folder)
    file = gated.settings().published_file
    file.parent.mkdir(parents=True)
    with duckdb.connect(str(file)) as made:
        made.execute(
            "create schema ready; create schema meta;"
            "create table meta.extracts (spreadsheet_id varchar, sheet_id bigint, tab varchar);"
            "insert into meta.extracts values ('Toko', 103, 'other');"
            "create table ready.dim_stock as select * from (values ('P001', 1.0), ('P002', 2.5))"
            " as t(sku, quantity)"
        )
    books.reset()
    yield gated
    for path in books.folder.glob("Toko*.json"):
        path.unlink()
