"""A real local server over small workbooks, and sessions that do not wait long."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from candid_assets.contracts.catalog import Tab, Workbook
from candid_assets.sandbox.process import SandboxServer
from candid_assets.sandbox.workbook import Cell, SampleTab, SampleWorkbook
from candid_assets.settings import Settings
from candid_assets.sources.extract import TabExtract
from candid_assets.sources.protocol import Request, SourceExtract
from candid_assets.sources.retry import RetryPolicy
from candid_assets.sources.sheets.extract_workbook import extract_workbook
from candid_assets.sources.sheets.session import SheetsSession

BRISK = RetryPolicy(
    attempts=4,
    deadline=20,
    first_wait=0.01,
    longest_wait=0.05,
    connect_timeout=2,
    read_timeout=0.6,
    answer_timeout=1.5,
    round_wait=0.05,
)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    with SandboxServer(tmp_path_factory.mktemp("books"), reads_per_minute=100_000) as running:
        yield running


@pytest.fixture
def google(server: SandboxServer) -> Iterator[SandboxServer]:
    server.reset()
    yield server
    for file in server.folder.glob("book*.json"):
        file.unlink()
    server.control("POST", "/settings", {"clock_offset": 0})
    server.reset()


@pytest.fixture
def settings(google: SandboxServer, tmp_path: Path) -> Settings:
    return Settings(
        CANDID_GOOGLE_API_URL=google.url,
        GOOGLE_APPLICATION_CREDENTIALS=google.credentials_file,
        CANDID_DATA_DIR=tmp_path / "data",
        CANDID_READS_PER_MINUTE=10_000,
        XDG_CACHE_HOME=tmp_path / "cache",
    )


@pytest.fixture
def session(settings: Settings) -> Iterator[SheetsSession]:
    with SheetsSession.from_settings(settings, policy=BRISK) as made:
        yield made


@pytest.fixture
def book(google: SandboxServer) -> Callable[..., SampleWorkbook]:
    def make(name: str = "book", /, **tabs: list[list[Cell]]) -> SampleWorkbook:
        made = [SampleTab(i, title, rows) for i, (title, rows) in enumerate(tabs.items(), 101)]
        workbook = SampleWorkbook(name, name.title(), made)
        workbook.save(google.folder)
        return workbook

    return make


def contract(book: SampleWorkbook, titles: list[str] | None = None) -> Workbook:
    """A contract that names the tabs `t0`, `t1`… in the order of their titles."""
    titles = titles if titles is not None else [tab.title for tab in book.tabs]
    tabs = tuple(
        Tab("shop", f"t{i}", title, "", (), "team:shop", Path(f"shop/t{i}.yaml"), "")
        for i, title in enumerate(titles)
    )
    return Workbook("shop", book.title, "", "team:shop", "1.0.0", "sales", {}, Path("shop"), tabs)


def read(session: SheetsSession, book: SampleWorkbook, **options: object) -> SourceExtract:
    return extract_workbook(session, contract(book), book.spreadsheet_id, Request(**options))


def good(extract: SourceExtract, tab: str = "t0") -> TabExtract:
    result = extract.tabs[tab]
    assert isinstance(result, TabExtract), result
    return result


def grid(extract: TabExtract) -> list[list[str | None]]:
    """The canonical texts of a tab, row by row."""
    names = [n for n in extract.table.column_names if n[0] != "_" and "." not in n]
    return [[row[name] for name in names] for row in extract.table.to_pylist()]


def kinds(extract: TabExtract) -> list[str]:
    return extract.table.column("_kinds").to_pylist()
