"""Order lines of the year, returns, sell-out, visits and targets."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from candid_assets.sandbox.company.hub import SKD, Masters, Product
from candid_assets.sandbox.company.value_lists import ENUMS
from candid_assets.sandbox.company.values import (
    DAYS_OF_YEAR,
    LAST_DAY,
    MONTH_STARTS,
    YEAR,
    Row,
    Tables,
    between,
    clock,
    day_of_year,
    half,
    later,
    pick,
    stream,
)

MONTH_TABS = ("jan", "feb", "mar", "apr", "mei", "jun", "jul", "agu", "sep", "okt", "nov", "des")


@dataclass(frozen=True, slots=True)
class Line:
    """One order line."""

    line: str
    sku: str
    qty: int
    price: int
    discount: float
    net: int | float
    promo: str | None


@dataclass(slots=True)
class Order:
    """One order; `status` is set once its invoice has been paid or not."""

    order: str
    day: date
    outlet: str | None
    distributor: str | None
    salesman: str
    lines: list[Line]
    invoice: str
    status: str = "Terkirim"


def build_orders(
    seed: int, scale: int, masters: Masters, promos: list[tuple[str, date, date]]
) -> list[Order]:
    """Make the year's orders in the order of their dates; `promos` are id, first and last day."""
    rng = stream(seed, "orders")
    weights = [1.0 + 2.5 * rng.random() ** 2 for _ in masters.products]
    pool = [
        item
        for item, weight in zip(masters.products, weights, strict=True)
        for _ in range(round(weight * 4))
    ]
    working = [day for day in DAYS_OF_YEAR if day.weekday() < 6]
    days = sorted(pick(rng, working) for _ in range(5750 * scale))
    running = {
        day: [code for code, first, last in promos if first <= day <= last] for day in DAYS_OF_YEAR
    }
    salesmen, orders, number = masters.staff("DP01")[: 24 * scale], list[Order](), 0
    for n, day in enumerate(days, 1):
        outlet, distributor = _customer(rng, masters)
        chosen: dict[str, Product] = {}
        for _ in range(between(rng, 2, 6)):
            item = pick(rng, pool)
            chosen[item.sku] = item
        lines = []
        for item in chosen.values():
            number += 1
            lines.append(_line(rng, number, item, distributor is not None, running[day]))
        orders.append(
            Order(
                f"SO-{n:06d}", day, outlet, distributor, pick(rng, salesmen), lines, f"INV-{n:06d}"
            )
        )
    return orders


def _customer(rng: Random, masters: Masters) -> tuple[str | None, str | None]:
    chance = rng.random()
    if chance < 0.12:
        return None, SKD
    if chance < 0.4:
        return None, pick(rng, masters.distributors[1:])
    return pick(rng, masters.direct_outlets), None


def _line(rng: Random, number: int, item: Product, bulk: bool, promos: list[str]) -> Line:
    qty = between(rng, 10, 150) * 12 if bulk else between(rng, 2, 60) * 6
    price = round(item.price * (0.9 if bulk else 1.15) / 50) * 50
    promo = pick(rng, promos) if promos and rng.random() < 0.25 else None
    discount = pick(rng, (0.025, 0.05, 0.075, 0.1, 0.125)) if promo else pick(rng, (0, 0, 0, 0.025))
    net = half(qty * price * (1000 - round(discount * 1000)) / 1000)
    return Line(f"SL-{number:07d}", item.sku, qty, price, discount, net, promo)


def order_tables(seed: int, orders: list[Order]) -> Tables:
    """Lay the order lines out over the twelve monthly tabs."""
    rng = stream(seed, "order notes")
    notes = ("kirim pagi", "via ekspedisi", "minta nota asli", "titip Pak RT")
    tables: Tables = {f"orders_{month}25": [] for month in MONTH_TABS}
    for order in orders:
        rows = tables[f"orders_{MONTH_TABS[order.day.month - 1]}25"]
        first_half = order.day.month <= 6
        for x in order.lines:
            if first_half:
                rows.append(
                    (
                        x.line,
                        order.order,
                        order.day,
                        order.outlet,
                        order.distributor,
                        x.sku,
                        x.qty,
                        x.price,
                        x.discount,
                        x.net,
                        order.salesman,
                        x.promo,
                        order.status,
                    )
                )
            else:
                note = pick(rng, notes) if rng.random() < 0.04 else None
                rows.append(
                    (
                        order.day,
                        order.order,
                        x.line,
                        order.distributor,
                        order.outlet,
                        x.sku,
                        x.qty,
                        x.price,
                        x.discount,
                        x.net,
                        order.salesman,
                        x.promo,
                        order.status,
                        note,
                    )
                )
    return tables


def sold(orders: list[Order]) -> dict[str, int]:
    """Return the pieces sold per SKU."""
    total: dict[str, int] = defaultdict(int)
    for order in orders:
        for line in order.lines:
            total[line.sku] += line.qty
    return dict(total)


def sales_tables(seed: int, scale: int, masters: Masters, orders: list[Order]) -> Tables:
    """Make the other tabs of the sales people."""
    tables = order_tables(seed, orders)
    tables["returns"] = _returns(stream(seed, "returns"), scale, orders)
    tables["sell_out"] = _sell_out(stream(seed, "sell out"), scale, masters)
    tables["visits"] = _visits(stream(seed, "visits"), scale, masters)
    rng, names = stream(seed, "targets"), {number: name for number, name, *_ in masters.employees}
    for quarter in range(4):
        tables[f"targets_q{quarter + 1}"] = [
            (
                salesman,
                month,
                category,
                names[salesman],
                (qty := between(rng, 20, 300) * 10),
                qty * 12_500,
                pick(rng, (0.05, 0.075, 0.1, 0.125)),
                MONTH_STARTS[quarter * 3] if rng.random() < 0.9 else None,
            )
            for salesman in masters.staff("DP01")[: 24 * scale]
            for month in MONTH_STARTS[quarter * 3 : quarter * 3 + 3]
            for category in ENUMS["category"]
        ]
    return tables


def _returns(rng: Random, scale: int, orders: list[Order]) -> list[Row]:
    rows: list[Row] = []
    early = [order for order in orders if order.day < date(YEAR, 12, 20)]
    for n in range(1, 900 * scale + 1):
        order = pick(rng, early)
        x = pick(rng, order.lines)
        qty = between(rng, 1, max(1, x.qty // 10))
        rows.append(
            (
                f"RT-{n:05d}",
                later(order.day, between(rng, 4, 40)),
                order.invoice,
                x.sku,
                qty,
                pick(rng, ENUMS["return_reason"]),
                half(qty * x.price * (1 - x.discount)),
                pick(rng, ENUMS["condition"]),
                "GD-06",
                rng.random() < 0.85,
            )
        )
    return rows


def _make_up(scale: int) -> int:
    """Return rows that make up for the tabs that do not grow with scale (calendar, recipes…)."""
    return 5600 * (scale - 1)


def _sell_out(rng: Random, scale: int, masters: Masters) -> list[Row]:
    rows: list[Row] = []
    for n in range(1, 8500 * scale + _make_up(scale) + 1):
        item, qty = pick(rng, masters.products), between(rng, 1, 60)
        week = date(YEAR, 1, 5) + timedelta(days=7 * between(rng, 0, 51))
        rows.append(
            (
                f"SOT-{n:06d}",
                min(week, LAST_DAY),
                pick(rng, masters.outlets),
                item.sku,
                qty,
                qty * round(item.price * 1.3 / 100) * 100,
                between(rng, 0, 80) if rng.random() < 0.9 else None,
                pick(rng, ENUMS["sell_out_source"]),
            )
        )
    return rows


def _visits(rng: Random, scale: int, masters: Masters) -> list[Row]:
    salesmen, rows = masters.staff("DP01")[: 24 * scale], list[Row]()
    for n in range(1, 8850 * scale + _make_up(scale) + 1):
        start, result = between(rng, 480, 990), pick(rng, ENUMS["visit_result"])
        rows.append(
            (
                f"VST-{n:06d}",
                day_of_year(rng),
                pick(rng, salesmen),
                pick(rng, masters.outlets),
                clock(start),
                clock(start + between(rng, 5, 75)) if rng.random() < 0.95 else None,
                result,
                between(rng, 2, 90) * 25_000 if result == "Order" else None,
                between(rng, 1, 400) / 4,
                rng.random() < 0.7,
                "toko renovasi" if rng.random() < 0.03 else None,
            )
        )
    return rows
