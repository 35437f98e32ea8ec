"""A file that is not read is named with what to do, and never keeps the others from being read."""

import json
import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.datavalidation import DataValidation

from candid_assets.monitoring.doctor.sources import check_sources
from candid_assets.sources.open_sources import Sources
from candid_assets.sources.protocol import Request
from candid_assets_tests.sources.files.test_reader import (
    CLEAN,
    CSV,
    ROWS,
    SALES,
    SEEN,
    Folder,
    folder,
)
from candid_assets_tests.sources.installation import discovered

pytestmark = pytest.mark.slow

__all__ = ["folder"]


def edited(path: Path, part: str, pattern: str, replacement: str) -> None:
    """Change a part of an .xlsx file as another program would have written it."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    changed = re.sub(pattern, replacement, parts[part].decode(), count=1, flags=re.DOTALL)
    assert changed != parts[part].decode()
    parts[part] = changed.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


STYLES, SHEET, BOOK = "xl/styles.xml", "xl/worksheets/sheet1.xml", "xl/workbook.xml"
REFUSED_BY_OPENPYXL = {
    "empty fill": (STYLES, "<fills", "<fills><fill/></fills><ignored"),
    "font family": (STYLES, '<family val="2" ?/>', '<family val="99"/>'),
    "border": (STYLES, "<left ?/>", '<left style="wavy"/>'),
    "created": ("docProps/core.xml", ">[0-9T:Z-]{20}<", ">yesterday<"),
    "validation": (SHEET, 'type="list"', 'type="dropdown"'),
}


@pytest.mark.parametrize("fault", REFUSED_BY_OPENPYXL)
def test_xlsx_with_faults_beside_its_cells_is_read(folder: Folder, fault: str) -> None:
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    book.active.add_data_validation(DataValidation("list", formula1='"a,b"', sqref="A2:A9"))
    book.active["E1"] = "catatan"
    path = folder.path / "sales.xlsx"
    book.save(path)
    part, pattern, replacement = REFUSED_BY_OPENPYXL[fault]
    if fault == "empty fill":
        pattern, replacement = r"<fills.*?</fills>", '<fills count="1"><fill/></fills>'
    edited(path, part, pattern, replacement)
    with pytest.raises(Exception):  # noqa: B017, PT011 - whatever openpyxl raises
        openpyxl.load_workbook(path)
    folder.at_rest("sales.xlsx")
    assert folder.place.run().succeeded, folder.place.failures()
    assert folder.place.query(SEEN) == CLEAN


def _archive(part: str) -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(part, "x")
    return content.getvalue()


UNREADABLE = {
    "lama.xls": (b"\xd0\xcf\x11\xe0 old", "is a .xls file, which is not read"),
    "buku.ods": (b"PK\x03\x04", "is a .ods file, which is not read"),
    "rusak.xlsx": (b"PK\x03\x04 cut", "rusak.xlsx is not a readable .xlsx file"),
    "kunci.xlsx": (
        b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"),
        "kunci.xlsx is encrypted",
    ),
    "baris.jsonl": (b'{"a": 1}\n{"a"', "is a .jsonl file, which is not read"),
    "sales.csv.gz": (b"\x1f\x8b", "unpack it"),
    "dump": (b"x", "is a file without a suffix"),
    "kosong.xlsx": (b"", "kosong.xlsx is empty"),
    "arsip.xlsx": (_archive("surat.txt"), "is a .zip archive and no workbook"),
    "biner.xlsx": (_archive("xl/workbook.bin"), "is a binary workbook (.xlsb) under the name"),
    "laman.xlsx": (b"<html><table></table></html>", "is a web page or XML under the name .xlsx"),
    "teks.xlsx": (b"No;Nama\n1;Budi\n", "rename it to .csv"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_unreadable_file_is_named_by_discover_doctor_and_run(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    content, expected = UNREADABLE[name]
    folder.csv(CSV)
    folder.csv(content, name)
    assert folder.place.run().succeeded, folder.place.failures()
    ((said,),) = folder.place.query("select proposal from meta.undescribed_tables")
    assert expected in said
    assert folder.place.query(SEEN) == CLEAN
    with Sources(folder.place.settings) as sources:
        (book,) = folder.place.catalog().workbooks
        (title,) = sources.extract(book, Request()).unknown_titles
    assert name.startswith(title)
    note, ok = check_sources(folder.place.settings, folder.place.catalog())
    assert (note.state, ok.state) == ("note", "ok")
    assert expected in f"{note.what} {note.fix}"
    folder.csv("Kode;Nama\n" + "".join(f"{n};Toko {n}\n" for n in range(30)), "toko.csv")
    done = discovered(folder.place, monkeypatch, str(folder.path), "baru")
    summary = json.loads(done.output.splitlines()[-1])
    assert "toko" in {t["title"] for t in summary["tables"]}
    left_out = {item["title"]: item["reason"] for item in summary["not_tables"]}
    assert expected in left_out[title]


def test_documents_pictures_and_lock_files_are_no_tables(folder: Folder) -> None:
    folder.csv(CSV)
    for name in ("README.md", "logo.PNG", "~$sales.xlsx", ".DS_Store", "Thumbs.db", "surat.docx"):
        folder.csv("x", name)
    (only,) = check_sources(folder.place.settings, folder.place.catalog())
    assert only.state == "ok"


def test_folder_of_tables_inside_the_folder_is_named(folder: Folder) -> None:
    folder.csv(CSV)
    (folder.path / "2024").mkdir()
    (folder.path / "2024" / "sales.csv").write_text(CSV)
    (folder.path / "kosong").mkdir()
    note, _ = check_sources(folder.place.settings, folder.place.catalog())
    assert "2024 is a folder inside the folder" in note.what


def test_folder_inside_that_cannot_be_listed_is_named_and_the_files_are_read(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.csv(CSV)
    (folder.path / "rahasia").mkdir()
    listed = Path.iterdir

    def iterdir(path: Path) -> Iterator[Path]:
        if path.name == "rahasia":
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(Path, "iterdir", iterdir)
    assert folder.place.run().succeeded, folder.place.failures()
    assert folder.place.query(SEEN) == CLEAN
    note, _ = check_sources(folder.place.settings, folder.place.catalog())
    assert "rahasia is a folder inside the folder" in note.what


def test_member_of_a_family_whose_file_is_damaged_is_reported(folder: Folder) -> None:
    folder.place.table(
        "ekspor",
        "sales",
        SALES.format(title="penjualan").replace(
            "properties:",
            "customProperties: [{property: titlePattern, value: 'penjualan \\d+'}]\nproperties:",
            1,
        ),
    )
    folder.csv(CSV, "penjualan 1.csv")
    assert folder.place.run().succeeded
    folder.csv(b"PK\x03\x04 cut", "penjualan 2.xlsx")
    assert not folder.place.run().succeeded
    ((cause, message),) = folder.place.failures()
    assert cause == "file_damaged"
    assert "penjualan 2.xlsx is not a readable .xlsx file" in message


def test_sheet_of_a_damaged_file_is_reported_and_other_files_are_read(folder: Folder) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Jan"
    for row in ROWS:
        book.active.append(row)
    book.create_sheet("Lain")
    book.save(folder.path / "buku.xlsx")
    folder.at_rest("buku.xlsx")
    folder.contract("buku/Jan")
    folder.place.table("ekspor", "toko", SALES.format(title="toko").replace("sales", "toko"))
    folder.csv(CSV, "toko.csv")
    assert folder.place.run().succeeded, folder.place.failures()
    folder.csv(b"PK\x03\x04 cut", "buku.xlsx")
    folder.csv(CSV.replace("N2", "N3"), "toko.csv")
    assert not folder.place.run().succeeded
    ((cause, message),) = folder.place.failures()
    assert cause == "file_damaged"
    assert "buku.xlsx is not a readable .xlsx file" in message
    assert folder.place.query("select receipt from clean.ekspor__toko order by 1") == [
        ("N1",),
        ("N3",),
    ]
    assert folder.place.query(SEEN) == CLEAN


def test_source_that_is_one_damaged_file_is_reported_as_a_whole(folder: Folder) -> None:
    path = folder.csv(b"PK\x03\x04 cut", "buku.xlsx")
    folder.connect(path=path)
    assert not folder.place.run().succeeded
    ((cause, message),) = folder.place.failures()
    assert cause == "file_damaged"
    assert "workbook ekspor cannot be read" in message


def test_archive_that_python_refuses_to_open_is_a_damaged_file(folder: Folder) -> None:
    """The directory says that a later version of the format is needed, as one flipped bit does."""
    folder.xlsx(ROWS, "sales.xlsx")
    path = folder.path / "sales.xlsx"
    content = bytearray(path.read_bytes())
    content[content.rindex(b"PK\x01\x02") + 6] = 140
    path.write_bytes(content)
    with pytest.raises(NotImplementedError):
        zipfile.ZipFile(path)
    folder.at_rest("sales.xlsx")
    assert not folder.place.run().succeeded
    ((code, message),) = folder.place.failures()
    assert code == "file_damaged"
    assert "sales.xlsx" in message
