"""One tab with a table on it: what surrounds the table, how its header stands, and the truth."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any, Final

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from candid_assets_tests.discovery.corpus_columns import KINDS, Kind

_TITLES: Final = {
    "id": ("LAPORAN PENJUALAN", "DAFTAR BARANG", "PT SINAR JAYA ABADI", "Rekap Stok Gudang",
           "Data Karyawan Tahun 2024", "BUKU KAS UMUM"),
    "en": ("SALES REPORT", "Stock list", "ACME Trading Ltd.", "Employee register 2024"),
}  # fmt: skip
_FACTS: Final = {
    "id": (("Periode", "Januari 2024"), ("Per tanggal :", date(2024, 1, 31)), ("Cabang", "Bandung"),
           ("Kurs USD", 15750), ("Dibuat oleh: Sari", None), ("Total omzet", 125000000)),
    "en": (("Period", "January 2024"), ("As of", date(2024, 1, 31)), ("Prepared by: Ann", None),
           ("Rate", 15750), ("Version 1.2", None)),
}  # fmt: skip
_GROUPS: Final = {"id": ("Gudang A", "Realisasi", "Semester 1", "Data Pribadi"),
                  "en": ("Warehouse", "Actual", "First half", "Personal")}  # fmt: skip
_TOTALS: Final = {
    "id": ("TOTAL", "Jumlah", "Grand Total", "Total Keseluruhan", "JUMLAH TOTAL"),
    "en": ("TOTAL", "Total", "Grand total", "Sum"),
}
_SUBTOTALS: Final = {"id": ("Sub Total", "Subtotal Minggu 1"), "en": ("Subtotal", "Sub total")}
_NOTES: Final = {
    "id": ("Catatan: harga belum termasuk PPN", "*) data sementara", "Sumber: bagian gudang",
           "Ket: L = lunas, B = belum"),
    "en": ("Note: prices exclude VAT", "* preliminary", "Source: warehouse team"),
}  # fmt: skip
_SIDE: Final = {"id": ("cek lagi ya", "warna kuning = retur", "tanya Budi"),
                "en": ("check again", "yellow = returned", "ask Ann")}  # fmt: skip
_UNITS: Final = {"integer": "(pcs)", "amount": "(Rp)", "number": "(%)"}


@dataclass
class Truth:
    """What a person would say of one tab."""

    title: str
    header_row: int
    header_rows: int
    types: dict[str, str]
    """Type of each column by its letter."""
    kinds: dict[str, str]
    traits: list[str] = field(default_factory=list)


class TableWriter:
    """Writes one table; every choice is the random generator's."""

    def __init__(self, random: Random, sheet: Worksheet, tongue: str) -> None:
        """Write to a sheet whose words are Indonesian (`id`), English (`en`) or both."""
        self.random, self.sheet = random, sheet
        self.words = tongue if tongue != "mixed" else random.choice(("id", "en"))
        self.tongue = tongue
        self.traits: list[str] = []
        self.row = self.first = self.header_line = 1

    def write(self) -> Truth:
        """Write the tab and return what is true of it."""
        random = self.random
        kinds = self._kinds()
        self.first = random.choice((1, 1, 1, 1, 2, 2, 3))
        self.row = random.choice((1, 1, 1, 2, 3))
        self._above(len(kinds))
        header_row = self.row
        rows = self._header(kinds)
        count = random.choice((4, 7, 12, 18, 25, 40, 60, 90))
        start = self.row
        self._body(kinds, count)
        self._below(kinds)
        self._beside(kinds, start, self.row)
        letters = [get_column_letter(self.first + n) for n in range(len(kinds))]
        return Truth(
            self.sheet.title, header_row, rows,
            dict(zip(letters, (k.type for k in kinds), strict=True)),
            dict(zip(letters, (k.name for k in kinds), strict=True)),
            self.traits,
        )  # fmt: skip

    def _chance(self, share: float, trait: str) -> bool:
        happens = self.random.random() < share
        if happens:
            self.traits.append(trait)
        return happens

    def _kinds(self) -> list[Kind]:
        fitting = [k for k in KINDS if self.tongue == "mixed" or k.tongue in ("both", self.tongue)]
        lead = [k for k in fitting if k.name == "counter"] if self.random.random() < 0.4 else []
        others = [k for k in fitting if k.name != "counter"]
        chosen = self.random.sample(others, self.random.randrange(3, 11))
        chosen.sort(key=lambda k: (k.type in _UNITS) + self.random.random() * 0.8)
        return lead + chosen

    def _put(self, row: int, place: int, value: Any, pattern: str | None = None) -> None:
        cell = self.sheet.cell(row, self.first + place, value)
        if pattern:
            cell.number_format = pattern

    def _above(self, width: int) -> None:
        """Write titles, facts about the report, and blank rows."""
        random = self.random
        if not self._chance(0.65, "title"):
            return
        for _ in range(random.choice((1, 1, 2, 3))):
            self._put(self.row, 0, random.choice(_TITLES[self.words]))
            if self._chance(0.4, "merged title"):
                self._merge(self.row, self.row, 0, width - 1)
            self.row += 1
        for label, value in random.sample(_FACTS[self.words], random.choice((0, 0, 1, 2, 3))):
            self.traits.append("facts")
            self._put(self.row, 0, label)
            self._put(self.row, random.choice((1, 2)), value)
            self.row += 1
        self.row += random.choice((0, 1, 1, 2))

    def _merge(self, first: int, last: int, left: int, right: int) -> None:
        self.sheet.merge_cells(
            start_row=first, end_row=last,
            start_column=self.first + left, end_column=self.first + right,
        )  # fmt: skip

    def _header(self, kinds: Sequence[Kind]) -> int:
        """Write the header and return how many rows it has."""
        random = self.random
        texts = [self._spelled(random.choice(kind.headers)) for kind in kinds]
        if self._chance(0.1, "blank header"):
            inner = random.randrange(1, len(texts) - 1)
            texts[inner] = ""
        rows = 1
        groups = self._grouped(kinds)
        if groups:
            self._two_rows(texts, groups)
            rows = 2
        else:
            for place, text in enumerate(texts):
                self._put(self.row, place, text or None)
            rows += self._units(kinds)
        if self._chance(0.25, "frozen"):
            self.sheet.freeze_panes = f"A{self.row + rows}"
        self.header_line = self.row + rows - 1
        self.row += rows
        if self._chance(0.06, "column numbers"):
            for place in range(len(kinds)):
                self._put(self.row, place, f"({place + 1})" if rows == 1 else place + 1)
            self.row += 1
        elif self._chance(0.06, "blank row under header"):
            self.row += 1
        return rows

    def _two_rows(self, texts: Sequence[str], groups: Sequence[tuple[int, int]]) -> None:
        for left, right in groups:
            self._put(self.row, left, self.random.choice(_GROUPS[self.words]))
            self._merge(self.row, self.row, left, right)
        down = self._chance(0.6, "merged down")
        covered = {n for left, right in groups for n in range(left, right + 1)}
        for place, text in enumerate(texts):
            inside = place in covered
            self._put(self.row + inside, place, text or None)
            if down and not inside:
                self._merge(self.row, self.row + 1, place, place)

    def _units(self, kinds: Sequence[Kind]) -> int:
        """Write units below the header; return how many rows that took."""
        units = {n: _UNITS[k.type] for n, k in enumerate(kinds) if k.type in _UNITS}
        if not units or not self._chance(0.08, "units"):
            return 0
        for place, unit in units.items():
            self._put(self.row + 1, place, unit)
        return 1

    def _grouped(self, kinds: Sequence[Kind]) -> list[tuple[int, int]]:
        if len(kinds) < 5 or not self._chance(0.2, "groups"):
            return []
        right = len(kinds) - 1
        left = right - self.random.choice((1, 2))
        first = [(left, right)]
        return [(left - 2, left - 1), *first] if left > 3 and self.random.random() < 0.5 else first

    def _spelled(self, text: str) -> str:
        way = self.random.random()
        if way < 0.25:
            return text.upper()
        if way < 0.3 and " " in text:
            return text.replace(" ", "\n", 1)
        return f"{text} " if way < 0.36 else text

    def _body(self, kinds: Sequence[Kind], count: int) -> None:
        random = self.random
        columns = [kind.cells(random, count) for kind in kinds]
        patterns = [_pattern(kind, random) for kind in kinds]
        subtotals = count > 12 and self._chance(0.12, "subtotals")
        sections = count > 12 and not subtotals and self._chance(0.08, "sections")
        blanks = count > 12 and self._chance(0.12, "blank rows")
        again = count > 30 and self._chance(0.08, "header again")
        for number in range(count):
            if number and number % 8 == 0:
                if subtotals:
                    self._total(kinds, columns, random.choice(_SUBTOTALS[self.words]))
                if sections:
                    self._put(self.row, 0, f"Bagian {number // 8}")
                    self.row += 1
                self.row += blanks
            if again and number == 25:
                for place in range(len(kinds)):
                    text = self.sheet.cell(self.header_line, self.first + place).value
                    self._put(self.row, place, text)
                self.row += 1
            for place, column in enumerate(columns):
                if column[number] is not None:
                    self._put(self.row, place, column[number], patterns[place])
            self.row += 1

    def _total(self, kinds: Sequence[Kind], columns: list[list[Any]], word: str) -> None:
        label = next((n for n, k in enumerate(kinds) if k.type == "string"), 0)
        self._put(self.row, 0 if self.random.random() < 0.7 else label, word)
        for place, kind in enumerate(kinds):
            if kind.sums and place not in (0, label):
                figures = [v for v in columns[place] if isinstance(v, int | float)]
                self._put(self.row, place, sum(figures) or columns[place][0])
        self.row += 1

    def _below(self, kinds: Sequence[Kind]) -> None:
        random = self.random
        if any(k.sums for k in kinds[1:]) and self._chance(0.4, "total"):
            self.row += random.choice((0, 0, 0, 1))
            columns = [[random.randrange(10**6)] for _ in kinds]
            self._total(kinds, columns, random.choice(_TOTALS[self.words]))
        if self._chance(0.25, "note below"):
            self.row += random.choice((0, 1, 2))
            self._put(self.row, 0, random.choice(_NOTES[self.words]))
            self.row += 1
        if self.words == "id" and self._chance(0.15, "signatures"):
            self.row += 2
            place = max(len(kinds) - 2, 0)
            for text in ("Bandung, 31 Januari 2024", "Mengetahui,", None, None, "(Hendra Wijaya)"):
                self._put(self.row, place, text)
                self.row += 1

    def _beside(self, kinds: Sequence[Kind], start: int, end: int) -> None:
        random = self.random
        if self._chance(0.15, "side notes"):
            place = len(kinds) + random.choice((0, 1, 2))
            for _ in range(random.choice((1, 2))):
                row = random.randrange(start, max(start + 1, end - 1))
                self._put(row, place, random.choice(_SIDE[self.words]))
        elif self._chance(0.08, "legend"):
            place = len(kinds) + random.choice((1, 2))
            for n, line in enumerate((("Kode", "Arti"), ("A", "Aktif"), ("B", "Batal"))):
                self._put(start + n, place, line[0])
                self._put(start + n, place + 1, line[1])


def _pattern(kind: Kind, random: Random) -> str | None:
    ways = {
        "date": ("dd/mm/yyyy", "d mmm yyyy", "yyyy-mm-dd", "dd-mmm-yy", "dddd, d mmmm yyyy"),
        "mixed date": ("dd/mm/yyyy",),
        "stamp": ("dd/mm/yyyy hh:mm", "yyyy-mm-dd hh:mm:ss"),
        "clock": ("hh:mm", "hh.mm"),
        "percent": ("0.0%",),
        "amount": ("#,##0", '"Rp"#,##0', "General"),
    }.get(kind.name)
    return random.choice(ways) if ways else None
