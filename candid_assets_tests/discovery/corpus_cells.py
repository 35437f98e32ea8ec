"""What stands in the columns of whole tables, as people type it, and the type of each."""

# A table of data: one line for each kind.
# ruff: noqa: E501

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, Final

from candid_assets_tests.discovery.corpus_columns import (
    GOODS,
    MONTHS_ID,
    PEOPLE,
    PLACES,
    SHORT_ID,
    grouped,
)


@dataclass
class Line:
    """One row of data while its cells are made."""

    random: Random
    number: int
    """Counted from 0 through the whole table."""
    group: int
    """How many sums or headings stand above it."""
    day: date
    balance: float = 0.0
    movement: float = 0.0
    price: float = 0.0
    count: int = 0


@dataclass(frozen=True)
class Cell:
    """One kind of cell."""

    type: str
    """The logical type; `amount` where integer and number say the same."""
    value: Callable[[Line], Any]
    show: Callable[[Any], Any] = lambda value: value
    closed: bool = False
    """Whether a list of its values is one that others follow."""

    @property
    def numeric(self) -> bool:
        return self.type in {"integer", "number", "amount"}


def _digits(random: Random, length: int) -> str:
    return str(random.randrange(10 ** (length - 1), 10**length))


def _money(line: Line) -> int:
    return line.random.randrange(4, 3000) * 500


def _debit(line: Line) -> float | None:
    line.movement = _money(line) * (1 if line.random.random() < 0.5 else -1)
    line.balance += line.movement
    return line.movement if line.movement > 0 else None


def _price(line: Line) -> float:
    line.price = line.random.choice((2500, 12000, 15500, 27000, 48000, 125000))
    return line.price


def _quantity(line: Line) -> int:
    line.count = line.random.randrange(1, 40)
    return line.count


def _of(*values: Any) -> Callable[[Line], Any]:
    return lambda line: line.random.choice(values)


def _long(day: date) -> str:
    return f"{day.day} {MONTHS_ID.split()[day.month - 1]} {day.year}"


def _short(day: date) -> str:
    return f"{day.day:02d}-{SHORT_ID.split()[day.month - 1]}-{day.year % 100}"


def _moment(line: Line) -> datetime:
    minutes = line.random.randrange(420, 1300)
    return datetime(line.day.year, line.day.month, line.day.day) + timedelta(minutes=minutes)  # noqa: DTZ001


def _dot(value: float) -> str:
    return grouped(value)


def _clock(line: Line) -> time:
    return time(line.random.randrange(6, 22), line.random.randrange(60))


CELLS: Final[dict[str, Cell]] = {
    # What things are called.
    "no": Cell("integer", lambda x: x.number + 1),
    "code": Cell("string", lambda x: f"BR-{x.number + 1:03d}"),
    "padded": Cell("string", lambda x: f"{x.number * 3 + 17:05d}"),
    "sku": Cell("string", lambda x: f"SKU{x.number % 9:02d}-{x.random.choice('SMLX')}"),
    "inv": Cell("string", lambda x: f"INV/{x.day:%y%m}/{x.number + 1:04d}"),
    "proof": Cell("string", lambda x: f"{x.random.choice(('BKM', 'BKK'))}-{x.number + 1:03d}"),
    "account": Cell("string", lambda x: f"{x.number % 6 + 1}-{1000 + x.number * 10}"),
    "acctnum": Cell("string", lambda x: 11010 + x.number * 10),
    "order": Cell("string", lambda x: _digits(x.random, 18)),
    "shopee": Cell("string", lambda x: f"{x.day:%y%m%d}{_digits(x.random, 4)}QXKJ"),
    "phone": Cell("string", lambda x: f"08{_digits(x.random, 10)}"),
    "phonenum": Cell("string", lambda x: int("62812" + _digits(x.random, 8))),
    "nik": Cell("string", lambda x: _digits(x.random, 16)),
    "npwp": Cell("string", lambda x: f"0{_digits(x.random, 1)}.{_digits(x.random, 3)}.{_digits(x.random, 3)}.1-{_digits(x.random, 3)}.000"),
    "rek": Cell("string", lambda x: _digits(x.random, 10)),
    "ean": Cell("string", lambda x: int("899" + _digits(x.random, 10))),
    "zip": Cell("string", lambda x: int(_digits(x.random, 5))),
    "nip": Cell("string", lambda x: f"19{_digits(x.random, 16)}"),
    "nis": Cell("string", lambda x: 21001 + x.number),
    "person": Cell("string", lambda x: f"{x.random.choice(PEOPLE)} {x.random.choice('ABCDEFGH')}."),
    "staff": Cell("string", _of(*PEOPLE)),
    "goods": Cell("string", lambda x: f"{x.random.choice(GOODS)} {x.random.choice(('A', 'B', 'Super', 'Eco'))}"),
    "item": Cell("string", lambda x: f"{x.random.choice(('Steel bolt', 'Paper', 'Mug', 'Cable', 'Stand'))} {x.random.choice(('M8', 'A4', 'XL', 'blue'))}"),
    "place": Cell("string", _of(*PLACES)),
    "unit": Cell("string", _of("pcs", "kg", "dus", "lusin"), closed=True),
    "kind": Cell("string", _of("Makanan", "Minuman", "Alat Tulis", "Elektronik"), closed=True),
    "job": Cell("string", _of("Staf", "Kasir", "Gudang", "Supir"), closed=True),
    "state": Cell("string", _of("Lunas", "Belum Lunas", "DP"), closed=True),
    "stage": Cell("string", _of("Open", "In progress", "Done", "Cancelled"), closed=True),
    "shipped": Cell("string", _of("Selesai", "Dikirim", "Batal", "Perlu Dikirim"), closed=True),
    "courier": Cell("string", _of("JNE Reguler", "SPX Standard", "J&T Express"), closed=True),
    "size": Cell("string", _of("S", "M", "L", "XL"), closed=True),
    "sex": Cell("string", _of("L", "P"), closed=True),
    "mark": Cell("string", _of("H", "H", "H", "S", "I", "A"), closed=True),
    "tick": Cell("string", _of("v", "v", "v", "-"), closed=True),
    "answer": Cell("string", _of("Sangat Setuju", "Setuju", "Netral", "Tidak Setuju"), closed=True),
    "opinion": Cell("string", _of("pelayanan cepat", "kurang bersih", "sudah bagus, pertahankan", "harga naik terus", "ok")),
    "text": Cell("string", _of("Beli ATK", "Penjualan tunai", "Bayar listrik", "Setor bank", "Bensin motor", "Konsumsi rapat", "Pelunasan nota", "Fotokopi")),
    "bank": Cell("string", lambda x: x.random.choice(("TRSF E-BANKING CR", "BIAYA ADM", "KARTU DEBIT", "SETORAN TUNAI", "BI-FAST DB")) + f" {_digits(x.random, 6)}"),
    "note": Cell("string", _of("lihat nota", "retur 2 pcs", "cek 12/3", "ok", "menunggu barang")),
    "mail": Cell("string", lambda x: f"user{x.number}@toko.co.id"),
    "addr": Cell("string", lambda x: f"Jl. Merdeka No. {x.number + 1}, {x.random.choice(PLACES)}"),
    "plate": Cell("string", lambda x: f"D {_digits(x.random, 4)} {x.random.choice(('AB', 'XY'))}"),
    "month": Cell("string", lambda x: MONTHS_ID.split()[x.number % 12], closed=True),
    "weekday": Cell("string", _of("Senin", "Selasa", "Rabu", "Kamis", "Jumat"), closed=True),
    "dims": Cell("string", lambda x: f"{x.random.randrange(9, 90)}x{x.random.randrange(9, 90)}"),
    "pack": Cell("string", _of("500 ml", "1 kg", "250 gr", "2 x 12")),
    "branch": Cell("string", lambda x: f"{x.random.choice((0, 998, 8110)):04d}"),
    "curve": Cell("string", _of("IDR", "USD", "SGD"), closed=True),
    # Quantities.
    "int": Cell("integer", lambda x: x.random.randrange(1, 900)),
    "qty": Cell("integer", _quantity),
    "zint": Cell("integer", lambda x: x.random.choice((0, 0, 1, 2, 3, 12))),
    "tint": Cell("integer", lambda x: x.random.randrange(1000, 90000), _dot),
    "year": Cell("integer", lambda x: x.random.randrange(2015, 2026)),
    "score": Cell("integer", lambda x: x.random.randrange(55, 100)),
    "money": Cell("amount", _money),
    "price": Cell("amount", _price),
    "total": Cell("amount", lambda x: x.price * x.count),
    "tmoney": Cell("amount", _money, _dot),
    "rp": Cell("amount", _money, lambda v: f"Rp {grouped(v)}"),
    "rptight": Cell("amount", _money, lambda v: f"Rp{grouped(v)},-"),
    "cents": Cell("amount", lambda x: _money(x) + x.random.randrange(1, 99) / 100, lambda v: grouped(v, 2)),
    "emoney": Cell("amount", lambda x: round(1000 + x.random.random() * 9000, 2), lambda v: grouped(v, 2, ",")),
    "usd": Cell("amount", lambda x: round(x.random.random() * 9000, 2), lambda v: f"${grouped(v, 2, ',')}"),
    "debit": Cell("amount", _debit),
    "credit": Cell("amount", lambda x: -x.movement if x.movement < 0 else None),
    "balance": Cell("amount", lambda x: x.balance),
    "tdebit": Cell("amount", _debit, _dot),
    "tcredit": Cell("amount", lambda x: -x.movement if x.movement < 0 else None, _dot),
    "tbalance": Cell("amount", lambda x: x.balance, _dot),
    "loss": Cell("amount", lambda x: _money(x) * x.random.choice((1, 1, -1)), lambda v: f"({grouped(-v)})" if v < 0 else grouped(v)),
    "dec": Cell("number", lambda x: x.random.randrange(1, 9000) / 100 + 0.001),
    "tdec": Cell("number", lambda x: x.random.randrange(1, 400) / 100, lambda v: f"{v:.2f}".replace(".", ",")),
    "rate": Cell("number", lambda x: round(x.random.random(), 3) + 0.0005),
    "tpct": Cell("number", lambda x: x.random.randrange(1, 99) + x.random.randrange(1, 9) / 10, lambda v: f"{v:.1f}%".replace(".", ",")),
    "pct": Cell("number", lambda x: x.random.randrange(1, 100), lambda v: f"{v:.0f}%"),
    "lat": Cell("number", lambda x: round(-6 - x.random.random(), 6)),
    "hours": Cell("number", lambda x: x.random.choice((0.5, 1.5, 2.25, 3.5, 0.75))),
    # Days and hours.
    "date": Cell("date", lambda x: x.day),
    "tdate": Cell("date", lambda x: x.day, lambda d: d.strftime("%d/%m/%Y")),
    "dashed": Cell("date", lambda x: x.day, lambda d: d.strftime("%d-%m-%Y")),
    "ldate": Cell("date", lambda x: x.day, _long),
    "sdate": Cell("date", lambda x: x.day, _short),
    "idate": Cell("date", lambda x: x.day, lambda d: d.isoformat()),
    "mdate": Cell("date", lambda x: x.day, lambda d: d.strftime("%m/%d/%Y")),
    "due": Cell("date", lambda x: x.day + timedelta(days=30)),
    "born": Cell("date", lambda x: date(1970, 1, 1) + timedelta(days=x.random.randrange(12000)), _long),
    "stamp": Cell("timestamp", _moment),
    "tstamp": Cell("timestamp", _moment, lambda m: m.strftime("%d/%m/%Y %H:%M:%S")),
    "istamp": Cell("timestamp", _moment, lambda m: m.strftime("%Y-%m-%d %H:%M")),
    "time": Cell("time", _clock),
    "dtime": Cell("time", _clock, lambda t: t.strftime("%H.%M")),
    # Yes and no.
    "bool": Cell("boolean", lambda x: x.random.random() < 0.6),
    "ya": Cell("boolean", _of("Ya", "Tidak")),
    "yn": Cell("boolean", _of("Y", "N")),
}  # fmt: skip

FAULTS: Final[dict[str, tuple[Any, ...]]] = {
    "integer": ("dua puluh", "12O", "ERROR", "#N/A (Did not find value in VLOOKUP evaluation.)"),
    "number": ("tiga koma lima", "1..5", "ERROR", "#DIV/0! (Function DIVIDE parameter 2 cannot be zero.)"),
    "amount": ("lima ratus ribu", "Rp 12.5oo", "ERROR", "#REF! (Reference does not exist.)"),
    "date": ("31/02/2025", "besok", "32 Januari 2025", "#VALUE! (DATE parameter 1 expects number values.)"),
    "timestamp": ("31/02/2025 10:00:00", "tadi pagi"),
    "time": ("25:70", "siang"),
    "string": ("#N/A (Did not find value in VLOOKUP evaluation.)", "#REF! (Reference does not exist.)"),
}  # fmt: skip
"""Cells that are no value of a column of a type."""
