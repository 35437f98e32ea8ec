"""Campaigns, promotions, what they cost and what consumers answered."""

from datetime import date, timedelta
from random import Random

from candid_assets.sandbox.company import lists, words
from candid_assets.sandbox.company.hub import Masters
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

CAMPAIGNS = tuple(f"CMP-{n:03d}" for n in range(1, 41))
Promo = tuple[str, date, date]
"""A promotion's code with its first and last day."""


def build_promotions(seed: int) -> tuple[Table, list[Promo]]:
    """Make the promotion calendar, which order lines refer to."""
    rng, rows, promos = stream(seed, "promotions"), Table(), list[Promo]()
    for n in range(1, 61):
        start = date(YEAR, 1, 1) + timedelta(days=between(rng, 0, 335))
        end, kind = later(start, between(rng, 13, 60)), pick(rng, ENUMS["promo_kind"])
        promos.append((f"PRM-{n:03d}", start, end))
        rows.append(
            (
                f"PRM-{n:03d}",
                f"{kind} {pick(rng, words.SCENTS)} {n}",
                kind,
                pick(rng, CAMPAIGNS),
                start,
                end,
                pick(rng, (0.025, 0.05, 0.075, 0.1, 0.125)),
                pick(rng, lists.CHANNELS)[0],
                between(rng, 50, 900) * 100_000,
                rng.random() < 0.3,
            )
        )
    return rows, promos


def marketing_tables(seed: int, scale: int, masters: Masters) -> Tables:
    """Make the marketing people's other tabs; a campaign's realisation is what was spent on it."""
    rng, spend, spent = stream(seed, "marketing"), Table(), dict.fromkeys(CAMPAIGNS, 0)
    for n in range(1, 1200 * scale + 1):
        campaign, amount = pick(rng, CAMPAIGNS), between(rng, 2, 130) * 62_500
        spent[campaign] += amount
        spend.append(
            (
                f"BP-{n:05d}",
                day_of_year(rng),
                campaign,
                pick(rng, ENUMS["media"]),
                f"CV {pick(rng, words.COMPANIES)}",
                amount,
                pick(rng, masters.expense_accounts),
                rng.random() < 0.8,
                "DP 50%" if rng.random() < 0.05 else None,
            )
        )
    campaigns: Table = []
    for n, code in enumerate(CAMPAIGNS, 1):
        start = date(YEAR, 1, 1) + timedelta(days=between(rng, 0, 300))
        end = later(start, between(rng, 20, 90))
        campaigns.append(
            (
                code,
                f"{pick(rng, ENUMS['brand'])} {pick(rng, words.SCENTS)} {n}",
                pick(rng, ("Awareness", "Trial", "Repeat", "Launching")),
                start,
                end,
                pick(rng, masters.employees)[0],
                round(spent[code] * 1.1 / 500_000) * 500_000,
                spent[code],
                between(rng, 5, 900) * 1000,
                "Selesai" if end < LAST_DAY else "Berjalan",
            )
        )
    answers = [_answer(rng, n, masters) for n in range(1, 1600 * scale + 1)]
    return {"campaigns": campaigns, "promo_spend": spend, "survey": answers}


def _answer(rng: Random, n: int, masters: Masters) -> Row:
    return (
        f"SV-{n:05d}",
        at(day_of_year(rng), between(rng, 360, 1380), between(rng, 1, 59)),
        pick(rng, ENUMS["gender"]),
        between(rng, 17, 62),
        pick(rng, words.CITIES)[0],
        pick(rng, masters.products).sku,
        between(rng, 0, 10),
        between(rng, 1, 5) if rng.random() < 0.95 else None,
        rng.random() < 0.7,
        pick(rng, ("wanginya enak", "harga naik terus", "kemasan bagus", "sulit dicari"))
        if rng.random() < 0.5
        else None,
    )
