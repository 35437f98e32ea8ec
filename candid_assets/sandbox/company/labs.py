"""The laboratory: a sample of every batch, results against specification, complaints."""

from datetime import date, timedelta
from random import Random

from candid_assets.sandbox.company.hub import Masters, mobile
from candid_assets.sandbox.company.production import Batch
from candid_assets.sandbox.company.value_lists import ENUMS
from candid_assets.sandbox.company.values import (
    LAST_DAY,
    YEAR,
    Row,
    Table,
    Tables,
    at,
    between,
    day_of_year,
    later,
    pick,
    stream,
)

PARAMETERS = (
    ("pH", "pH"),
    ("Viskositas", "cPs"),
    ("Bobot Jenis", "g/ml"),
    ("Kadar Aktif", "%"),
    ("Angka Lempeng Total", "cfu/g"),
    ("Kadar Air", "%"),
    ("Tinggi Busa", "mm"),
    ("Kekerasan", "N"),
    ("Logam Berat", "ppm"),
    ("Kapang Khamir", "cfu/g"),
)
METHODS = tuple(f"MT-{n:02d}" for n in range(1, 31))
INSTRUMENTS = tuple(f"AL-{n:02d}" for n in range(1, 41))
STORED_MONTHS = (0, 1, 3, 6, 9, 12)
Limits = tuple[str, float, float, float]
"""Method, lowest, target and highest value."""


def labs_tables(seed: int, scale: int, masters: Masters, batches: list[Batch]) -> Tables:
    """Make the laboratory's tabs."""
    rng = stream(seed, "labs")
    tables: Tables = {"methods": _methods(rng)}
    limits, tables["specifications"] = _specifications(rng, masters)
    samples, results = _samples(stream(seed, "results"), masters, batches, limits)
    tables |= {"samples": samples, "results": results}
    tables["stability"] = [_pull(rng, n, batches) for n in range(1, 1400 * scale + 1)]
    tables["complaints"] = _complaints(stream(seed, "complaints"), scale, masters, batches)
    tables |= _instruments(stream(seed, "instruments"), scale)
    tables["capa"] = [_action(rng, n, masters) for n in range(1, 91)]
    return tables


def _methods(rng: Random) -> Table:
    return [
        (
            code,
            f"Uji {PARAMETERS[n % 10][0]} {n // 10 + 1}",
            PARAMETERS[n % 10][0],
            PARAMETERS[n % 10][1],
            between(rng, 1, 96) / 2,
            f"SNI {between(rng, 1000, 9999)}:2019",
            rng.random() < 0.6,
        )
        for n, code in enumerate(METHODS)
    ]


def _specifications(rng: Random, masters: Masters) -> tuple[dict[str, list[Limits]], Table]:
    limits: dict[str, list[Limits]] = {}
    rows: Table = []
    for item in masters.products:
        for method in sorted(rng.sample(METHODS, 5)):
            target = between(rng, 2000, 80_000) / 1000
            low, high = round(target * 0.9, 3), round(target * 1.1, 3)
            limits.setdefault(item.sku, []).append((method, low, target, high))
            rows.append(
                (
                    item.sku,
                    method,
                    low,
                    target,
                    high,
                    rng.random() < 0.3,
                    date(2024, between(rng, 1, 12), between(rng, 1, 28)),
                )
            )
    return limits, rows


def _samples(
    rng: Random, masters: Masters, batches: list[Batch], limits: dict[str, list[Limits]]
) -> tuple[Table, Table]:
    analysts, samples, results = masters.staff("DP04"), list[Row](), list[Row]()
    units = {code: PARAMETERS[n % 10][1] for n, code in enumerate(METHODS)}
    for n, batch in enumerate(batches, 1):
        sample, taken = f"LS-{n:05d}", batch.start + timedelta(minutes=between(rng, 20, 140))
        samples.append(
            (
                sample,
                batch.batch,
                batch.product.sku,
                taken,
                taken.date(),
                "Investigasi" if batch.failed else pick(rng, ("Rutin", "Rutin", "Retained")),
                pick(rng, analysts),
                "Gagal" if batch.failed else "Lulus",
                "segel rusak" if rng.random() < 0.02 else None,
            )
        )
        wrong = between(rng, 0, 4) if batch.failed else -1
        for k, (method, low, target, high) in enumerate(limits[batch.product.sku]):
            value = (
                round(high * 1.05, 3)
                if k == wrong
                else round(target + (high - low) * 0.4 * (rng.random() - 0.5), 3)
            )
            moment = taken + timedelta(minutes=between(rng, 60, 2800))
            if moment.hour == moment.minute == 0:
                moment += timedelta(minutes=1)  # a moment at midnight would show as a bare date
            results.append(
                (
                    f"LR-{len(results) + 1:06d}",
                    sample,
                    method,
                    moment,
                    value,
                    units[method],
                    "Gagal" if k == wrong else "Lulus",
                    pick(rng, analysts),
                    pick(rng, INSTRUMENTS),
                    rng.random() < 0.03,
                )
            )
    return samples, results


def _pull(rng: Random, n: int, batches: list[Batch]) -> Row:
    batch, passed = pick(rng, batches), rng.random() < 0.96
    planned = pick(rng, STORED_MONTHS)
    # What is planned for a day to come has no result yet: the test before it is the newest.
    months = max(
        m for m in STORED_MONTHS
        if m <= planned and (m == 0 or batch.day + timedelta(days=30 * m) <= LAST_DAY)
    )  # fmt: skip
    return (
        f"ST-{n:05d}",
        batch.batch,
        pick(rng, ENUMS["stability_condition"]),
        months,
        batch.day + timedelta(days=30 * months),
        between(rng, 450, 850) / 100,
        between(rng, 400, 20_000) / 2,
        "Normal" if passed else "Berubah Warna",
        passed,
    )


def _complaints(rng: Random, scale: int, masters: Masters, batches: list[Batch]) -> Table:
    rows: Table = []
    for n in range(1, 600 * scale + 1):
        batch, day = pick(rng, batches), day_of_year(rng)
        rows.append(
            (
                f"KP-{n:05d}",
                at(day, between(rng, 420, 1300)),
                pick(rng, masters.outlets) if rng.random() < 0.7 else None,
                batch.product.sku,
                batch.batch if batch.day < day else None,
                pick(rng, ENUMS["complaint_kind"]),
                pick(rng, ENUMS["severity"]),
                mobile(rng) if rng.random() < 0.8 else None,
                pick(
                    rng, ("tutup bocor", "bau menyengat", "gatal setelah pakai", "isi tidak penuh")
                ),
                between(rng, 1, 40) * 12_500 if rng.random() < 0.4 else None,
                later(day, between(rng, 1, 30)) if rng.random() < 0.85 else None,
                rng.random() < 0.75,
            )
        )
    return rows


def _instruments(rng: Random, scale: int) -> Tables:
    kinds = ("pH Meter", "Viskometer", "Timbangan", "Oven", "Spektrofotometer", "Inkubator")
    return {
        "instruments": [
            (
                code,
                f"{kinds[n % 6]} {n // 6 + 1}",
                pick(rng, ("Mettler", "Brookfield", "Memmert")),
                f"0{between(rng, 10**6, 9 * 10**6)}",
                f"R-{between(rng, 1, 9)}",
                date(between(rng, 2012, 2024), between(rng, 1, 12), between(rng, 1, 28)),
                between(rng, 8, 900) * 500_000,
                date(YEAR + 1, between(rng, 1, 12), 15),
                n % 20 != 19,
            )
            for n, code in enumerate(INSTRUMENTS)
        ],
        "calibrations": [
            (
                f"KL-{n:04d}",
                pick(rng, INSTRUMENTS),
                day_of_year(rng),
                pick(rng, ("Sucofindo", "KAN Cal", "Internal")),
                pick(rng, ("OK", "OK", "ADJUST", "NG")),
                between(rng, -20, 40) / 1000,
                f"S/{between(rng, 100, 999)}/2025",
                between(rng, 3, 30) * 50_000,
            )
            for n in range(1, 160 * scale + 1)
        ],
    }


def _action(rng: Random, n: int, masters: Masters) -> Row:
    opened, source = day_of_year(rng), pick(rng, ENUMS["capa_source"])
    due = opened + timedelta(days=30)
    closed = opened + timedelta(days=between(rng, 5, 60))
    done = closed <= LAST_DAY
    return (
        f"CP-{n:03d}",
        opened,
        source,
        f"KP-{between(rng, 1, 600):05d}" if source == "Keluhan" else None,
        pick(rng, ("SOP tidak diikuti", "mesin aus", "bahan di luar spek", "human error")),
        pick(rng, ("training ulang", "ganti part", "audit pemasok", "revisi SOP")),
        f"{pick(rng, masters.employees)[0]}",
        due,
        closed if done else None,
        "Closed" if done else "Progress",
    )
