"""Figures that a correct platform must arrive at, added up from the clean rows."""

from collections import defaultdict
from typing import Any

from candid_assets.sandbox.company.layout import WorkbookPlan
from candid_assets.sandbox.company.plan import WORKBOOKS
from candid_assets.sandbox.company.sales import MONTH_TABS
from candid_assets.sandbox.company.values import Tables, Value

Company = dict[str, Tables]
"""Workbook name to its tables."""
ORDER_TABS = tuple(f"orders_{month}25" for month in MONTH_TABS)


def column(company: Company, workbook: str, tab: str, name: str) -> list[Value]:
    """Return the clean values of one column."""
    plan: WorkbookPlan = next(plan for plan in WORKBOOKS if plan.name == workbook)
    fields = next(plan for plan in plan.tabs if plan.name == tab).fields
    place = next(n for n, one in enumerate(fields) if one.name == name)
    return [row[place] for row in company[workbook][tab]]


def total(company: Company, workbook: str, tabs: tuple[str, ...], name: str) -> int | float:
    """Return the sum of a column over tabs of one kind."""
    return _plain(
        sum(
            value
            for tab in tabs
            for value in column(company, workbook, tab, name)
            if isinstance(value, int | float)
        )
    )


def reconciliations(company: Company) -> dict[str, Any]:
    """Return the stock identity per SKU, the invoice identity and each spoke's headline figures."""
    finance, sales = "Finance_Master", "Sales_MASTER"
    return {
        "stock_per_sku": _stock(company),
        "invoices": {
            "count": len(company[finance]["invoices"]),
            "invoiced_idr": total(company, finance, ("invoices",), "total_amount_idr"),
            "paid_idr": total(company, finance, ("payments",), "amount_idr"),
            "open_idr": total(company, finance, ("receivables",), "open_amount_idr"),
        },
        "hub": {
            name: len(company["CoreOS"][name])
            for name in ("products", "outlets", "distributors", "employees", "calendar")
        },
        "sales": {
            "order_lines": sum(len(company[sales][tab]) for tab in ORDER_TABS),
            "sold_qty": total(company, sales, ORDER_TABS, "qty"),
            "net_sales_idr": total(company, sales, ORDER_TABS, "net_amount_idr"),
            "returned_qty": total(company, sales, ("returns",), "qty"),
        },
        **_factory(company),
        **_trade(company),
        **_office(company),
    }


def _factory(company: Company) -> dict[str, Any]:
    factory, lab = "Production_Master", "CandidLabs_Control_Centre"
    verdicts = column(company, lab, "results", "verdict")
    return {
        "production": {
            "batches": len(company[factory]["batches"]),
            "produced_qty": total(company, factory, ("batches",), "produced_qty"),
            "scrap_qty": total(company, factory, ("scrap",), "scrap_qty"),
            "downtime_min": total(company, factory, ("downtime",), "duration_min"),
        },
        "labs": {
            "samples": len(company[lab]["samples"]),
            "results": len(verdicts),
            "failed_results": verdicts.count("Gagal"),
            "complaints": len(company[lab]["complaints"]),
        },
    }


def _trade(company: Company) -> dict[str, Any]:
    skd, store = "SKD_Control", "Inventory_Master"
    return {
        "distribution": {
            "sell_in_qty": total(company, skd, ("sell_in",), "qty"),
            "sell_in_idr": total(company, skd, ("sell_in",), "amount_idr"),
            "sell_out_qty": total(company, skd, ("sell_out",), "qty"),
            "sell_out_idr": total(company, skd, ("sell_out",), "amount_idr"),
        },
        "inventory": {
            "opening_qty": total(company, store, ("opening_stock",), "qty"),
            "movement_qty": total(company, store, ("movements",), "qty"),
            "closing_qty": total(company, store, ("closing_stock",), "qty"),
            "closing_value_idr": total(company, store, ("closing_stock",), "value_idr"),
        },
    }


def _office(company: Company) -> dict[str, Any]:
    finance, sales = "Finance_Master", "Sales_MASTER"
    return {
        "finance": {
            "expenses_idr": total(company, finance, ("expenses",), "amount_idr"),
            "budget_idr": total(company, finance, ("budget",), "budget_amount_idr"),
            "payables_open_idr": total(company, finance, ("payables",), "open_amount_idr"),
            "journal_debit_idr": total(company, finance, ("journal",), "debit_idr"),
        },
        "marketing": {
            "promo_spend_idr": total(company, sales, ("promo_spend",), "amount_idr"),
            "campaign_spend_idr": total(company, sales, ("campaigns",), "actual_spend_idr"),
            "survey_responses": len(company[sales]["survey"]),
        },
        "people": {
            "net_pay_idr": total(company, finance, ("payroll",), "net_pay_idr"),
            "leave_days": total(company, finance, ("leave",), "leave_days"),
            "training_idr": total(company, finance, ("training",), "cost_idr"),
        },
    }


def _stock(company: Company) -> dict[str, dict[str, int | float]]:
    parts = {
        "opening": ("Inventory_Master", ("opening_stock",), "qty"),
        "produced": ("Production_Master", ("batches",), "produced_qty"),
        "sold": ("Sales_MASTER", ORDER_TABS, "qty"),
        "scrapped": ("Production_Master", ("scrap",), "scrap_qty"),
        "closing": ("Inventory_Master", ("closing_stock",), "qty"),
    }
    stock: dict[str, dict[str, int | float]] = defaultdict(lambda: dict.fromkeys(parts, 0))
    for part, (workbook, tabs, name) in parts.items():
        for tab in tabs:
            skus = column(company, workbook, tab, "sku")
            for sku, qty in zip(skus, column(company, workbook, tab, name), strict=True):
                if isinstance(sku, str) and isinstance(qty, int):
                    stock[sku][part] += qty
    return dict(sorted(stock.items()))


def _plain(value: float) -> int | float:
    return int(value) if value == int(value) else value
