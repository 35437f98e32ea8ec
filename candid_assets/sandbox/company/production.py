"""Batches of the year, recipes, material usage, scrap and the machines' diaries."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from candid_assets.sandbox.company.hub import Masters, Product
from candid_assets.sandbox.company.value_lists import ENUMS
from candid_assets.sandbox.company.values import (
    DAYS_OF_YEAR,
    YEAR,
    Row,
    Tables,
    at,
    between,
    clock,
    day_of_year,
    later,
    pick,
    shares,
    stream,
)

MACHINES = tuple(f"MC-{n:02d}" for n in range(1, 37))


@dataclass(frozen=True, slots=True)
class Batch:
    """One production batch; `reject` pieces of those produced are scrapped on the line."""

    batch: str
    product: Product
    day: date
    start: datetime
    shift: int
    planned: int
    produced: int
    reject: int
    failed: bool
    expiry: date


@dataclass(frozen=True, slots=True)
class Scrap:
    """One lot of scrapped pieces."""

    scrap: str
    day: date
    batch: str
    sku: str
    qty: int
    source: str


def build_batches(
    seed: int, scale: int, masters: Masters, sold: dict[str, int]
) -> tuple[list[Batch], list[Scrap]]:
    """Make enough batches of every SKU to cover what was sold, spread over the year."""
    rng, runs = stream(seed, "batches"), list[tuple[date, Product, int]]()
    demand = [sold.get(item.sku, 0) + 500 * scale for item in masters.products]
    counts = shares(2000 * scale, demand, least=4)
    for item, need, count in zip(masters.products, demand, counts, strict=True):
        size = max(1, round(need * 1.06 / count / 10)) * 10
        for n in range(count):
            nth = min(364, int((n + rng.random()) * 365 / count))
            runs.append((DAYS_OF_YEAR[nth], item, size))
    runs.sort(key=lambda run: (run[0], run[1].sku))
    rejecting = set(rng.sample(range(len(runs)), 600 * scale))
    batches = []
    for n, (day, item, size) in enumerate(runs):
        shift = between(rng, 1, 3)
        produced = round(size * (0.95 + 0.06 * rng.random()))
        batches.append(
            Batch(
                f"BT-{n + 1:06d}",
                item,
                day,
                at(day, shift * 450 + between(rng, 1, 89)),
                shift,
                size,
                produced,
                max(1, produced * between(rng, 5, 25) // 1000) if n in rejecting else 0,
                rng.random() < 0.03,
                date(day.year + item.shelf_life // 360, day.month, 1),
            )
        )
    return batches, _scrap(rng, scale, batches)


def _scrap(rng: Random, scale: int, batches: list[Batch]) -> list[Scrap]:
    lots = [(batch.day, batch, batch.reject, "Produksi") for batch in batches if batch.reject]
    older = [batch for batch in batches if batch.day < date(YEAR, 11, 15)]
    for _ in range(300 * scale):
        batch = pick(rng, older)
        lots.append((later(batch.day, between(rng, 15, 200)), batch, between(rng, 1, 24), "Gudang"))
    lots.sort(key=lambda lot: (lot[0], lot[1].batch, lot[3]))
    return [
        Scrap(f"SC-{n:05d}", day, batch.batch, batch.product.sku, qty, source)
        for n, (day, batch, qty, source) in enumerate(lots, 1)
    ]


def production_tables(
    seed: int, scale: int, masters: Masters, batches: list[Batch], scrap: list[Scrap]
) -> Tables:
    """Make the factory's tabs."""
    tables = _diaries(stream(seed, "diaries"), scale, masters)
    supervisors, rng = masters.staff("DP02"), stream(seed, "batch tab")
    tables["batches"] = [
        (
            x.batch,
            x.product.sku,
            x.day,
            pick(rng, MACHINES),
            f"Shift {x.shift}",
            x.planned,
            x.produced,
            round(x.produced / x.planned, 4),
            x.start,
            x.start + timedelta(minutes=between(rng, 150, 420)) if rng.random() < 0.97 else None,
            pick(rng, supervisors),
            x.expiry,
            pick(rng, ("Karantina", "Rilis Bersyarat")) if x.failed else "Rilis",
        )
        for x in batches
    ]
    reasons, costs = ENUMS["scrap_reason"], {item.sku: item.cost for item in masters.products}
    tables["scrap"] = [
        (
            x.scrap,
            x.day,
            x.batch,
            x.sku,
            x.qty,
            x.source,
            pick(rng, reasons),
            x.qty * costs[x.sku],
            rng.random() < 0.3,
        )
        for x in scrap
    ]
    tables |= _recipes(stream(seed, "recipes"), masters, batches)
    tables |= _output(stream(seed, "output"), masters, batches)
    return tables


def _recipes(rng: Random, masters: Masters, batches: list[Batch]) -> Tables:
    bom: list[Row] = []
    recipe: dict[str, list[tuple[str, float]]] = {}
    for item in masters.products:
        for n, material in enumerate(sorted(rng.sample(masters.materials, 6))):
            kilos = between(rng, 500, 90_000) / 1000
            recipe.setdefault(item.sku, []).append((material, kilos))
            bom.append(
                (
                    item.sku,
                    material,
                    ENUMS["bom_stage"][n // 2],
                    kilos,
                    pick(rng, (0.02, 0.025, 0.05)),
                    f"v{between(rng, 1, 4)}",
                    date(2024, between(rng, 1, 12), 1),
                )
            )
    operators, usage, number = masters.staff("DP02"), list[Row](), 0
    for batch in batches:
        for material, kilos in recipe[batch.product.sku]:
            number += 1
            planned = round(kilos * batch.planned / 1000, 3)
            actual = round(planned * (0.98 + 0.05 * rng.random()), 3)
            usage.append(
                (
                    f"MU-{number:06d}",
                    batch.batch,
                    material,
                    batch.day,
                    planned,
                    actual,
                    round(actual - planned, 3),
                    f"0{between(rng, 10000, 99999)}",
                    pick(rng, operators),
                )
            )
    return {"bom": bom, "material_usage": usage}


def _output(rng: Random, masters: Masters, batches: list[Batch]) -> Tables:
    tables: Tables = {f"output_q{quarter}": [] for quarter in range(1, 5)}
    operators = masters.staff("DP02")
    for n, batch in enumerate(batches):
        good = batch.produced - batch.reject
        first, first_reject = good * between(rng, 40, 60) // 100, batch.reject // 2
        parts = ((first, first_reject), (good - first, batch.reject - first_reject))
        for part, (ok, reject) in enumerate(parts, 1):
            tables[f"output_q{(batch.day.month + 2) // 3}"].append(
                (
                    f"OP-{n * 2 + part:06d}",
                    batch.batch,
                    batch.day,
                    f"Shift {batch.shift}",
                    ok,
                    reject,
                    between(rng, 4, 16) / 4,
                    pick(rng, operators),
                )
            )
    return tables


def _diaries(rng: Random, scale: int, masters: Masters) -> Tables:
    technicians, supervisors = masters.staff("DP05"), masters.staff("DP02")
    hours = (("Shift 1", 450, 900), ("Shift 2", 900, 1350), ("Shift 3", 1350, 450))
    tables: Tables = {
        "machines": [
            (
                code,
                f"Mesin {pick(rng, ('Mixing', 'Filling', 'Capping', 'Labelling'))} {n}",
                f"Line {n % 6 + 1}",
                pick(rng, ("Krones", "Bosch", "Sidel", "Lokal")),
                between(rng, 2004, 2023),
                between(rng, 8, 90) * 100,
                between(rng, 3, 90) * 50_000_000,
                "Cadangan" if n % 12 == 0 else "Jalan",
            )
            for n, code in enumerate(MACHINES, 1)
        ],
        "shift_schedule": [
            (
                day,
                name,
                pick(rng, supervisors),
                clock(start),
                clock(end),
                between(rng, 18, 42),
                day.weekday() == 6,
            )
            for day in DAYS_OF_YEAR
            for name, start, end in hours
        ],
        "downtime": [_stop(rng, n, technicians) for n in range(1, 1400 * scale + 1)],
        "maintenance": [_service(rng, n, technicians) for n in range(1, 430 * scale + 1)],
        "utilities": [],
    }
    readings = {"PLN": 182_340.0, "PDAM": 9_120.0}
    for day in DAYS_OF_YEAR:
        for meter, (low, high, tariff) in (("PLN", (900, 2400, 1500)), ("PDAM", (20, 80, 9000))):
            used = between(rng, low * 2, high * 2) / 2
            tables["utilities"].append(
                (
                    day,
                    meter,
                    readings[meter],
                    readings[meter] + used,
                    used,
                    used * tariff,
                    pick(rng, technicians),
                )
            )
            readings[meter] += used
    return tables


def _stop(rng: Random, n: int, technicians: list[str]) -> Row:
    minutes = between(rng, 5, 260)
    start = at(day_of_year(rng), between(rng, 1, 1100))
    return (
        f"DT-{n:05d}",
        pick(rng, MACHINES),
        start,
        start + timedelta(minutes=minutes),
        minutes,
        pick(rng, ENUMS["downtime_kind"]),
        pick(rng, technicians),
        pick(rng, ("belt putus", "sensor error", "ganti ukuran", None, "listrik padam")),
    )


def _service(rng: Random, n: int, technicians: list[str]) -> Row:
    planned, done = day_of_year(rng), rng.random() < 0.88
    return (
        f"PM-{n:04d}",
        pick(rng, MACHINES),
        planned,
        later(planned, between(rng, 0, 9)) if done else None,
        pick(rng, ENUMS["pm_kind"]),
        between(rng, 1, 60) * 50_000,
        pick(rng, technicians),
        done,
    )
