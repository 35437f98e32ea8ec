"""Invoices and what was paid on them, expenses, budget, bills and the journal."""

from datetime import date, timedelta
from random import Random

from candid_assets.sandbox.company.hub import Masters
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
    day_of_year,
    half,
    later,
    pick,
    stream,
)

Money = int | float


def finance_tables(seed: int, scale: int, masters: Masters, orders: list[Order]) -> Tables:
    """Make the accountants' tabs; sets the status of the orders by how they were paid."""
    tables = _billing(stream(seed, "billing"), masters, orders)
    rng = stream(seed, "books")
    tables["expenses"] = [_expense(rng, n, masters) for n in range(1, 2000 * scale + 1)]
    tables["budget"] = [
        (
            account,
            start,
            (amount := between(rng, 4, 80) * 500_000),
            amount + between(rng, -4, 4) * 125_000 if rng.random() < 0.5 else None,
            date(YEAR - 1, 12, 15),
            "revisi semester" if rng.random() < 0.05 else None,
        )
        for account in masters.expense_accounts
        for start in MONTH_STARTS
    ]
    tables["payables"] = [_bill(rng, n, masters) for n in range(1, 900 * scale + 1)]
    tables["journal"] = _journal(rng, scale, masters)
    tables["fixed_assets"] = [_asset(rng, n, masters) for n in range(1, 200 * scale + 1)]
    return tables


def _billing(rng: Random, masters: Masters, orders: list[Order]) -> Tables:
    invoices, payments, receivables = Table(), Table(), Table()
    clerks = masters.staff("DP06")
    for n, order in enumerate(orders, 1):
        net = half(sum(line.net for line in order.lines))
        vat = int(net * 11 // 100)
        total, day = half(net + vat), later(order.day, between(rng, 0, 1))
        due = day + timedelta(days=pick(rng, (14, 30, 45)) if order.outlet else 45)
        left = total
        for paid_day, amount in _settle(rng, total, day, due):
            left = half(left - amount)
            method = pick(rng, ENUMS["payment_method"])
            wired = method in {"Transfer", "Giro"}
            payments.append(
                (
                    f"PB-{len(payments) + 1:06d}",
                    paid_day,
                    order.invoice,
                    amount,
                    method,
                    pick(rng, ENUMS["bank"]) if wired else None,
                    f"0{between(rng, 10**7, 9 * 10**7)}" if wired else None,
                    pick(rng, clerks),
                )
            )
        status = "Lunas" if left == 0 else "Belum Bayar" if left == total else "Sebagian"
        order.status = "Lunas" if left == 0 else "Terkirim" if day.month == 12 else "Ditagih"
        invoices.append(
            (
                order.invoice,
                order.order,
                day,
                due,
                order.outlet,
                order.distributor,
                net,
                vat,
                total,
                f"010{2_500_000_000_000 + n:013d}",
                status,
            )
        )
        if left:
            late = max(0, (LAST_DAY - due).days)
            receivables.append(
                (order.invoice, left, due, late, _age(late), pick(rng, clerks), rng.random() < 0.08)
            )
    return {"invoices": invoices, "payments": payments, "receivables": receivables}


def _settle(rng: Random, total: Money, day: date, due: date) -> list[tuple[date, Money]]:
    """Return the payments made within the year: all, some or none of the total."""
    chance, paid = rng.random(), due + timedelta(days=between(rng, -12, 10))
    paid = max(paid, day)
    if chance < 0.04:
        return []
    if chance < 0.14:
        first = min(int(total), int(total * between(rng, 30, 70) / 100_000) * 1000)
        rest = half(total - first)
        steps: list[tuple[date, Money]] = [(paid, first), (paid + timedelta(days=20), rest)]
        if chance < 0.07:
            steps.pop()
        return [(when, amount) for when, amount in steps if when <= LAST_DAY and amount]
    return [(paid, total)] if paid <= LAST_DAY else []


def _age(late: int) -> str:
    for limit, name in zip((0, 30, 60, 90), ENUMS["ageing"][:4], strict=True):
        if late <= limit:
            return name
    return ENUMS["ageing"][4]


def _expense(rng: Random, n: int, masters: Masters) -> Row:
    amount = between(rng, 2, 800) * 12_500 + (0.5 if rng.random() < 0.05 else 0)
    return (
        f"BK-{n:05d}",
        day_of_year(rng),
        pick(rng, masters.departments),
        pick(rng, masters.expense_accounts),
        pick(
            rng,
            (
                "bayar tagihan",
                "pembelian ATK",
                "servis kendaraan",
                "konsumsi rapat",
                "perjalanan dinas",
                "sewa bulanan",
            ),
        ),
        amount,
        pick(rng, masters.suppliers) if rng.random() < 0.4 else None,
        pick(rng, masters.employees)[0],
        rng.random() < 0.3,
    )


def _bill(rng: Random, n: int, masters: Masters) -> Row:
    day, amount = day_of_year(rng), between(rng, 10, 6000) * 50_000
    share = pick(rng, (0, 50, 100, 100, 100))
    paid = amount * share // 100
    status = {0: "Belum", 50: "Sebagian", 100: "Lunas"}[share]
    return (
        f"TG-{n:05d}",
        pick(rng, masters.suppliers),
        day,
        day + timedelta(days=30),
        amount,
        paid,
        amount - paid,
        status,
    )


def _journal(rng: Random, scale: int, masters: Masters) -> Table:
    rows: Table = []
    for n in range(1, 800 * scale + 1):
        day, lines = day_of_year(rng), pick(rng, (1, 1, 2))
        debits = [between(rng, 1, 900) * 25_000 for _ in range(lines)]
        note = pick(rng, ("penyesuaian", "pembayaran bank", "beban bulanan", "reklas akun"))
        for baris, amount in enumerate(debits, 1):
            rows.append(
                (f"JU-{n:05d}", baris, day, pick(rng, masters.expense_accounts), amount, 0, note)
            )
        rows.append(
            (f"JU-{n:05d}", lines + 1, day, pick(rng, masters.accounts[:20]), 0, sum(debits), note)
        )
    return rows


def _asset(rng: Random, n: int, masters: Masters) -> Row:
    cost = between(rng, 5, 900) * 1_000_000
    depreciation = -(cost * between(rng, 1, 95) // 100)
    kind = pick(rng, ENUMS["asset_kind"])
    return (
        f"AT-{n:04d}",
        f"{kind} {n}",
        kind,
        date(between(rng, 2012, 2024), between(rng, 1, 12), between(rng, 1, 28)),
        cost,
        depreciation,
        cost + depreciation,
        pick(rng, masters.departments),
    )
