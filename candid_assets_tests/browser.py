"""Looks at a page in the system's Chromium, as a person with a computer or a phone does."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

SCREENSHOTS = Path(__file__).resolve().parents[1] / "build" / "screenshots"
"""Where what was seen is kept; not committed."""
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}


@dataclass
class Seen:
    """A page as a browser showed it."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    """What the browser wrote to its console, and errors on the page."""

    @property
    def overflow(self) -> int:
        """By how many pixels the page is wider than the screen."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


def chromium() -> str:
    """Return the system's Chromium.

    Raises:
        FileNotFoundError: There is none.
    """
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    raise FileNotFoundError("these tests need a browser: apt-get install chromium")


@contextmanager
def browsing() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        try:
            yield browser
        finally:
            browser.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for the tests of one module.

    An open browser keeps an asyncio loop running in its thread, where no other loop can start.
    """
    with browsing() as opened:
        yield opened


@contextmanager
def seen(browser: Browser, path: Path, size: str, scheme: str = "light") -> Iterator[Seen]:
    """Open a file from the disk; every request and complaint is noted."""
    width, height = SIZES[size]
    with browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        is_mobile=size == "phone",
        device_scale_factor=2 if size == "phone" else 1,
    ) as context:
        screen = Seen(context.new_page())
        screen.page.on("request", lambda request: screen.requests.append(request.url))
        screen.page.on("console", lambda message: screen.complaints.append(message.text))
        screen.page.on("pageerror", lambda error: screen.complaints.append(str(error)))
        screen.page.goto(path.as_uri(), wait_until="networkidle")
        yield screen


def keep(screen: Seen, name: str, *, whole: bool = False) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    screen.page.screenshot(path=str(SCREENSHOTS / f"{name}.png"), full_page=whole)
