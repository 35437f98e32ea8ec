"""One real local server for the room's tests, and clients that believe they talk to Google."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from candid_assets.sandbox.process import SandboxServer
from candid_assets.sandbox.workbook import CellError, Dated, SampleTab, SampleWorkbook
from candid_assets_tests.sandbox.client import READ_SCOPES, google_session

BOOK = "BOOK-1"


def sales_book() -> SampleWorkbook:
    """A small workbook with everything a cell can be."""
    orders = [
        ["Order", "Tgl", "Jam", "Nilai", "Lunas", "Catatan"],
        ["SO-1", Dated(45886, "d mmmm yyyy"), Dated(0.604166666666667, "hh.mm"), 1250.5, True, ""],
        [],
        ["SO-3", Dated(45886.5, "dd/mm/yyyy hh:mm:ss"), None, 3.0, False, CellError("#REF!")],
        [None, None, None, None, None, None, None],
        ["0812", "1.250.000", " ", -7, None, "a, b"],
        [None, "", None],
    ]
    return SampleWorkbook(
        BOOK,
        "Sales_MASTER",
        [
            SampleTab(0, "Jan25", orders, merges=[(0, 1, 0, 2)], frozen_rows=1),
            SampleTab(11, "Stok (Gudang) & Retur/Jum'at", [["SKU"], ["A"]]),
            SampleTab(12, "Kosong", []),
            SampleTab(13, "Rahasia", [["x"]], hidden=True),
            SampleTab(14, "Grafik", [], sheet_type="OBJECT"),
            SampleTab(15, "Besar", [[number] for number in range(1, 1501)]),
        ],
        named_ranges={"HargaRange": "'Jan25'!A1:B2"},
    )


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    with SandboxServer(tmp_path_factory.mktemp("sandbox")) as server:
        yield server


@pytest.fixture
def server(running: SandboxServer) -> SandboxServer:
    for path in running.folder.glob("BOOK*.json"):
        path.unlink()
    sales_book().save(running.folder)
    running.reset()
    running.control(
        "POST",
        "/settings",
        {"quota": True, "reads_per_minute": 60, "clock_offset": 0, "token_seconds": 3600},
    )
    return running


@pytest.fixture
def google(server: SandboxServer) -> Iterator[requests.Session]:
    """A session with read scopes, whose calls to Google's hosts reach the local server."""
    with google_session(server, READ_SCOPES) as session:
        yield session


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "books"
