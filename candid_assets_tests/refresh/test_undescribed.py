"""A table that no contract names is reported with what may be done, until a person decides."""

from datetime import UTC, datetime
from io import StringIO

import dagster as dg
import pytest
from rich.console import Console

from candid_assets.contract_changes.accept import compare
from candid_assets.monitoring.open_alerts import open_alerts
from candid_assets.monitoring.status import gather
from candid_assets.reports.run_screen import show
from candid_assets_tests.refresh.shop import Shop

pytestmark = pytest.mark.slow

MONTH = """name: {name}
physicalName: {title}
description: Sales of a month.
{custom}properties:
  - {{name: receipt_id, physicalName: "No", logicalType: string, description: Number.}}
"""
ROWS = [["No"], ["N1"], ["N2"]]
FAMILY = "customProperties: [{property: titlePattern, value: '(Jan|Feb)25'}]\n"


def month(shop: Shop, name: str, title: str, custom: str = "") -> None:
    shop.contract(name, MONTH.format(name=name, title=title, custom=custom))


@pytest.fixture
def shop_of_months(shop: Shop) -> Shop:
    month(shop, "jan25", "Jan25")
    shop.sheet(Jan25=ROWS)
    shop.run()
    assert shop.runs[-1].summary.undescribed == []
    shop.change("add_tab", tab="Feb25", rows=ROWS)
    shop.run()
    return shop


def ignoring(shop: Shop, value: str) -> None:
    head = shop.folder / "contract.yaml"
    text = head.read_text()
    assert "customProperties" not in text
    head.write_text(f"{text}customProperties: [{{property: ignore, value: {value}}}]\n")


def test_new_tab_is_reported_wherever_a_person_looks(shop_of_months: Shop) -> None:
    shop = shop_of_months
    summary = shop.runs[-1].summary
    assert summary.succeeded
    ((workbook, title, proposal),) = [tuple(entry.values()) for entry in summary.undescribed]
    assert (workbook, title) == ("toko", "Feb25")
    assert "it is titled like 'Jan25' of jan25.yaml" in proposal
    assert "candid discover" in proposal
    assert "--workbook toko --tab 'Feb25'" in proposal
    assert "ignore in contract.yaml" in proposal
    text = StringIO()
    show(Console(file=text, width=200), shop.runs[-1], [])
    assert "'Feb25' of workbook toko is in no contract and was not read" in text.getvalue()
    state = gather(shop.settings, datetime.now(UTC))
    assert [table["title"] for table in state["undescribed"]] == ["Feb25"]
    result = compare(shop.settings, shop.catalog(), [], [], accept=False)
    assert [table.title for table in result.undescribed] == ["Feb25"]
    assert result.facts("staging")["undescribed"][0]["proposal"] == proposal


def test_new_tab_is_an_alert_of_the_workbooks_owner(shop_of_months: Shop) -> None:
    shop = shop_of_months
    with dg.DagsterInstance.ephemeral() as instance:
        alerts = open_alerts(shop.settings, shop.catalog(), instance, datetime.now(UTC))
    (alert,) = [alert for alert in alerts if alert.kind == "undescribed"]
    assert alert.key == "undescribed:toko:Feb25"
    assert alert.command == "candid contracts diff toko"


@pytest.mark.parametrize("value", ["[Feb25]", "['[a-z]+25']", "['FEB25 ']"])
def test_tab_that_the_head_contract_ignores_is_no_news(shop_of_months: Shop, value: str) -> None:
    shop = shop_of_months
    ignoring(shop, value)
    result = compare(shop.settings, shop.catalog(), [], [], accept=False)
    assert result.undescribed == []
    shop.run()
    assert shop.runs[-1].summary.undescribed == []


def test_tab_that_gets_a_contract_is_no_news_any_more(shop_of_months: Shop) -> None:
    shop = shop_of_months
    month(shop, "feb25", "Feb25")
    shop.run()
    assert shop.runs[-1].summary.undescribed == []
    assert shop.query("select count(*) from meta.undescribed_tables") == [(0,)]


def test_tab_titled_like_a_member_is_proposed_for_the_familys_pattern(shop: Shop) -> None:
    month(shop, "sales", "Bulanan", FAMILY)
    shop.sheet(Jan25=ROWS, Feb25=ROWS, Mar25=ROWS, Catatan=[["bebas"]])
    shop.run()
    proposals = {e["title"]: e["proposal"] for e in shop.runs[-1].summary.undescribed}
    assert set(proposals) == {"Mar25", "Catatan"}
    assert "let titlePattern of sales.yaml match it" in proposals["Mar25"]
    assert "candid discover" in proposals["Catatan"]


def test_retired_tab_and_tab_of_a_contract_with_a_problem_are_no_news(shop: Shop) -> None:
    retired = "customProperties: [{property: retired, value: '2025-01-01'}]\n"
    month(shop, "jan25", "Jan25")
    month(shop, "old", "Lama", retired)
    month(shop, "bad", "Salah", "quality: 5\n")
    shop.sheet(Jan25=ROWS, Lama=ROWS, Salah=ROWS)
    shop.run()
    assert shop.runs[-1].summary.undescribed == []
