"""The company behind a real server, refreshed once, and its outcome before and after an edit."""

import pytest

from candid_assets.sandbox.process import SandboxServer
from candid_assets.sources.sheets import chunks
from candid_assets_tests.end_to_end.faults.kit import (
    SMALL_CHUNK,
    Shop,
    load,
    settings_for,
    verdicts_of,
    write_company,
)


@pytest.fixture(scope="session")
def company(tmp_path_factory):
    root = tmp_path_factory.mktemp("company")
    write_company(root)
    return root


@pytest.fixture(scope="session")
def google(company):
    with SandboxServer(company / "books", quota=False) as server:
        yield server


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(chunks, "TARGET_BYTES", SMALL_CHUNK)


@pytest.fixture(scope="session")
def before(company, google, tmp_path_factory):
    """The shop as it stood before anything happened, refreshed."""
    data = tmp_path_factory.mktemp("before")
    shop = Shop(google, load(company), settings_for(google, company / "catalog", data))
    record = shop.refresh()
    assert record.succeeded, record.distinct_failures()
    return shop


def edit(server):
    """What a person does before each fault: new cells in the long tab, a row more, one fewer.

    Some receipts of the long tab get other numbers and the short tab a line above its header:
    both are reported of this edit and of no later one.
    """
    cells = {"C3": 777_000, "C539": 5, "A902": "N999", "B902": "17/01/2025", "C902": 99_000}
    cells |= {f"A{row}": f"M{row}" for row in range(100, 160)}
    server.change("Toko", "edit", tab="Jan25", cells=cells)
    server.change("Toko", "insert_rows", tab="Q1", row=1, rows=[["Kuartal 1"]])
    server.change("Gudang", "edit", tab="Jan25", cells={"A6": None, "B6": None, "C6": None})


@pytest.fixture(scope="session")
def undisturbed_shop(before, google, tmp_path_factory):
    """A shop that was refreshed after the edits without any fault."""
    google.reset(workbooks=True)
    edit(google)
    shop = before.copy(tmp_path_factory.mktemp("undisturbed"))
    record = shop.refresh()
    assert record.succeeded, record.distinct_failures()
    google.reset(workbooks=True)
    return shop


@pytest.fixture(scope="session")
def undisturbed(undisturbed_shop):
    """The outcome of the edits without any fault."""
    return undisturbed_shop.published()


@pytest.fixture(scope="session")
def undisturbed_verdicts(undisturbed_shop):
    """Every verdict on it, with its words."""
    return verdicts_of(undisturbed_shop.settings.published_file)


@pytest.fixture(scope="session")
def untouched(before):
    """The outcome before the edits."""
    return before.published()


@pytest.fixture
def shop(before, google, undisturbed, tmp_path):
    """A shop of its own whose workbooks were just edited."""
    google.reset(workbooks=True)
    edit(google)
    yield before.copy(tmp_path)
    google.control("POST", "/settings", {"clock_offset": 0, "token_seconds": 3600})
    google.reset(workbooks=True)
