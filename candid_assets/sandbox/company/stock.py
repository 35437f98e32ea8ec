"""Finished goods in the warehouses: every piece in and out, counted twice a year."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from candid_assets.sandbox.company.hub import Masters
from candid_assets.sandbox.company.production import Batch, Scrap
from candid_assets.sandbox.company.sales import Order
from candid_assets.sandbox.company.value_lists import ENUMS
from candid_assets.sandbox.company.values import (
    LAST_DAY,
    MONTH_STARTS,
    YEAR,
    Row,
    Table,
    Tables,
    between,
    later,
    pick,
    shares,
    stream,
)

HALLS = ("GD-01", "GD-02", "GD-03")
"""The warehouses for finished goods."""
Event = tuple[date, int, int, str]
"""Day, order within the day, pieces (a share in per mille for a transfer) and reference."""
ARRIVAL, MOVE, SALE, LOSS = range(4)


@dataclass(slots=True)
class StockLedger:
    """Stock per SKU and warehouse, with the rows that its changes leave behind."""

    rng: Random
    clerks: list[str]
    stock: dict[tuple[str, str], int] = field(default_factory=dict)
    moves: list[tuple[date, str, str, str, int, str, str]] = field(default_factory=list)
    transfers: list[tuple[date, str, str, str, int, date, str]] = field(default_factory=list)
    month_ends: dict[tuple[int, str], int] = field(default_factory=dict)
    june: dict[tuple[str, str], int] = field(default_factory=dict)

    def run(self, sku: str, events: list[Event]) -> None:
        """Apply a year's events of one SKU in the order of their dates."""
        month = 1
        for day, kind, amount, reference in sorted(events):
            month = self._close(sku, month, day.month)
            if kind == MOVE:
                self._transfer(sku, day, amount)
            else:
                word = {ARRIVAL: "Produksi", SALE: "Penjualan", LOSS: "Scrap"}[kind]
                for hall, signed in self._spread(sku, kind, amount):
                    self.stock[sku, hall] += signed
                    clerk = pick(self.rng, self.clerks)
                    self.moves.append((day, sku, hall, word, signed, reference, clerk))
        self._close(sku, month, 13)

    def _spread(self, sku: str, kind: int, amount: int) -> list[tuple[str, int]]:
        """Bring pieces into the first hall; take them from the fullest, then from the next."""
        if kind == ARRIVAL:
            return [(HALLS[0], amount)]
        parts: list[tuple[str, int]] = []
        for hall in sorted(HALLS, key=lambda name: -self.stock[sku, name]):
            part = min(amount, self.stock[sku, hall])
            if part:
                parts.append((hall, -part))
            amount -= part
        return parts

    def _fullest(self, sku: str) -> str:
        return max(HALLS, key=lambda hall: self.stock[sku, hall])

    def _transfer(self, sku: str, day: date, share: int) -> None:
        source = self._fullest(sku)
        target = pick(self.rng, [hall for hall in HALLS if hall != source])
        qty = max(1, self.stock[sku, source] * share // 1000)
        self.stock[sku, source] -= qty
        self.stock[sku, target] += qty
        arrived = later(day, between(self.rng, 0, 3))
        self.transfers.append((day, sku, source, target, qty, arrived, pick(self.rng, self.clerks)))

    def _close(self, sku: str, month: int, reached: int) -> int:
        for ended in range(month, reached):
            self.month_ends[ended, sku] = sum(self.stock[sku, hall] for hall in HALLS)
            if ended == 6:
                self.june |= {(sku, hall): self.stock[sku, hall] for hall in HALLS}
        return max(month, reached)


def inventory_tables(
    seed: int,
    scale: int,
    *,
    masters: Masters,
    orders: list[Order],
    batches: list[Batch],
    scrap: list[Scrap],
    returns: Table,
) -> Tables:
    """Make the warehouses' tabs from what was sold, produced, scrapped and returned."""
    rng = stream(seed, "stock")
    events, sold = _events(rng, scale, masters, orders, batches, scrap)
    ledger = StockLedger(rng, masters.staff("DP03"))
    opening: dict[tuple[str, str], int] = {}
    for item in masters.products:
        start = max(sold[item.sku] // 4, _needed(events[item.sku])) + 600 * scale
        for hall, part in zip(HALLS, shares(start, (4, 3, 3)), strict=True):
            opening[item.sku, hall] = ledger.stock[item.sku, hall] = part
        ledger.run(item.sku, events[item.sku])
    costs = {item.sku: item.cost for item in masters.products}
    tables: Tables = {
        "opening_stock": _snapshot(opening, costs, date(YEAR, 1, 1)),
        "closing_stock": _snapshot(ledger.stock, costs, LAST_DAY),
        "movements": [(f"MV-{n:06d}", *move) for n, move in enumerate(sorted(ledger.moves), 1)],
        "transfers": [(f"TF-{n:05d}", *x) for n, x in enumerate(sorted(ledger.transfers), 1)],
        "opname_jun": _count(rng, ledger.june, date(YEAR, 6, 30), ledger.clerks),
        "opname_dec": _count(rng, ledger.stock, LAST_DAY, ledger.clerks),
        "stock_returns": _returned(rng, masters, ledger, returns),
        "reorder_points": _reorder(rng, masters, sold),
        "expiring": _expiring(rng, scale, batches),
    }
    return tables


def _events(
    rng: Random,
    scale: int,
    masters: Masters,
    orders: list[Order],
    batches: list[Batch],
    scrap: list[Scrap],
) -> tuple[dict[str, list[Event]], dict[str, int]]:
    events: dict[str, list[Event]] = {item.sku: [] for item in masters.products}
    sold: dict[str, int] = defaultdict(int)
    for batch in batches:
        events[batch.product.sku].append((batch.day, ARRIVAL, batch.produced, batch.batch))
    for lot in scrap:
        events[lot.sku].append((lot.day, LOSS, lot.qty, lot.scrap))
    open_loads: dict[str, list[tuple[date, int]]] = defaultdict(list)
    for order in orders:
        for line in order.lines:
            sold[line.sku] += line.qty
            load = open_loads[line.sku]
            if load and (load[0][0].month != order.day.month or len(load) >= between(rng, 2, 6)):
                events[line.sku].append(_load(load))
                load.clear()
            load.append((order.day, line.qty))
    for sku, load in open_loads.items():
        if load:
            events[sku].append(_load(load))
    for _ in range(900 * scale):
        item, day = pick(rng, masters.products), date(YEAR, 1, 2) + timedelta(between(rng, 0, 360))
        events[item.sku].append((day, MOVE, between(rng, 30, 120), ""))
    return events, sold


def _needed(events: list[Event]) -> int:
    """Return the opening stock below which the SKU would run out some day of the year."""
    level = lowest = 0
    for _, kind, amount, _ in sorted(events):
        if kind != MOVE:
            level += amount if kind == ARRIVAL else -amount
            lowest = min(lowest, level)
    return -lowest


def _load(load: list[tuple[date, int]]) -> Event:
    day = load[-1][0]
    return day, SALE, sum(qty for _, qty in load), f"DO/{day:%m%d}/{len(load)}"


def _snapshot(stock: dict[tuple[str, str], int], costs: dict[str, int], day: date) -> Table:
    return [
        (sku, hall, qty, costs[sku], qty * costs[sku], day) for (sku, hall), qty in stock.items()
    ]


def _count(rng: Random, stock: dict[tuple[str, str], int], day: date, clerks: list[str]) -> Table:
    rows: list[Row] = []
    for (sku, hall), qty in stock.items():
        off = max(-qty, between(rng, -1500, 900)) if rng.random() < 0.25 else 0
        rows.append(
            (
                sku,
                hall,
                qty,
                qty + off,
                off,
                pick(rng, clerks),
                day,
                rng.random() < 0.5 if off else False,
                "hitung ulang" if off < -900 else None,
            )
        )
    return rows


def _returned(rng: Random, masters: Masters, ledger: StockLedger, returns: Table) -> Table:
    pieces, amounts = (
        defaultdict[tuple[int, str], int](int),
        defaultdict[tuple[int, str], float](float),
    )
    for row in returns:
        day, sku, qty, amount = row[1], row[3], row[4], row[6]
        if (
            isinstance(day, date)
            and isinstance(sku, str)
            and isinstance(qty, int)
            and isinstance(amount, int | float)
        ):
            pieces[day.month, sku] += qty
            amounts[day.month, sku] += amount
    return [
        (
            start,
            item.sku,
            ledger.month_ends[month, item.sku],
            pieces[month, item.sku],
            _plain(amounts[month, item.sku]),
            rng.random() < 0.8,
        )
        for month, start in enumerate(MONTH_STARTS, 1)
        for item in masters.products
    ]


def _plain(amount: float) -> int | float:
    return int(amount) if amount == int(amount) else amount


def _reorder(rng: Random, masters: Masters, sold: dict[str, int]) -> Table:
    rows: Table = []
    for item in masters.products:
        days, daily = between(rng, 3, 14), round(sold[item.sku] / 365, 2)
        safety = round(daily * days * 0.5)
        rows.append(
            (
                item.sku,
                days,
                daily,
                safety,
                safety + round(daily * days),
                round(daily * 60),
                date(YEAR, between(rng, 1, 12), 15),
            )
        )
    return rows


def _expiring(rng: Random, scale: int, batches: list[Batch]) -> Table:
    rows: Table = []
    for n in range(1, 250 * scale + 1):
        batch = pick(rng, batches)
        checked = later(batch.day, between(rng, 30, 300))
        rows.append(
            (
                f"ED-{n:04d}",
                checked,
                batch.batch,
                batch.product.sku,
                pick(rng, HALLS),
                between(rng, 1, 400),
                batch.expiry,
                (batch.expiry - checked).days,
                pick(rng, ENUMS["expiry_action"]),
            )
        )
    return rows
