"""Pages in a real browser: nothing that keeps somebody from using them, at two sizes."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from candid_assets_tests.browser import SCREENSHOTS
from candid_assets_tests.web.pages.test_pages import PAGES

pytestmark = pytest.mark.slow

WIDTHS = {1366: ("en-GB", "light"), 390: ("id-ID", "dark")}


@pytest.fixture(scope="module", params=sorted(WIDTHS), ids=str)
def screen(request, browser, company):
    """A tab of a browser in which the viewer is logged in, with what the browser complained of."""
    locale, scheme = WIDTHS[request.param]
    token = {"Authorization": f"Bearer {company.tokens['dimas']}"}
    with browser.new_context(
        viewport={"width": request.param, "height": 844},
        locale=locale,
        color_scheme=scheme,
        extra_http_headers=token,
    ) as context:
        tab = context.new_page()
        tab.complaints = []
        tab.on("console", lambda message: tab.complaints.append(message.text))
        yield tab


@pytest.mark.parametrize("path", [*PAGES, "/nothing"])
def test_a_page_has_no_barrier_fits_its_screen_and_keeps_to_its_policy(screen, company, path):
    screen.complaints.clear()
    screen.goto(f"{company.origin}/candid{path}")
    name = path.strip("/").replace("/", "_").replace("?", "_") or "home"
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    width = screen.viewport_size["width"]
    screen.screenshot(path=SCREENSHOTS / f"page_{name}_{width}.png")
    violations = Axe().run(screen).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"]) for v in violations] == []
    assert screen.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    assert [c for c in screen.complaints if "404" not in c] == []


def test_a_person_finds_the_cell_to_mend_by_clicking(screen, company):
    screen.goto(f"{company.origin}/candid")
    screen.locator('a[href="/candid/mend?workbook=toko"]').first.click()
    screen.locator("select#reason").select_option("below_minimum")
    screen.locator("form.choose button").click()
    assert "reason=below_minimum" in screen.url
    assert screen.locator(".cells li").count() == 1
    assert screen.locator(".cells a").get_attribute("href").endswith("range=C12")


def test_a_person_chooses_the_language_at_the_foot_of_a_page(screen, company):
    screen.goto(f"{company.origin}/candid/tables?layer=clean")
    other = "id" if screen.locator("html").get_attribute("lang") == "en" else "en"
    screen.locator(f'.languages a[lang="{other}"]').click()
    assert screen.locator("html").get_attribute("lang") == other
    assert screen.url.endswith("/candid/tables?layer=clean")
    screen.context.clear_cookies()
