"""What a person sees and does in a real browser; what was seen is kept as pictures."""

import re
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from candid_assets_tests.browser import SCREENSHOTS
from candid_assets_tests.end_to_end.served.conftest import PASSWORD

SLOW = 60_000
"""Milliseconds; the interface is drawn on a machine that works on other things too."""

expect.set_options(timeout=SLOW)

pytestmark = [pytest.mark.served, pytest.mark.filterwarnings("ignore::ResourceWarning")]


@contextmanager
def opened(browser, served, name):
    """A browser in which a person has logged in; nothing on the pages may be refused."""
    with browser.new_context(viewport={"width": 1280, "height": 800}) as context:
        page = context.new_page()
        page.set_default_timeout(SLOW)
        refused = []
        page.on("response", lambda r: r.status >= 400 and refused.append((r.status, r.url)))
        page.goto(f"{served.origin}/assets")
        assert "/login?next=%2Fassets" in page.url
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url(f"{served.origin}/assets")
        yield page
        assert refused == []


@pytest.fixture(scope="module")
def operator(browser, served):
    with opened(browser, served, "rina") as page:
        yield page


def keep(page, name):
    page.wait_for_timeout(700)  # what moves into place has arrived
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(SCREENSHOTS / f"{name}.png"))


def test_the_asset_graph_is_seen_by_group(operator, served):
    operator.goto(f"{served.origin}/asset-groups")
    for layer in ("sheets", "raw", "clean", "quarantine", "ready"):
        expect(operator.get_by_text(layer, exact=True).first).to_be_visible()
    keep(operator, "graph")


def test_an_asset_shows_its_schema_from_the_contract(operator, served):
    operator.goto(f"{served.origin}/assets/clean/coreos__products")
    expect(operator.get_by_text("Product code (SKU).")).to_be_visible()
    expect(operator.get_by_text("DECIMAL(18,2)").first).to_be_visible()
    keep(operator, "asset")


def test_an_asset_shows_its_lineage_from_sheet_to_dimension(operator, served):
    operator.goto(f"{served.origin}/assets/clean/coreos__products?view=lineage")
    expect(operator.get_by_text("dim_product", exact=True).first).to_be_visible()
    expect(operator.get_by_text("Loading...")).to_have_count(0, timeout=SLOW)
    keep(operator, "lineage")


def test_a_failed_check_leads_to_the_cells_of_the_sheet(operator, served):
    path = "/assets/quarantine/sales_master__orders_nov25?view=checks"
    operator.goto(f"{served.origin}{path}")
    expect(operator.get_by_text("rows are in quarantine").first).to_be_visible()
    keep(operator, "check")
    operator.get_by_text("Execution history").click()
    operator.locator("button:has([aria-label='metadata'])").first.click()
    operator.get_by_text("Show Markdown").click()
    link = operator.locator("a[href*='docs.google.com/spreadsheets']").first
    expect(link).to_be_visible()
    assert re.search(r"#gid=\d+&range=[A-Z]+\d+", link.get_attribute("href"))
    keep(operator, "cells")
    operator.keyboard.press("Escape")


def test_refresh_all_is_launched_with_a_click_and_goes_green(operator, served):
    operator.goto(f"{served.origin}/locations/candid_assets/jobs/refresh_all")
    before = served.newest("refresh_all")["runId"]
    operator.get_by_role("button", name="Materialize all").click()
    newest = served.until(lambda: served.newest("refresh_all"), lambda r: r["runId"] != before)
    assert {"key": "candid/launched_by", "value": "rina"} in newest["tags"]
    operator.goto(f"{served.origin}/runs/{newest['runId']}")
    assert served.wait(newest["runId"]) == "SUCCESS"
    expect(operator.get_by_text("Success", exact=True).first).to_be_visible()
    keep(operator, "green")


def test_a_viewer_sees_everything_and_is_given_nothing_to_launch(browser, served):
    with opened(browser, served, "dimas") as page:
        page.goto(f"{served.origin}/locations/candid_assets/jobs/refresh_all")
        button = page.get_by_role("button", name="Materialize all")
        expect(button).to_be_visible()
        expect(button).to_be_disabled()
        keep(page, "viewer")


def test_a_viewer_who_asks_all_the_same_is_refused(browser, served):
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{served.origin}/login")
        page.get_by_label("Name").fill("dimas")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url(f"{served.origin}/candid")
        page.goto(f"{served.origin}/assets")  # pages of Candid may ask nothing by script
        answer = page.evaluate(
            """async () => { const answer = await fetch('/graphql', {method: 'POST',
              headers: {'Content-Type': 'application/json'},
              body: JSON.stringify({query: 'mutation { reloadWorkspace { __typename } }'})});
              return [answer.status, await answer.text()] }"""
        )
        assert answer[0] == 403
        assert "viewer may not call reloadWorkspace" in answer[1]
        page.goto(f"{served.origin}/logout")
        page.get_by_role("button", name="Log out everywhere").click()
        page.wait_for_url(f"{served.origin}/login")
        page.goto(f"{served.origin}/assets")
        assert "/login" in page.url


def test_the_link_of_the_sample_logs_in_once(browser, served):
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(served.link)
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url(f"{served.origin}/candid")
        page.goto(served.link)
        expect(page.get_by_role("alert")).to_contain_text("was used")
        keep(page, "login")
