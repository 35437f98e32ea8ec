"""gspread runs unmodified: it only believes that the local server is Google."""

from collections.abc import Iterator

import gspread
import pytest
from gspread.exceptions import APIError, SpreadsheetNotFound

from candid_assets_tests.sandbox.client import credentials, google_session
from candid_assets_tests.sandbox.conftest import BOOK


@pytest.fixture
def client(server) -> Iterator[gspread.Client]:
    with google_session(server) as session:
        yield gspread.Client(auth=credentials(server), session=session)


def test_a_workbook_opens_by_key_and_by_name(client):
    assert client.open_by_key(BOOK).title == "Sales_MASTER"
    assert client.open("Sales_MASTER").id == BOOK
    assert [file["id"] for file in client.list_spreadsheet_files()] == [BOOK]


def test_tabs_are_listed_with_their_facts(client):
    tabs = client.open_by_key(BOOK).worksheets(exclude_hidden=True)
    assert [tab.title for tab in tabs] == [
        "Jan25",
        "Stok (Gudang) & Retur/Jum'at",
        "Kosong",
        "Grafik",
        "Besar",
    ]
    assert (tabs[0].id, tabs[0].row_count, tabs[0].col_count) == (0, 1000, 26)
    assert tabs[0].frozen_row_count == 1


def test_values_are_read_tab_by_tab_and_in_a_batch(client):
    book = client.open_by_key(BOOK)
    assert book.worksheet("Stok (Gudang) & Retur/Jum'at").get_all_values() == [["SKU"], ["A"]]
    assert book.worksheet("Kosong").get_all_values() == [[]]
    assert book.worksheet("Jan25").acell("B2").value == "17 Agustus 2025"
    raw = {"valueRenderOption": "UNFORMATTED_VALUE"}
    batch = book.values_batch_get(["'Besar'!A1:A2", "'Kosong'"], params=raw)
    assert [part.get("values") for part in batch["valueRanges"]] == [[[1], [2]], None]
    assert book.worksheet("Jan25").get("A1:B1", combine_merged_cells=True) == [["Order", "Order"]]


def test_errors_are_gspreads_own(client, server):
    with pytest.raises(SpreadsheetNotFound):
        client.open_by_key("Hilang")
    book = client.open_by_key(BOOK)
    with pytest.raises(APIError, match="Unable to parse range") as caught:
        book.values_get("'Hilang'!A1")
    assert caught.value.code == 400
    server.change(BOOK, "unshare")
    with pytest.raises(PermissionError):
        client.open_by_key(BOOK)


def test_a_write_with_read_scopes_is_refused(client, server):
    tab = client.open_by_key(BOOK).worksheet("Jan25")
    with pytest.raises(APIError, match="insufficient authentication scopes"):
        tab.update_acell("A1", "x")
    with pytest.raises(APIError, match="insufficient authentication scopes"):
        tab.append_row(["x"])
    assert server.counters()["writes"] == 2
    assert tab.acell("A1").value == "Order"
