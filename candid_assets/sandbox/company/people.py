"""Payroll, attendance, leave, training and recruitment."""

from datetime import date, timedelta
from random import Random

from candid_assets.sandbox.company.hub import Masters, mobile, person
from candid_assets.sandbox.company.value_lists import ENUMS
from candid_assets.sandbox.company.values import (
    LAST_DAY,
    MONTH_STARTS,
    YEAR,
    Row,
    Table,
    Tables,
    between,
    clock,
    day_of_year,
    pick,
    stream,
)

COURSES = ("GMP Dasar", "K3 Umum", "Negosiasi", "Excel Lanjutan", "Leadership", "5R", "HACCP")


def people_tables(seed: int, scale: int, masters: Masters) -> Tables:
    """Make the tabs of the people department."""
    rng = stream(seed, "people")
    return {
        "payroll": _payroll(stream(seed, "payroll"), masters),
        "attendance": _attendance(stream(seed, "attendance"), scale, masters),
        "leave": [_leave(rng, n, masters) for n in range(1, 700 * scale + 1)],
        "training": [_course(rng, n, masters) for n in range(1, 500 * scale + 1)],
        "recruitment": [
            (
                f"RC-{n:04d}",
                person(rng),
                mobile(rng),
                pick(rng, masters.departments),
                day_of_year(rng),
                pick(rng, ENUMS["stage"]),
                pick(rng, ENUMS["recruit_source"]),
                between(rng, 45, 250) * 100_000 if rng.random() < 0.9 else None,
            )
            for n in range(1, 150 * scale + 1)
        ],
    }


def _payroll(rng: Random, masters: Masters) -> Table:
    accounts = {number: f"0{between(rng, 10**8, 9 * 10**8)}" for number, *_ in masters.employees}
    rows: Table = []
    for start in MONTH_STARTS:
        paid = date(YEAR, start.month, 25)
        for number, _, _, salary in masters.employees:
            allowance, overtime = salary // 10, between(rng, 0, 30) * 27_500
            deduction = salary * 3 // 100 + between(rng, 0, 8) * 12_500
            rows.append(
                (
                    start,
                    number,
                    salary,
                    allowance,
                    overtime,
                    deduction,
                    salary + allowance + overtime - deduction,
                    accounts[number],
                    paid,
                )
            )
    return rows


def _attendance(rng: Random, scale: int, masters: Masters) -> Table:
    staff = masters.staff("DP02")[: 80 * scale]
    weeks = [min(date(YEAR, 1, 5) + timedelta(days=7 * week), LAST_DAY) for week in range(52)]
    rows: Table = []
    for week in weeks:
        for number in staff:
            sick = 1 if rng.random() < 0.05 else 0
            absent = 1 if rng.random() < 0.02 else 0
            rows.append(
                (
                    week,
                    number,
                    6 - sick - absent,
                    sick,
                    absent,
                    between(rng, 0, 45),
                    clock(between(rng, 415, 470)),
                    between(rng, 0, 40) / 4,
                )
            )
    return rows


def _leave(rng: Random, n: int, masters: Masters) -> Row:
    start, days = day_of_year(rng), between(rng, 1, 6)
    return (
        f"CT-{n:05d}",
        pick(rng, masters.employees)[0],
        pick(rng, ENUMS["leave_kind"]),
        start,
        start + timedelta(days=days - 1),
        days,
        f"{between(rng, 1, 40):06d}",
        pick(rng, ("Disetujui", "Disetujui", "Disetujui", "Ditolak", "Menunggu")),
    )


def _course(rng: Random, n: int, masters: Masters) -> Row:
    score = between(rng, 160, 400) / 4
    return (
        f"TR-{n:04d}",
        pick(rng, masters.employees)[0],
        pick(rng, COURSES),
        day_of_year(rng),
        between(rng, 4, 48) / 2,
        score,
        between(rng, 2, 80) * 50_000,
        score >= 60,
    )
