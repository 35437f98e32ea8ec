"""The shop of the room `layers`, and a browser to look at what its refreshes leave behind."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from candid_assets_tests.browser import browsing
from candid_assets_tests.layers.conftest import audits, books, shop

__all__ = ["audits", "books", "browser", "shop"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with browsing() as opened:
        yield opened
