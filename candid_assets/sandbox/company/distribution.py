"""SKD Cahaya Jaya: receipts of what Candid sold it, its own sales and its stock."""

from collections import defaultdict
from datetime import date, timedelta

from candid_assets.sandbox.company.hub import SKD, Masters, Product, mobile, person
from candid_assets.sandbox.company.sales import Order
from candid_assets.sandbox.company.value_lists import ENUMS
from candid_assets.sandbox.company.values import (
    LAST_DAY,
    MONTH_STARTS,
    YEAR,
    Table,
    Tables,
    at,
    between,
    day_of_year,
    later,
    pick,
    shares,
    stream,
)

SALESMEN = tuple(f"SKD{n:02d}" for n in range(1, 25))
Pieces = dict[tuple[int, str], int]
"""Pieces per month and SKU."""


def distribution_tables(
    seed: int, scale: int, masters: Masters, orders: list[Order], promos: list[str]
) -> Tables:
    """Make the distributor's tabs."""
    bought = [order for order in orders if order.distributor == SKD]
    received, tables = _receipts(seed, bought)
    opening, sold = _plan_sales(seed, masters, received)
    tables["stock_monthly"] = _stock(masters, opening, received, sold)
    tables["sell_out"] = _sell_out(seed, scale, masters, sold)
    tables["service_level"] = _service(seed, masters, received)
    tables["coverage"] = _coverage(seed, masters, tables["sell_out"])
    tables |= _files(seed, scale, masters, promos)
    return tables


def _receipts(seed: int, bought: list[Order]) -> tuple[Pieces, Tables]:
    rng, received = stream(seed, "receipts"), defaultdict[tuple[int, str], int](int)
    lines: Table = []
    trips: Table = []
    for n, order in enumerate(bought, 1):
        leave = at(order.day, between(rng, 300, 1100))
        arrive = leave + timedelta(minutes=between(rng, 90, 300))
        day = later(order.day, between(rng, 0, 2))
        clerk = pick(rng, ("Pak Dedi", "Bu Rina", "Yusuf"))
        trips.append(
            (
                f"SJ-{n:05d}",
                order.order,
                order.invoice,
                leave,
                arrive,
                sum(line.qty for line in order.lines),
                person(rng),
                f"B {between(rng, 1000, 9999)} {pick(rng, ('KLM', 'TXR', 'UQA'))}",
                between(rng, 6, 60) * 50_000,
                rng.random() < 0.9,
            )
        )
        for line in order.lines:
            received[day.month, line.sku] += line.qty
            lines.append(
                (
                    f"SI-{len(lines) + 1:06d}",
                    order.order,
                    order.invoice,
                    day,
                    line.sku,
                    line.qty,
                    line.price,
                    line.net,
                    clerk,
                )
            )
    return dict(received), {"sell_in": lines, "deliveries": trips}


def _plan_sales(seed: int, masters: Masters, received: Pieces) -> tuple[dict[str, int], Pieces]:
    rng, opening, sold = stream(seed, "skd sales"), dict[str, int](), Pieces()
    for item in masters.products:
        usual = sum(received.get((month, item.sku), 0) for month in range(1, 13)) // 12
        stock = opening[item.sku] = usual * 2 + between(rng, 10, 60) * 12
        for month in range(1, 13):
            stock += received.get((month, item.sku), 0)
            leaving = min(stock, 20 + usual * between(rng, 75, 120) // 100)
            sold[month, item.sku] = leaving
            stock -= leaving
    return opening, sold


def _stock(masters: Masters, opening: dict[str, int], received: Pieces, sold: Pieces) -> Table:
    rows: Table = []
    stock = dict(opening)
    for month, start in enumerate(MONTH_STARTS, 1):
        for item in masters.products:
            came, left = received.get((month, item.sku), 0), sold[month, item.sku]
            before = stock[item.sku]
            stock[item.sku] = before + came - left
            days = round(stock[item.sku] * 30 / left, 2) if left else None
            rows.append((start, item.sku, before, came, left, stock[item.sku], days))
    return rows


def _sell_out(seed: int, scale: int, masters: Masters, sold: Pieces) -> Table:
    rng, rows = stream(seed, "notes"), Table()
    prices = {item.sku: _price(item) for item in masters.products}
    for (month, sku), qty in sorted(sold.items()):
        last = 28 if month == 2 else 30
        parts = shares(qty, [0.3 + rng.random() for _ in range(5 * scale)])
        for part in parts:
            if part == 0:
                continue
            rows.append(
                (
                    f"SKD-{len(rows) + 1:06d}",
                    date(YEAR, month, between(rng, 1, last)),
                    pick(rng, masters.skd_outlets),
                    sku,
                    part,
                    prices[sku],
                    part * prices[sku],
                    pick(rng, SALESMEN),
                    pick(rng, ENUMS["payment_kind"]),
                )
            )
    return rows


def _price(item: Product) -> int:
    return round(item.price * 1.08 / 50) * 50


def _service(seed: int, masters: Masters, received: Pieces) -> Table:
    rng, delivered = stream(seed, "service"), defaultdict[tuple[int, str], int](int)
    categories = {item.sku: item.category for item in masters.products}
    for (month, sku), qty in received.items():
        delivered[month, categories[sku]] += qty
    rows: Table = []
    for month, start in enumerate(MONTH_STARTS, 1):
        for category in ENUMS["category"]:
            came = delivered[month, category]
            ordered = came + came * between(rng, 0, 90) // 1000
            rows.append(
                (
                    start,
                    category,
                    ordered,
                    came,
                    round(came / ordered, 4) if ordered else None,
                    between(rng, 0, 9),
                    "banjir pantura" if rng.random() < 0.04 else None,
                )
            )
    return rows


def _coverage(seed: int, masters: Masters, sell_out: Table) -> Table:
    rng, rows = stream(seed, "coverage"), Table()
    amounts, last = dict[str, int](), dict[str, date]()
    for row in sell_out:
        day, outlet, amount = row[1], row[2], row[6]
        if isinstance(day, date) and isinstance(outlet, str) and isinstance(amount, int):
            amounts[outlet] = amounts.get(outlet, 0) + amount
            last[outlet] = max(day, last.get(outlet, day))
    for outlet in masters.skd_outlets:
        amount = amounts.get(outlet, 0)
        grade = "A" if amount > 9_000_000 else "B" if amount > 5_000_000 else "C"
        rows.append(
            (
                outlet,
                pick(rng, SALESMEN),
                pick(rng, (1, 2, 4, 8)),
                last.get(outlet),
                amount,
                grade,
                outlet in last,
            )
        )
    return rows


def _files(seed: int, scale: int, masters: Masters, promos: list[str]) -> Tables:
    rng = stream(seed, "skd files")
    tables: Tables = {
        "salesmen": [
            (
                code,
                person(rng),
                mobile(rng),
                date(between(rng, 2015, 2024), between(rng, 1, 12), 5),
                f"{between(rng, 1, 32):03d}",
                between(rng, 10, 60) * 5_000_000,
                rng.random() < 0.9,
            )
            for code in SALESMEN
        ],
        "prices": [
            (
                item.sku,
                round(item.price * 0.9 / 50) * 50,
                _price(item),
                round(1 - round(item.price * 0.9 / 50) * 50 / _price(item), 4),
                date(YEAR, 1, 2),
                None,
            )
            for item in masters.products
        ],
        "claims": [],
    }
    for n in range(1, 240 * scale + 1):
        day, status = day_of_year(rng), pick(rng, ENUMS["claim_status"])
        asked = between(rng, 1, 200) * 62_500
        granted = status in {"Disetujui", "Dibayar"}
        paid = day + timedelta(days=between(rng, 7, 45))
        tables["claims"].append(
            (
                f"CL-{n:04d}",
                day,
                pick(rng, ENUMS["claim_kind"]),
                pick(rng, promos) if rng.random() < 0.6 else None,
                asked,
                asked * between(rng, 50, 100) // 100 if granted else None,
                status,
                min(paid, LAST_DAY) if status == "Dibayar" else None,
            )
        )
    return tables
