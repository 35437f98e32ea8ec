"""Workbooks of such tables in a folder, as `candid sandbox serve --workbooks` takes them."""

from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from openpyxl import Workbook

from candid_assets_tests.discovery.corpus_tables import TableWriter, Truth

TONGUES: Final = ("id", "en", "mixed")
_TITLES: Final = (
    *("Barang", "Kas", "Pegawai", "Nota", "Gudang", "Aset", "Kontrak"),
    *("Absen", "Sewa", "Retur", "Servis", "Ekspor"),
)


@dataclass(frozen=True)
class Book:
    """One workbook and what is true of its tabs."""

    name: str
    locale: str
    truths: tuple[Truth, ...]


def write_books(folder: Path, seed: int, books: int, tabs: int) -> list[Book]:
    """Write workbooks and return the truth about them; the same seed gives the same."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_book(folder, _random(seed, n), n, tabs) for n in range(books)]


def _random(seed: int, number: int) -> Random:
    return Random(f"{seed}/{number}")  # noqa: S311 - chance for a test


def _book(folder: Path, random: Random, number: int, tabs: int) -> Book:
    tongue = TONGUES[number % len(TONGUES)]
    book = Workbook()
    book.remove(book.worksheets[0])
    titles = random.sample(_TITLES, tabs)
    truths = [TableWriter(random, book.create_sheet(title), tongue).write() for title in titles]
    name = f"buku_{number}"
    book.save(folder / f"{name}.xlsx")
    return Book(name, "in_ID", tuple(truths))
