"""Tabs whose header is two to four rows deep, in shapes that public workbooks have.

A shape is written as its header's rows, cells divided by `|`: `<` is merged with the cell to its
left, `^` with the cell above it, and nothing is a blank. The body is one letter for each column.
"""

# One line for each row of a header.
# ruff: noqa: E501

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time, timedelta
from random import Random
from typing import Any, Final

from candid_assets_tests.discovery.kit import Sheet

_PEOPLE: Final = ("Budi", "Siti Aminah", "Agus P.", "Dewi", "Joko", "Maria", "Rudi H", "Ani")
_GOODS: Final = ("Beras 5kg", "Gula pasir", "Kopi", "Telur ayam", "Minyak 2L", "Tepung")
_BODY: Final[dict[str, tuple[str, Callable[[Random, int], Any]]]] = {
    "s": ("string", lambda r, n: r.choice(_PEOPLE)),
    "g": ("string", lambda r, n: r.choice(_GOODS)),
    "c": ("string", lambda r, n: f"BR-{n:03d}"),
    "k": ("string", lambda r, n: r.choice("HSIA")),
    "i": ("integer", lambda r, n: r.randrange(1, 900)),
    "q": ("integer", lambda r, n: n + 1),
    "n": ("number", lambda r, n: r.randrange(1, 9000) / 100 + 0.001),
    "m": ("amount", lambda r, n: r.randrange(4, 3000) * 500),
    "d": ("date", lambda r, n: date(2025, 1, 1) + timedelta(days=n)),
    "t": ("time", lambda r, n: time(r.randrange(6, 22), r.randrange(60))),
}

SHAPES: Final[dict[str, tuple[str, str]]] = {
    "stock card": ("Tanggal|No Bukti|Uraian|Masuk|<|<|Keluar|<|<|Saldo|<|<\n^|^|^|Qty|Harga|Jumlah|Qty|Harga|Jumlah|Qty|Harga|Jumlah", "dcgimmimmimm"),
    "payroll": ("No|Nama|Jabatan|Penghasilan|<|<|Potongan|<|Diterima\n^|^|^|Gaji Pokok|Tunjangan|Lembur|BPJS|PPh 21|^", "qssmmmmmm"),
    "attendance": ("No|NIK|Nama|Tanggal|<|<|<|<|Jumlah|<|<\n^|^|^|1|2|3|4|5|H|S|I", "qcskkkkkiii"),
    "units below groups": ("Tgl|Shift|Jenis|Qty|<|Harga|<|Total\n^|^|^|m2|bj|per m2|per bj|^", "diginmmm"),
    "words broken in two": ("Nama|Harga|Harga|Sisa|Ket\nBarang|Pokok|Jual|Stok|^", "gmmis"),
    "budget": ("Kode|Uraian|Anggaran|Realisasi|<|Sisa|<\n^|^|^|Rp|%|Rp|%", "cgmmnmn"),
    "marks in three rows": ("No|Nama Siswa|Nilai|<|<|<|Rata-rata\n^|^|Tugas|<|Ujian|<|^\n^|^|T1|T2|UTS|UAS|^", "qsiiiin"),
    "population": ("Kecamatan|Penduduk|<|<|Rumah Tangga|Kepadatan\n^|Laki-laki|Perempuan|Jumlah|^|(jiwa/km2)", "siiiin"),
    "machines": ("Tanggal|Mesin A|<|Mesin B|<|Total\n^|Baik|Reject|Baik|Reject|^", "diiiii"),
    "quarters": ("Produk|Triwulan I|<|<|Triwulan II|<|<|Total\n^|Jan|Feb|Mar|Apr|Mei|Jun|^", "gmmmmmmm"),
    "units in brackets": ("Kode|Berat|Suhu|Tekanan\n^|(kg)|(°C)|(bar)", "cnnn"),
    "english orders": ("Order ID|Customer|<|Shipping|<|Amount|<\n^|Name|City|Date|Cost|Net|Tax", "cssdnnn"),
    "years and halves": ("Region|2023|<|<|<|2024|<|<|<\n^|H1|<|H2|<|H1|<|H2|<\n^|Units|Sales|Units|Sales|Units|Sales|Units|Sales", "simimimim"),
    "loan": ("Bulan|Angsuran|<|<|Sisa Pinjaman\nKe|Pokok|Bunga|Total|^", "qmmmm"),
    "laboratory": ("Sampel|Tanggal|Hasil Uji|<|<|Keterangan\n^|^|pH|BOD|COD|^\n^|^|(-)|(mg/l)|(mg/l)|^", "cdnnns"),
    "words broken in three": ("No.|Nama|Tanggal|Tanggal|Lama\nUrut|Karyawan|Masuk|Keluar|Kerja\n||||(hari)", "qsddi"),
    "invoices": ("No|Faktur|<|Pelanggan|<|Nilai|<|<\n^|Nomor|Tanggal|Kode|Nama|DPP|PPN|Total", "qcdcsmmm"),
    "stock count": ("Kode|Nama Barang|Stok|<|Selisih|<\n^|^|Sistem|Fisik|Qty|Nilai (Rp)", "cgiiim"),
    "timetable": ("Trayek|Berangkat|<|Tiba|<\n^|Kota|Jam|Kota|Jam", "cstst"),
    "fuel": ("Tanggal|Nopol|Kilometer|<|BBM|<\n^|^|Awal|Akhir|Liter|Rp", "dciinm"),
    "weather": ("Tanggal|Suhu (°C)|<|<|Curah Hujan\n^|Min|Max|Rata-rata|(mm)", "dnnnn"),
    "fields": ("Desa|Luas (ha)|<|Produksi (ton)|<\n^|Tanam|Panen|Padi|Jagung", "snnnn"),
    "ledger": ("Tanggal|Ref|Keterangan|Debet|Kredit|Saldo|<\n^|^|^|^|^|Debet|Kredit", "dcsmmmm"),
    "students": ("No|NISN|Nama|L/P|Alamat|<|Orang Tua|<\n^|^|^|^|Jalan|Kota|Ayah|Ibu", "qcskssss"),
    "plan and result": ("Akun|2024|<|2025|<\n^|Anggaran|Realisasi|Anggaran|Realisasi", "cmmmm"),
    "vaccines": ("Puskesmas|Imunisasi|<|<|<|Total\n^|BCG|<|Polio|<|^\n^|L|P|L|P|^", "siiiii"),
    "weekdays": ("Nama|Senin|<|Selasa|<|Rabu|<\n^|Masuk|Pulang|Masuk|Pulang|Masuk|Pulang", "stttttt"),
    "names in the lower row": ("|Nama|Harga|Harga|\nNo|Barang|Beli|Jual|Stok", "qgmmi"),
    "campaigns": ("Campaign|Impressions|Clicks|Cost|<|Conversion|<\n^|^|^|IDR|USD|Count|Rate", "ciimnin"),
    "ponds": ("Kolam|Tebar|<|Panen|<|<|SR\n^|Tanggal|Ekor|Tanggal|Kg|Size|(%)", "cdidnin"),
    "four rows": ("Wilayah|Sasaran|<|<|<\n^|Lansia|<|Remaja|<\n^|Dosis 1|Dosis 2|Dosis 1|Dosis 2\n^|(orang)|(orang)|(orang)|(orang)", "siiii"),
    "all words": ("No|Nama|Kontak|<|Alamat|<\n^|^|Email|Atas Nama|Jalan|Kota", "qsssss"),
    "no number column": ("Nama Alat|Kondisi|<|Lokasi|<\n^|Awal|Akhir|Lantai|Ruang", "gkkss"),
    "sales by outlet": ("Tanggal|Outlet Dago|<|Outlet Buah Batu|<|Jumlah|<\n^|Trx|Omzet|Trx|Omzet|Trx|Omzet", "dimimim"),
    "shipping": ("No Resi|Pengirim|<|Penerima|<|Berat\n^|Nama|Kota|Nama|Kota|(kg)", "cssssn"),
    "group over all but one": ("Kode|Data Barang|<|<|<\n^|Nama|Satuan|Stok|Harga", "cgkim"),
    "two groups only": ("Identitas|<|<|Nilai|<\nNo|NIM|Nama|UTS|UAS", "qcsii"),
    "groups of one": ("Tanggal|Pemasukan|Pengeluaran|Saldo\n^|(Rp)|(Rp)|(Rp)", "dmmm"),
    "months as groups": ("Nama|Januari|<|Februari|<|Maret|<\n^|Target|Capai|Target|Capai|Target|Capai", "siiiiii"),
    "percent of group": ("Jenis|2024|<|2025|<|Naik/Turun\n^|Unit|%|Unit|%|^", "gininn"),
    "paving": ("Tanggal|Tipe|Ukuran|Produksi|<|Afkir|<|Sisa|<\n^|^|^|bj|m2|bj|m2|bj|m2", "dgcininin"),
    "wages": ("No|Nama|Hari|Upah|<|Bon|Sisa\n^|^|Kerja|Harian|Lembur|^|Bayar", "qsimmmm"),
    "upper words": ("NO.|NAMA BARANG|STOK AWAL|MUTASI|<|STOK AKHIR|KET.\n^|^|^|MASUK|KELUAR|^|^", "qgiiiis"),
    "long names": ("Nama Sekolah|Jumlah Peserta Didik Menurut Jenis Kelamin|<|<|Rasio Guru terhadap Murid\n^|Laki-laki|Perempuan|Total|^", "siiin"),
    "depth of three at one end": ("Tanggal|Shift|Hasil|<|<|<\n^|^|Baik|Cacat|<|Total\n^|^|^|Ringan|Berat|^", "diiiii"),
    "weights": ("Kandang|Umur|Populasi|Pakan|<|Bobot|<\n^|(hari)|(ekor)|Kg|Gr/ekor|Rata2|Std", "ciinnnn"),
    "receivables": ("Pelanggan|Umur Piutang|<|<|<|Total\n^|0-30|31-60|61-90|>90|^", "smmmmm"),
    "sizes": ("Artikel|Warna|Ukuran|<|<|<|Total\n^|^|S|M|L|XL|^", "cgiiiii"),
    "hours": ("Karyawan|Jam|<|Istirahat|<|Lembur\n^|Masuk|Pulang|Mulai|Selesai|(jam)", "sttttn"),
    "salary slips": ("NIP|Nama|Hari|Upah|Total\n^|Pegawai|Kerja|per Hari|Upah", "csimm"),
}  # fmt: skip
WAYS: Final = ("merged", "unmerged", "rough")
TITLES: Final = (
    (),
    (("LAPORAN BULANAN",),),
    (("PT MAJU JAYA",), ("Periode : Januari 2025",), ()),
)
"""What stands above the header: nothing, a title right above it, a form and a blank row."""


@dataclass(frozen=True)
class DeepTab:
    """A tab and what is true of it."""

    name: str
    sheet: Sheet
    header_row: int
    header_rows: int
    headers: tuple[str, ...]
    types: tuple[str, ...]


def deep_tabs(*, every: bool = False) -> list[DeepTab]:
    """Return the shapes as tabs: with their merges, without them, or with a body as people leave it.

    Args:
        every: Whether each shape stands in all three ways; else they take turns, as titles do.
    """
    return [
        _tab(name, number, way)
        for number, name in enumerate(SHAPES)
        for turn, way in enumerate(WAYS)
        if every or (number // len(TITLES) + number) % len(WAYS) == turn
    ]


def _tab(name: str, number: int, way: str) -> DeepTab:
    text, body = SHAPES[name]
    random = Random(name)  # noqa: S311 - chance for a test
    lines = [line.split("|") for line in text.split("\n")]
    above: list[list[Any]] = [list(row) for row in TITLES[number % len(TITLES)]]
    rows = [
        *above,
        *([cell if cell not in {"", "<", "^"} else None for cell in line] for line in lines),
    ]
    rows += [[_BODY[kind][1](random, n) for kind in body] for n in range(16)]
    if way == "rough":
        start = len(above) + len(lines)
        rows[start:] = _rough(random, rows[start:], body, numbered=number % 2 == 0)
    merges = tuple(_merges(lines, len(above))) if way != "unmerged" else ()
    return DeepTab(
        f"{name}, {way}",
        Sheet(rows, merges),
        len(above) + 1,
        len(lines),
        tuple(_header(lines, place) for place in range(len(body))),
        tuple(_BODY[kind][0] for kind in body),
    )


def _rough(random: Random, rows: list[list[Any]], body: str, *, numbered: bool) -> list[list[Any]]:
    """Return a body with blanks in it, a total below and a line that counts the columns above."""
    for place in range(2, len(body)):
        if random.random() < 0.5:
            for row in rows:
                row[place] = None if random.random() < 0.25 else row[place]
    total = [sum(row[p] or 0 for row in rows) if k in "im" else None for p, k in enumerate(body)]
    sums = [["Jumlah", *total[1:]]] if any(total[1:]) else []
    counted = [[str(n) for n in range(1, len(body) + 1)]] if numbered else []
    return [*counted, *rows, *sums]


def _header(lines: list[list[str]], place: int) -> str:
    """Return what a person calls a column: the words over it from the top."""
    words = []
    for line in lines:
        at = place
        while line[at] == "<":
            at -= 1
        if line[at] not in {"", "^"}:
            words.append(line[at])
    return " ".join(words)


def _merges(lines: list[list[str]], above: int) -> list[tuple[int, int, int, int]]:
    merges = []
    for row, line in enumerate(lines):
        for place, cell in enumerate(line):
            if cell in {"", "<", "^"}:
                continue
            right, down = place + 1, row + 1
            while right < len(line) and line[right] == "<":
                right += 1
            while down < len(lines) and lines[down][place] == "^":
                down += 1
            if right - place > 1 or down - row > 1:
                merges.append((above + row, above + down, place, right))
    return merges
