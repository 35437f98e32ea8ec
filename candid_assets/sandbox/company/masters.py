"""The hub's master data: what every other part of the company points to."""

from datetime import date, timedelta
from random import Random

from candid_assets.sandbox.company import lists, words
from candid_assets.sandbox.company.hub import SKD, Masters, Product, mobile, person
from candid_assets.sandbox.company.value_lists import DAYS, ENUMS
from candid_assets.sandbox.company.values import DAYS_OF_YEAR, between, pick, stream


def build_masters(seed: int, scale: int) -> Masters:
    """Make the hub's tables and the keys that other parts use."""
    masters = Masters()
    _places(masters, stream(seed, "places"))
    _people(masters, stream(seed, "employees"), scale)
    _partners(masters, stream(seed, "partners"))
    _goods(masters, stream(seed, "goods"))
    _outlets(masters, stream(seed, "outlets"), scale)
    _books(masters)
    return masters


def _places(masters: Masters, rng: Random) -> None:
    zones = {"Kalimantan": "WITA", "Sulawesi": "WITA", "Bali Nusra": "WITA", "Papua Maluku": "WIT"}
    masters.tables["territories"] = [
        (
            f"{n:03d}",
            f"Area {town}",
            region,
            province,
            zones.get(region, "WIB"),
            f"{between(rng, 1, 40):06d}",
            between(rng, 250, 9000) * 1000,
        )
        for n, (town, province, region) in enumerate(words.CITIES, 1)
    ]
    kinds = (
        "Barang Jadi",
        "Barang Jadi",
        "Barang Jadi",
        "Bahan Baku",
        "Bahan Baku",
        "Retur",
        "Transit",
        "Transit",
    )
    masters.tables["warehouses"] = [
        (
            f"GD-{n:02d}",
            f"Gudang {kind} {n}",
            kind,
            words.CITIES[n - 1][0],
            between(rng, 5, 40) * 50,
            f"{between(rng, 41, 90):06d}",
            n < 8,
        )
        for n, kind in enumerate(kinds, 1)
    ]
    masters.tables["channels"] = list(lists.CHANNELS)
    masters.tables["units"] = [
        (code, name, base, factor, weight, "Dipakai gudang" if code in {"KTN", "PLT"} else None)
        for code, name, base, factor, weight in lists.UNITS
    ]
    masters.tables["calendar"] = [
        (
            day,
            DAYS[day.weekday()],
            min(53, (day.timetuple().tm_yday + 8) // 7),
            day.month,
            f"Q{(day.month + 2) // 3}",
            day.weekday() < 5 and (day.month, day.day) not in lists.HOLIDAYS,
            (day.month, day.day) in lists.HOLIDAYS,
            lists.HOLIDAYS.get((day.month, day.day)),
        )
        for day in DAYS_OF_YEAR
    ]


def _people(masters: Masters, rng: Random, scale: int) -> None:
    titles = ("Staf", "Staf Senior", "Supervisor", "Manajer", "Operator")
    rows = masters.tables["employees"] = []
    for n in range(1, 300 * scale + 1):
        # Every fourth person sells and every fourth works in production; others go anywhere.
        home = 1 + between(rng, 1, 11) if n % 2 else 1 + (n // 2 % 2 == 0)
        department = f"DP{home:02d}"
        name, salary = person(rng), between(rng, 48, 120) * 100_000
        number, gone = f"{n:06d}", rng.random() < 0.04
        masters.employees.append((number, name, department, salary))
        rows.append(
            (
                number,
                name,
                pick(rng, ENUMS["gender"]),
                date(1968, 1, 1) + timedelta(days=between(rng, 0, 12500)),
                date(2008, 1, 1) + timedelta(days=between(rng, 0, 6000)),
                date(2025, 12, between(rng, 20, 31)) if gone else None,
                department,
                pick(rng, titles),
                None if n <= 5 else f"{between(rng, 1, 40):06d}",
                pick(rng, ("Tetap", "Tetap", "Kontrak", "Harian")),
                mobile(rng),
                f"{name.split()[0].lower()}.{n}@candid.example",
                salary,
                not gone,
            )
        )
    masters.departments = [f"DP{n:02d}" for n in range(1, len(lists.DEPARTMENTS) + 1)]
    masters.tables["departments"] = [
        (code, name, f"{n:03d}0", f"{n:06d}", between(rng, 5, 90), factory)
        for n, (code, (name, factory)) in enumerate(
            zip(masters.departments, lists.DEPARTMENTS, strict=True), 1
        )
    ]


def _partners(masters: Masters, rng: Random) -> None:
    rows = masters.tables["distributors"] = []
    for n in range(1, 25):
        name = "SKD Cahaya Jaya" if n == 1 else f"PT {pick(rng, words.COMPANIES)} {n}"
        area = between(rng, 1, 32)
        start = date(2022, 1, 1) + timedelta(days=between(rng, 0, 900))
        rows.append(
            (
                f"D{n:03d}",
                name,
                words.CITIES[area - 1][0],
                f"{area:03d}",
                mobile(rng),
                f"order{n}@distributor.example",
                f"{between(rng, 10**13, 9 * 10**13):015d}",
                start,
                date(start.year + 4, start.month, 28),
                between(rng, 4, 60) * 250_000_000,
                between(rng, 10, 40) / 200,
                n != 24,
            )
        )
    masters.distributors = [f"D{n:03d}" for n in range(1, 25)]
    masters.suppliers = [f"SUP-{n:03d}" for n in range(1, 61)]
    masters.tables["suppliers"] = [
        (
            code,
            f"PT {pick(rng, words.COMPANIES)} Kimia {n}",
            pick(rng, ENUMS["material_kind"]),
            pick(rng, words.CITIES)[0],
            mobile(rng),
            f"sales{n}@pemasok.example",
            pick(rng, (14, 30, 45, 60)),
            f"{between(rng, 10**13, 9 * 10**13):015d}",
            between(rng, 4, 20) / 4,
            rng.random() < 0.9,
        )
        for n, code in enumerate(masters.suppliers, 1)
    ]


def _goods(masters: Masters, rng: Random) -> None:
    rows = masters.tables["products"] = []
    for n in range(1, 121):
        category = ENUMS["category"][(n - 1) // 15]
        scent, (pack, weight) = words.SCENTS[(n - 1) % 15], words.PACKS[n % 6]
        price = between(rng, 60, 900) * 50
        life, sku = pick(rng, (540, 720, 1080)), f"CND-{n:03d}"
        masters.products.append(Product(sku, category, price, price * 6 // 10, life, weight))
        rows.append(
            (
                sku,
                f"{category} {scent} {pack}",
                category,
                pick(rng, ENUMS["brand"]),
                pack,
                weight,
                pick(rng, ("PCS", "BTL", "SCH", "TUB")),
                pick(rng, (12, 24, 36, 48)),
                price,
                life,
                f"0{between(rng, 10**12, 9 * 10**12)}",
                date(2015, 1, 1) + timedelta(days=between(rng, 0, 3500)),
                n % 30 != 0,
            )
        )
    masters.tables["price_list"] = [
        (
            item.sku,
            channel,
            round(item.price * factor / 50) * 50,
            pick(rng, (6, 12, 24, 48)),
            pick(rng, (0.025, 0.05, 0.075, 0.1, 0.125)),
            date(2025, 1, 1),
            date(2025, 12, 31) if rng.random() < 0.7 else None,
            channel != "DST",
        )
        for item in masters.products
        for channel, factor in (("GT", 1.1), ("MT", 1.15), ("ECM", 1.2), ("DST", 0.9))
    ]
    masters.materials = [f"RM-{n:03d}" for n in range(1, 151)]
    masters.tables["materials"] = [
        (
            code,
            f"{lists.MATERIALS[n % 15]} {n // 15 + 1}",
            pick(rng, ENUMS["material_kind"]),
            pick(rng, ("KG", "KG", "LTR", "ROL")),
            pick(rng, masters.suppliers),
            between(rng, 20, 2500) * 100,
            between(rng, 3, 45),
            between(rng, 100, 90000) / 8,
            rng.random() < 0.15,
        )
        for n, code in enumerate(masters.materials)
    ]


def _outlets(masters: Masters, rng: Random, scale: int) -> None:
    rows = masters.tables["outlets"] = []
    for n in range(1, 1500 * scale + 1):
        code, area = f"OUT-{n:05d}", between(rng, 1, 32)
        owner = person(rng)
        served = (SKD, pick(rng, masters.distributors[1:]), None)[n % 3]
        masters.outlets.append(code)
        if served is None:
            masters.direct_outlets.append(code)
        elif served == SKD:
            masters.skd_outlets.append(code)
        rows.append(
            (
                code,
                f"{pick(rng, words.SHOPS)} {owner.split()[0]} {n}",
                pick(rng, ("MT", "MNM", "ECM"))
                if served is None
                else pick(rng, ("GT", "APT", "KOP")),
                f"{area:03d}",
                served,
                f"Jl. {pick(rng, words.STREETS)} No. {between(rng, 1, 220)}",
                words.CITIES[area - 1][0],
                f"{between(rng, 10110, 99970):05d}",
                mobile(rng) if rng.random() < 0.9 else None,
                owner,
                between(rng, 0, 40) * 2_500_000,
                date(2012, 1, 1) + timedelta(days=between(rng, 0, 4700)),
                rng.random() < 0.95,
            )
        )


def _books(masters: Masters) -> None:
    rows = masters.tables["accounts"] = []
    for digit, kind, balance, names in lists.ACCOUNT_GROUPS:
        parent = f"{digit}-1000"
        rows.append((parent, f"{kind} (induk)", kind, balance, None, True))
        for n, name in enumerate(names, 1):
            code = f"{digit}-1{n:02d}0" if n < 90 else f"{digit}-2000"
            masters.accounts.append(code)
            if digit == "5":
                masters.expense_accounts.append(code)
            rows.append((code, name, kind, balance, parent, name != "Prive"))
