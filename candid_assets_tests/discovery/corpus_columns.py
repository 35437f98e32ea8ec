"""Columns as people fill them: headers, cells, and the type that a person would say they have."""

# A table of data: one line for each kind.
# ruff: noqa: E501

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

Cells = Callable[[Random, int], list[Any]]
PLACES = ("Bandung", "Jakarta Timur", "Solo", "Kab. Sleman", "Surabaya", "Medan")
PEOPLE = ("Budi", "Siti Aminah", "Agus P.", "Dewi", "Joko", "Maria", "Rudi H", "Hendra", "Ani")
GOODS = ("Beras 5kg", "Gula pasir", "Kopi Susu", "Telur ayam", "Minyak 2L", "Tepung", "Teh celup")
GOODS_EN = ("Widget A", "Steel bolt 10mm", "Paper A4", "Laptop stand", "USB cable 2m", "Mug")
MONTHS_ID = "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember"
SHORT_ID = "Jan Feb Mar Apr Mei Jun Jul Agu Sep Okt Nov Des"
DAYS_ID = "Senin Selasa Rabu Kamis Jumat Sabtu Minggu"


@dataclass(frozen=True)
class Kind:
    """One kind of column."""

    name: str
    type: str
    """The logical type; `amount` where integer and number say the same."""
    headers: tuple[str, ...]
    cells: Cells
    tongue: str = "both"
    sums: bool = False
    """Whether a total row has a figure here."""


def _each(make: Callable[[Random, int], Any]) -> Cells:
    return lambda random, count: [make(random, n) for n in range(count)]


def grouped(value: float, places: int = 0, dot: str = ".") -> str:
    """Return a number with groups of three, in Indonesian notation unless told."""
    text = f"{value:,.{places}f}"
    return text if dot == "," else text.replace(",", "_").replace(".", ",").replace("_", ".")


def _day(random: Random) -> date:
    return date(2023, 1, 1) + timedelta(days=random.randrange(1000))


def _days(spell: Callable[[date], Any]) -> Cells:
    def cells(random: Random, count: int) -> list[Any]:
        days = [_day(random) for _ in range(count)]
        if random.random() < 0.5:
            days.sort()
        return [spell(day) for day in days]

    return cells


def _long_id(day: date) -> str:
    return f"{day.day} {MONTHS_ID.split()[day.month - 1]} {day.year}"


def _short_id(sign: str, figures: int) -> Callable[[date], str]:
    return lambda d: sign.join(
        (f"{d.day:02d}", SHORT_ID.split()[d.month - 1], str(d.year)[-figures:])
    )


def _mixed_dates(random: Random, count: int) -> list[Any]:
    ways = (lambda d: d, lambda d: d.strftime("%d/%m/%Y"), _long_id, _short_id("-", 2))
    return [random.choice(ways)(_day(random)) for _ in range(count)]


def _mixed_amounts(random: Random, count: int) -> list[Any]:
    def one() -> Any:
        value = random.randrange(1, 4000) * 500
        ways = (value, value, f"Rp {grouped(value)}", grouped(value), f"Rp{grouped(value)},-")
        return random.choice(ways)

    return [one() for _ in range(count)]


def _digits(random: Random, length: int) -> str:
    return str(random.randrange(10 ** (length - 1), 10**length))


def _moment(random: Random) -> datetime:
    return datetime(2024, 1, 1) + timedelta(minutes=random.randrange(500_000))  # noqa: DTZ001


def _clock(random: Random) -> time:
    return time(random.randrange(6, 22), random.randrange(60))


def _npwp(random: Random, _: int) -> str:
    return f"0{_digits(random, 1)}.{_digits(random, 3)}.{_digits(random, 3)}.1-{_digits(random, 3)}.000"


def _choice(*values: Any) -> Cells:
    return _each(lambda r, n: values[n] if n < len(values) else r.choice(values))


def _price(random: Random) -> int:
    return random.randrange(4, 3000) * 500


def _sparse(text: Cells, share: float) -> Cells:
    def cells(random: Random, count: int) -> list[Any]:
        texts = text(random, count)
        return [v if n == 0 or random.random() < share else None for n, v in enumerate(texts)]

    return cells


def _dashed(inner: Cells, word: str) -> Cells:
    def cells(random: Random, count: int) -> list[Any]:
        return [word if random.random() < 0.15 else v for v in inner(random, count)]

    return cells


_WHOLE: Cells = _each(lambda r, _: r.randrange(1, 900))
_AMOUNT: Cells = _each(lambda r, _: _price(r))

KINDS: tuple[Kind, ...] = (
    # What things are called.
    Kind("counter", "integer", ("No", "No.", "NO", "#", "Nomor"), _each(lambda _, n: n + 1)),
    Kind(
        "padded code", "string", ("Kode Barang", "Kode", "SKU", "KD BRG", "Item Code"),
        _each(lambda r, n: f"{n * 7 + r.randrange(7):05d}"),
    ),
    Kind(
        "letter code", "string", ("Kode Produk", "ID", "Product ID", "Kode Toko", "Asset Tag"),
        _each(lambda r, n: f"BR-{n + 1:03d}{r.choice('ABC')}"),
    ),
    Kind(
        "invoice", "string", ("No. Faktur", "No Invoice", "Nomor Nota", "Invoice #", "PO Number"),
        _each(lambda r, n: f"INV/2024/{r.randrange(1, 13):02d}/{n:04d}"),
    ),
    Kind(
        "account", "string", ("Kode Rekening", "Kode Akun", "COA", "Account"),
        _each(lambda r, n: f"5.1.{r.randrange(1, 4):02d}.{n % 90 + 1:02d}.{r.randrange(1, 99):02d}"),
    ),
    Kind(
        "ledger", "string", ("No Akun", "Akun", "Acct No"),
        _each(lambda r, n: f"{r.randrange(1, 6)}-{1000 + n * 10}"),
    ),
    Kind("nik", "string", ("NIK", "No. KTP", "NIK Karyawan"), _each(lambda r, _: _digits(r, 16))),
    Kind("npwp", "string", ("NPWP", "No. NPWP"), _each(_npwp)),
    Kind(
        "mobile", "string", ("No. HP", "Telepon", "WA", "Phone", "Kontak", "No Telp/HP"),
        _each(lambda r, _: f"08{_digits(r, 2)}-{_digits(r, 4)}-{_digits(r, 4)}"),
    ),
    Kind(
        "plain mobile", "string", ("HP", "No HP", "Mobile", "No. Telp"),
        _each(lambda r, _: f"08{_digits(r, 10)}"),
    ),
    Kind(
        "number mobile", "string", ("No. WA", "Phone Number", "Telp"),
        _each(lambda r, _: int("628" + _digits(r, 10))),
    ),
    Kind(
        "barcode", "string", ("Barcode", "EAN", "UPC"),
        _each(lambda r, _: int("899" + _digits(r, 10))),
    ),
    Kind(
        "bank account", "string", ("No. Rekening", "Rekening", "Nomor Rekening"),
        _each(lambda r, _: _digits(r, 10)),
    ),
    Kind(
        "postcode", "string", ("Kode Pos", "Kodepos", "Postal Code", "ZIP"),
        _each(lambda r, _: int(_digits(r, 5))),
    ),
    Kind(
        "plate", "string", ("No. Polisi", "Nopol", "Plat"),
        _each(lambda r, _: f"D {_digits(r, 4)} {r.choice(('AB', 'XY', 'F'))}"),
    ),
    Kind("address", "string", ("Alamat", "Address"), _each(
        lambda r, n: f"Jl. Merdeka No. {n + 1}, {r.choice(PLACES)}"
    )),
    Kind("person", "string", ("Nama", "Nama Karyawan", "PIC", "Sales", "Full Name", "Kasir"),
         _choice(*PEOPLE)),
    Kind("goods", "string", ("Nama Barang", "Produk", "Uraian", "Nama Item"), _choice(*GOODS), "id"),
    Kind("goods en", "string", ("Item", "Product", "Description"), _choice(*GOODS_EN), "en"),
    Kind("place", "string", ("Kota", "Cabang", "Lokasi", "City", "Branch"), _choice(*PLACES)),
    Kind("unit", "string", ("Satuan", "Unit", "UOM"), _choice("pcs", "kg", "dus", "lusin")),
    Kind("size", "string", ("Ukuran", "Size"), _choice("S", "M", "L", "XL")),
    Kind("gender", "string", ("L/P", "JK", "Gender"), _choice("L", "P")),
    Kind("weight text", "string", ("Kemasan", "Berat/Isi", "Pack"), _choice("500 ml", "1 kg", "250 gr", "2 x 12")),
    Kind("span text", "string", ("Usia", "Age group", "Rentang"), _choice("17-25", "26-35", "36-45", ">45")),
    Kind("month name", "string", ("Bulan", "Periode"), _choice(*MONTHS_ID.split()), "id"),
    Kind("quarter", "string", ("Triwulan", "Quarter", "Qtr"), _choice("Q1", "Q2", "Q3", "Q4")),
    Kind("state", "string", ("Status", "Ket. Bayar"), _choice("Lunas", "Belum Lunas", "DP", "Batal")),
    Kind("state en", "string", ("Status", "Stage"), _choice("Open", "In progress", "Done"), "en"),
    Kind("mail", "string", ("Email", "E-mail"), _each(lambda r, n: f"user{n}@toko.co.id")),
    Kind("remark", "string", ("Keterangan", "Catatan", "Ket", "Notes", "Remarks"), _sparse(
        _choice("retur 2 pcs", "lihat nota", "OK", "menunggu barang dari gudang", "cek 12/3"), 0.3)),
    Kind("version", "string", ("Versi", "Version"), _each(lambda r, n: f"v{r.randrange(3)}.{n}.{r.randrange(9)}")),
    Kind("sizes", "string", ("Dimensi", "Ukuran (cm)", "Dimension"), _each(lambda r, _: f"{r.randrange(9, 90)}x{r.randrange(9, 90)}")),
    Kind("muddle", "string", ("Hasil", "Isi", "Value", "Jawaban"), _choice(12, "baik", "3,5", "-", "tidak tahu", 88, "Selasa")),
    Kind("batch", "string", ("Batch", "Lot", "No. Batch"), _each(lambda r, n: f"{r.randrange(100, 366)}{r.choice('AB')}{n:02d}")),
    Kind("long id", "string", ("ID Transaksi", "Order ID", "Ref"), _each(lambda r, _: _digits(r, 18))),
    # Quantities.
    Kind("count", "integer", ("Qty", "Jumlah", "Stok", "Quantity", "Stok Akhir", "Units"), _WHOLE, sums=True),
    Kind("dashed count", "integer", ("Masuk", "Keluar", "Retur", "In stock"), _dashed(_WHOLE, "-"), sums=True),
    Kind("sparse count", "integer", ("Lembur", "Retur pcs", "Overtime"), _sparse(_WHOLE, 0.4)),
    Kind("text count", "integer", ("Terjual", "Vol", "Qty Terjual"), _each(lambda r, _: grouped(r.randrange(1000, 90000))), "id", True),
    Kind("year", "integer", ("Tahun", "Year", "Thn"), _each(lambda r, _: r.randrange(2015, 2026))),
    Kind("shift", "integer", ("Shift", "Line"), _choice(1, 2, 3)),
    Kind("amount", "amount", ("Harga", "Harga Satuan", "Total Harga", "Price", "Gaji Pokok", "Nominal"), _AMOUNT, sums=True),
    Kind("text amount", "amount", ("Omzet", "Jumlah (Rp)", "Saldo", "Tagihan"), _each(lambda r, _: grouped(_price(r))), "id", True),
    Kind("cents", "amount", ("Saldo Akhir", "Nilai", "Total (Rp)"), _each(lambda r, _: grouped(_price(r) + r.randrange(1, 99) / 100, 2)), "id", True),
    Kind("rp", "amount", ("HARGA JUAL", "Biaya", "Pembayaran"), _each(lambda r, _: f"Rp {grouped(_price(r))}"), "id", True),
    Kind("rp tight", "amount", ("Harga Beli", "Modal"), _each(lambda r, _: f"Rp{grouped(_price(r))},-"), "id", True),
    Kind("rp cents", "amount", ("Upah", "Iuran"), _each(lambda r, _: f"Rp{grouped(_price(r), 2)}"), "id", True),
    Kind("thousands", "amount", ("Harga (rb)", "Ongkir"), _choice("25rb", "17,5 rb", "100rb", "35 ribu"), "id"),
    Kind("millions", "amount", ("Anggaran", "Target Omzet"), _choice("1,5jt", "2 jt", "12,25 juta", "3jt"), "id"),
    Kind("mixed amount", "amount", ("Bayar", "Total", "Sub Total", "Dibayar"), _mixed_amounts, "id", True),
    Kind("negatives", "amount", ("Selisih", "Laba/Rugi"), _each(lambda r, _: f"({grouped(_price(r))})" if r.random() < 0.4 else grouped(_price(r))), "id", True),
    Kind("usd", "amount", ("Amount", "Total (USD)", "Unit Price", "Revenue"), _each(lambda r, _: f"${grouped(r.random() * 9000, 2, ',')}"), "en", True),
    Kind("english text", "amount", ("Net Sales", "Balance", "Cost"), _each(lambda r, _: grouped(1000 + r.random() * 9000, 2, ",")), "en", True),
    Kind("idr english", "amount", ("Amount (IDR)", "Fee"), _each(lambda r, _: f"IDR {grouped(_price(r), 0, ',')}"), "en", True),
    Kind("decimal", "number", ("Berat (kg)", "Rata-rata", "Weight", "Skor"), _each(lambda r, _: round(r.random() * 90, 2) + 0.01)),
    Kind("text decimal", "number", ("Bobot", "Nilai Akhir", "IPK"), _each(lambda r, _: f"{r.random() * 4:.2f}".replace(".", ",")), "id"),
    Kind("latitude", "number", ("Latitude", "Lat"), _each(lambda r, _: round(-6 - r.random(), 6))),
    Kind("percent", "number", ("%", "Margin", "Persentase", "Growth"), _each(lambda r, _: round(r.random(), 3) + 0.0005)),
    Kind("text percent", "number", ("Diskon", "% Capaian", "Kontribusi"), _each(lambda r, _: f"{r.randrange(1, 99)},{r.randrange(1, 9)}%"), "id"),
    Kind("whole percent", "number", ("Disc", "Progress", "Completion"), _each(lambda r, _: f"{r.randrange(1, 100)}%")),
    # Days and hours.
    Kind("date", "date", ("Tanggal", "Tgl", "Date", "Tgl Masuk", "TGL."), _days(lambda d: d)),
    Kind("slashed", "date", ("Tanggal Transaksi", "Tgl Lahir", "Jatuh Tempo"), _days(lambda d: d.strftime("%d/%m/%Y")), "id"),
    Kind("short slashed", "date", ("Tgl Kirim", "Tgl. Bayar"), _days(lambda d: f"{d.day}/{d.month}/{d.year % 100}"), "id"),
    Kind("spelled", "date", ("Tanggal Lahir", "Tgl Surat"), _days(_long_id), "id"),
    Kind("weekday", "date", ("Hari/Tanggal", "Hari, Tgl"), _days(lambda d: f"{DAYS_ID.split()[d.weekday()]}, {_long_id(d)}"), "id"),
    Kind("short month", "date", ("Tgl Nota", "Tgl PO"), _days(_short_id("-", 2)), "id"),
    Kind("spaced month", "date", ("Tgl Produksi", "Exp"), _days(_short_id(" ", 4)), "id"),
    Kind("dotted", "date", ("Tgl Cetak", "Expired"), _days(lambda d: d.strftime("%d.%m.%Y"))),
    Kind("iso", "date", ("Created", "Order Date", "Start Date"), _days(lambda d: d.isoformat())),
    Kind("american", "date", ("Due Date", "Ship Date"), _days(lambda d: d.strftime("%m/%d/%Y")), "en"),
    Kind("english month", "date", ("Delivery", "End Date"), _days(lambda d: d.strftime("%b %d, %Y")), "en"),
    Kind("english day", "date", ("Hire Date", "Birthday"), _days(lambda d: d.strftime("%d-%b-%Y")), "en"),
    Kind("mixed date", "date", ("Tgl Terima", "Tanggal Order"), _mixed_dates, "id"),
    Kind("stamp", "timestamp", ("Timestamp", "Waktu", "Created At"), _each(lambda r, _: _moment(r))),
    Kind("text stamp", "timestamp", ("Waktu Input", "Tgl & Jam"), _each(lambda r, _: _moment(r).strftime("%d/%m/%Y %H.%M")), "id"),
    Kind("iso stamp", "timestamp", ("Updated", "Last Login"), _each(lambda r, _: _moment(r).strftime("%Y-%m-%d %H:%M:%S"))),
    Kind("clock", "time", ("Jam", "Jam Masuk", "Time"), _each(lambda r, _: _clock(r))),
    Kind("dotted clock", "time", ("Jam Pulang", "Pukul"), _each(lambda r, _: _clock(r).strftime("%H.%M")), "id"),
    Kind("text clock", "time", ("Mulai", "Selesai", "Start"), _each(lambda r, _: _clock(r).strftime("%H:%M"))),
    # Yes and no.
    Kind("checkbox", "boolean", ("Cek", "Done?", "Selesai?"), _each(lambda r, n: bool(n % 2) if n < 2 else r.random() < 0.5)),
    Kind("ya", "boolean", ("Aktif?", "Member", "Hadir"), _choice("Ya", "Tidak")),
    Kind("yes", "boolean", ("Active", "Paid"), _choice("Yes", "No"), "en"),
    Kind("y", "boolean", ("PPN", "Approved"), _choice("Y", "N")),
)  # fmt: skip
