"""Hostile files and answers beside healthy ones: each is reported, the healthy ones are all read.

Every folder and API holds healthy tables and one hostile one. Limits are set low where the attack
would otherwise have to be large itself.
"""

import gzip
import json
import os
import resource
import struct
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from candid_assets.contracts.catalog import Workbook
from candid_assets.settings import Settings
from candid_assets.sources.api import client
from candid_assets.sources.open_sources import Sources
from candid_assets.sources.protocol import Request
from candid_assets.sources.source_errors import SourceError
from candid_assets_tests.sources.api.orders_api import Api, api, body
from candid_assets_tests.sources.installation import Installation

__all__ = ["api"]

HEALTHY = ("baik1", "baik2", "baik3")
MOST_SECONDS = 30.0
MOST_BYTES = 500_000_000
TABLE = """name: {name}
physicalName: {title}
description: One row per id.
dataGranularityDescription: One row per id.
properties:
  - {{name: id, physicalName: id, logicalType: integer, primaryKey: true, description: Id.}}
"""
_SHEET = (
    '<?xml version="1.0" encoding="UTF-8"?>{before}<worksheet xmlns='
    '"http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData>'
    "{behind}</worksheet>"
)
SHEET, TEXTS, BOOK = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"
STYLES, RELATIONS = "xl/styles.xml", "xl/_rels/workbook.xml.rels"
WITH_TEXTS = (
    '<a><b Id="rId1" Type="/worksheet" Target="worksheets/sheet1.xml"/>'
    '<b Id="rId2" Type="/sharedStrings" Target="sharedStrings.xml"/></a>'
)


def xlsx(path: Path, changes: dict[str, bytes | str], level: int = 6) -> None:
    """Write a workbook with some parts replaced."""
    book = openpyxl.Workbook()
    book.active["A1"], book.active["A2"] = "id", 1
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        parts: dict[str, bytes | str] = {n: archive.read(n) for n in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, content in (parts | changes).items():
            archive.writestr(name, content)


def sheet(rows: str, before: str = "", behind: str = "") -> dict[str, bytes | str]:
    return {SHEET: _SHEET.format(rows=rows, before=before, behind=behind)}


def cell(address: str, value: str = "<v>1</v>", more: str = "") -> str:
    number = "".join(c for c in address if c.isdigit())
    return f'<row r="{number}"><c r="{address}"{more}>{value}</c></row>'


LAUGHS = "<!DOCTYPE x [<!ENTITY a0 'ha'>" + "".join(
    f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12)
)
XXE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
INLINE = ' t="inlineStr"'


def lying_size(path: Path) -> None:
    """Write an archive whose directory says that a part is larger than it is."""
    xlsx(path, {})
    content = bytearray(path.read_bytes())
    at = content.rindex(b"PK\x01\x02")
    while at >= 0:
        content[at + 24 : at + 28] = struct.pack("<I", 3_000_000_000)
        at = content.rfind(b"PK\x01\x02", 0, at)
    path.write_bytes(content)


def damaged_parquet(path: Path, place: int, byte: int) -> None:
    pq.write_table(pa.table({"id": list(range(1000))}), path)
    content = bytearray(path.read_bytes())
    content[place] = byte
    path.write_bytes(content)


def parquet_of(table: pa.Table, **how: Any) -> Callable[[Path], None]:
    return lambda path: pq.write_table(table, path, **how)


def written(content: bytes) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_bytes(content)

    return write


def of_xlsx(changes: dict[str, bytes | str]) -> Callable[[Path], None]:
    return lambda path: xlsx(path, changes)


def bomb(path: Path) -> None:
    xlsx(path, sheet(cell("A1", "<is><t>" + "a" * 100_000_000 + "</t></is>", INLINE)), 1)


def long_parquet_texts(path: Path) -> None:
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 40_000, pa.int32()), ["x" * 900_000])
    pq.write_table(pa.table({"id": texts}), path)


FILES: dict[str, Callable[[Path], None]] = {
    "corner.xlsx": of_xlsx(sheet(cell("XFD1048576"))),
    "far-row.xlsx": of_xlsx(sheet(cell("A1") + cell("A999999999999"))),
    "far-column.xlsx": of_xlsx(sheet('<row r="1"><c r="XFD1"><v>1</v></c></row>')),
    "no-column.xlsx": of_xlsx(sheet('<row r="1"><c r="ZZZZZ1"><v>1</v></c></row>')),
    "unending-row-number.xlsx": of_xlsx(sheet('<row r="1e309"><c><v>1</v></c></row>')),
    "bomb.xlsx": bomb,
    "bomb-texts.xlsx": of_xlsx({TEXTS: b" " * 70_000_000, RELATIONS: WITH_TEXTS}),
    "bomb-styles.xlsx": of_xlsx({STYLES: b"<a/>" * 9_000_000}),
    "laughs.xlsx": of_xlsx(sheet(cell("A1", "<is><t>&a9;</t></is>", INLINE), LAUGHS + "]>")),
    "laughs-book.xlsx": of_xlsx({BOOK: LAUGHS + "]><workbook>&a9;</workbook>"}),
    "entity.xlsx": of_xlsx(sheet(cell("A1", "<is><t>&a;</t></is>", INLINE), XXE)),
    "entity-book.xlsx": of_xlsx({BOOK: XXE + "<workbook>&a;</workbook>"}),
    "nested-text.xlsx": of_xlsx(sheet(cell("A1", "<is>" + "<r>" * 90_000, INLINE))),
    "nested-whole.xlsx": of_xlsx(
        sheet(cell("A1", "<is>" + "<r>" * 5_000 + "<t>x</t>" + "</r>" * 5_000 + "</is>", INLINE))
    ),
    "many-parts.xlsx": of_xlsx(sheet('<row r="1">' + "<c/>" * 300_000 + "</row>")),
    "merges-over-merges.xlsx": of_xlsx(
        sheet(
            "".join(cell(f"A{n}") for n in range(1, 2_000)),
            behind="<mergeCells>" + '<mergeCell ref="A1:A1999"/>' * 20_000 + "</mergeCells>",
        )
    ),
    "text-out-of-range.xlsx": of_xlsx(sheet(cell("A1", "<v>99999999999</v>", ' t="s"'))),
    "number-of-digits.xlsx": of_xlsx(sheet(cell("A1", f"<v>{'9' * 100_000}</v>"))),
    "style-out-of-range.xlsx": of_xlsx(sheet(cell("A1", "<v>1</v>", ' s="-99999999999999"'))),
    "lying.xlsx": lying_size,
    "cut.xlsx": written(b"PK\x03\x04" + b"\0" * 200),
    "part-is-missing.xlsx": of_xlsx({"[Content_Types].xml": "", "xl/_rels/workbook.xml.rels": ""}),
    "upwards.xlsx": of_xlsx(
        {"_rels/.rels": '<a><b Id="1" Type="/officeDocument" Target="../../../etc/passwd"/></a>'}
    ),
    "wide.csv": written(b"a," * 1_000_000 + b"a\n"),
    "wide-quoted.csv": written(b'"a",' * 400_000 + b'"a"\n'),
    "one-field.csv": written(b"id\n" + b"x" * 3_000_000),
    "one-quoted-field.csv": written(b'id\n"' + b"x\n" * 1_500_000 + b'"\n'),
    "never-closed.csv": written(b'id\n"' + b"x,1\n" * 100_000),
    "zeros.csv": written(b"id\n1\n" + b"\0" * 1_000),
    "long-lines.csv": written((b"x" * 900_000 + b"\n") * 6 + b"y" * 2_100_000 + b"\n"),
    "bidi.csv": written("id\n\u202e1\x1b]0;owned\x07\n".encode()),
    "exponents.csv": written(b"id\n" + b"1e999999999\n" * 20 + b"9" * 300_000 + b"\n"),
    "surrogates.csv": written(b"\xff\xfe" + b"\x00\xd8" * 999),
    "bytes.csv": written(bytes(range(128, 256)) * 50),
    "commas.csv": written(b",,,,\n" * 100_000),
    "cut.parquet": written(b"PAR1" + b"\0" * 30),
    "footer.parquet": written(b"PAR1" + b"\xff" * 60 + struct.pack("<I", 2_000_000_000) + b"PAR1"),
    "thrift.parquet": written(b"PAR1" + b"\x19\xfc" * 30 + struct.pack("<I", 60) + b"PAR1"),
    "page.parquet": lambda path: damaged_parquet(path, 6, 0xFF),
    "size.parquet": lambda path: damaged_parquet(path, 8, 0x7F),
    "wide.parquet": parquet_of(pa.table({f"c{n}": [1] for n in range(1_200)})),
    "texts.parquet": long_parquet_texts,
    "long-text.parquet": parquet_of(pa.table({"id": ["x" * 2_000_000]})),
    "equal-names.parquet": parquet_of(pa.table([pa.array([1]), pa.array([2])], names=["id", "id"])),
    "no-columns.parquet": parquet_of(pa.table({})),
    "link.csv": lambda path: path.symlink_to("/etc/passwd"),
    "link-up.csv": lambda path: path.symlink_to("../rahasia.csv"),
    "link-folder.csv": lambda path: path.symlink_to("/etc"),
    "link-loop.csv": lambda path: path.symlink_to(path.name),
    "link-nowhere.csv": lambda path: path.symlink_to("hilang"),
    "link-device.csv": lambda path: path.symlink_to("/dev/zero"),
    "link.xlsx": lambda path: path.symlink_to("/etc/passwd"),
    "link.parquet": lambda path: path.symlink_to("/proc/self/mem"),
    "pipe.csv": os.mkfifo,
    "pipe.xlsx": os.mkfifo,
    "folder.parquet": lambda path: path.mkdir(),
}
MAY_BE_READ = {"bidi.csv", "exponents.csv", "bytes.csv", "commas.csv", "no-columns.parquet"}
MAY_BE_READ |= {"texts.parquet", "part-is-missing.xlsx", "style-out-of-range.xlsx"}
MAY_BE_READ |= {"equal-names.parquet"}
"""What is data to a reader, whatever a contract says of it."""


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Set low limits, and let no reading take long or much memory."""
    monkeypatch.setenv("CANDID_MAX_COLUMNS", "1000")
    monkeypatch.setenv("CANDID_MAX_CELLS", "5000000")
    monkeypatch.setenv("CANDID_MAX_TEXT", "1000000")
    monkeypatch.setenv("CANDID_MAX_ANSWER", "3000000")
    monkeypatch.setenv("CANDID_MAX_UNPACKED", "200000000")
    monkeypatch.setenv("CANDID_MAX_SECONDS", "12")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    began = time.monotonic()
    yield
    assert time.monotonic() - began < MOST_SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before < MOST_BYTES


def described(place: Installation, hostile: str) -> Workbook:
    for name, title in [*((n, n) for n in HEALTHY), ("jahat", hostile)]:
        place.table("sumber", name, TABLE.format(name=name, title=json.dumps(title)))
    (workbook,) = place.catalog().workbooks
    return workbook


def read(settings: Settings, workbook: Workbook) -> SourceError | None:
    """Return the error of the hostile table, after the healthy ones were all read."""
    with Sources(settings) as sources:
        extract = sources.extract(workbook, Request())
        for name in HEALTHY:
            tab = extract.tabs[name]
            assert not isinstance(tab, SourceError), tab
            assert tab.rows == 3
        hostile = extract.tabs["jahat"]
    return hostile if isinstance(hostile, SourceError) else None


def judged(error: SourceError | None, *, may_be_read: bool) -> None:
    assert may_be_read or error is not None
    if error is not None:
        assert error.code != "internal_error", error
        assert error.fix
        assert "root:" not in str(error)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.usefixtures("small")
def test_hostile_file_is_reported_and_the_healthy_ones_are_read(
    place: Installation, tmp_path: Path, name: str
) -> None:
    folder = tmp_path / "masuk"
    folder.mkdir()
    (tmp_path / "rahasia.csv").write_text("id\nrahasia\n")
    for healthy in HEALTHY:
        (folder / f"{healthy}.csv").write_text("id\n1\n2\n")
    FILES[name](folder / name)
    for path in folder.iterdir():
        os.utime(path, (1, 1), follow_symlinks=False)
    place.head("sumber", f"type: local, path: {folder}")
    title = name if name.startswith("folder") else Path(name).stem
    error = read(place.settings, described(place, title))
    judged(error, may_be_read=name in MAY_BE_READ)


@pytest.mark.usefixtures("small")
def test_sheet_whose_cells_are_far_apart_takes_the_memory_of_its_cells(
    place: Installation, tmp_path: Path
) -> None:
    folder = tmp_path / "masuk"
    folder.mkdir()
    for healthy in HEALTHY:
        (folder / f"{healthy}.csv").write_text("id\n1\n2\n")
    far = cell("A1", "<is><t>id</t></is>", INLINE) + cell("A2") + cell("CV49999")
    xlsx(folder / "jahat.xlsx", sheet(far))
    place.head("sumber", f"type: local, path: {folder}")
    before = pa.total_allocated_bytes()
    assert read(place.settings, described(place, "jahat")) is None
    assert pa.total_allocated_bytes() - before < 10_000_000


def test_answer_that_comes_a_byte_at_a_time_is_given_up_in_time(
    place: Installation, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANDID_MAX_SECONDS", "6")

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n[")
        with suppress(OSError):
            for _ in range(100):
                handler.wfile.write(b" ")
                time.sleep(0.1)

    api.answer = lambda path, *_: drip if path.endswith("/jahat") else GOOD
    place.head("sumber", f"type: api, location: '{api.url}/v1'")
    began = time.monotonic()
    error = read(place.settings, described(place, "jahat"))
    assert error is not None
    assert error.message.endswith("the answer was not complete after 0.5 seconds")
    assert time.monotonic() - began < 5


GOOD = body([{"id": 1}, {"id": 2}])
JSON = {"Content-Type": "application/json"}


def packed(content: bytes, times: int = 1) -> bytes:
    for _ in range(times):
        content = gzip.compress(content)
    return content


Answers = tuple[int, dict[str, str], bytes] | Callable[[str], tuple[int, dict[str, str], bytes]]
ANSWERS: dict[str, Answers] = {
    "nested lists": (200, JSON, b"[" * 3_000 + b"]" * 3_000),
    "nested objects": (200, JSON, b'{"a":' * 3_000 + b"1" + b"}" * 3_000),
    "nested without end": (200, JSON, b"[" * 1_000_000),
    "nested in records": (200, JSON, b'[{"id":' + b"[" * 900 + b"]" * 900 + b"}]"),
    "gzip bomb": (200, JSON | {"Content-Encoding": "gzip"}, packed(b" " * 60_000_000)),
    "gzip in gzip": (
        200,
        JSON | {"Content-Encoding": "gzip, gzip"},
        packed(b" " * 200_000_000, 2),
    ),
    "deflate bomb": (200, JSON | {"Content-Encoding": "deflate"}, zlib.compress(b" " * 60_000_000)),
    "no gzip": (200, JSON | {"Content-Encoding": "gzip"}, b"[1]"),
    "too large": (200, JSON, b"[" + b"1," * 2_000_000 + b"1]"),
    "long text": (200, JSON, json.dumps([{"id": "x" * 2_000_000}]).encode()),
    "wide record": (200, JSON, json.dumps([{f"k{n}": n for n in range(50_000)}]).encode()),
    "other keys": (200, JSON, json.dumps([{f"k{n}": n} for n in range(50_000)]).encode()),
    "number": (200, JSON, b"5"),
    "text": (200, JSON, b'"x"'),
    "null": (200, JSON, b"null"),
    "no content": (200, JSON, b""),
    "mixed": (200, JSON, b'[1, "a", null, [1], {"id": 1}]'),
    "NaN": (200, JSON, b'[{"id": NaN}, {"id": Infinity}]'),
    "exponent": (200, JSON, b'[{"id": 1e1000000000}, {"id": -1E-999999999}]'),
    "exponent total": (200, JSON, b'{"data": [{"id": 1}], "total": 1e1000000000}'),
    "digits": (200, JSON, b'[{"id": ' + b"9" * 100_000 + b"}]"),
    "digits total": (200, JSON, b'{"data": [{"id": 1}], "total": "' + b"9" * 100_000 + b'"}'),
    "half a character": (200, JSON, b'[{"id": "\\ud800"}]'),
    "no UTF-8": (200, JSON, b'[{"id": "\xff\xfe"}]'),
    "zeros": (200, JSON, b"\0" * 1_000),
    "quotes": (200, JSON, b'["' + b'\\"' * 1_000_000),
    "file": body({"data": [{"id": 1}], "next": "file:///etc/passwd"}),
    "other host": body({"data": [{"id": 1}], "next": "http://169.254.169.254/latest/meta-data"}),
    "other port": body({"data": [{"id": 1}], "next": "http://127.0.0.1:1/x"}),
    "other scheme": body({"data": [{"id": 1}], "next": "gopher://127.0.0.1/x"}),
    "no address": body({"data": [{"id": 1}], "next": "http://[::1"}),
    "no port": body({"data": [{"id": 1}], "next": "http://a:99999999/"}),
    "long address": body({"data": [{"id": 1}], "next": "/" + "x" * 100_000}),
    "object address": body({"data": [{"id": 1}], "next": {"href": ["javascript:1"]}}),
    "address of itself": body({"data": [{"id": 1}], "next": "/v1/jahat"}),
    "other pages": lambda n: body({"data": [{"id": n}], "next": f"/v1/jahat?page={n}"}),
    "redirect to a file": (302, {"Location": "file:///etc/passwd"}, b""),
    "redirect to another host": (302, {"Location": "http://example.com/"}, b""),
    "redirect to itself": (302, {"Location": "/v1/jahat"}, b""),
    "page": (200, {"Content-Type": "text/html"}, b"<html><title>Masuk</title>"),
    "error with a page": (404, {"Content-Type": "text/html"}, b"<html><title>No</title>"),
    "refusal": (401, JSON, b'{"error": "\x1b]0;owned\x07 no"}'),
    "error": (500, JSON, b'{"error": "boom"}'),
    "busy": (429, JSON | {"Retry-After": "0"}, b"{}"),
    "broken off": (0, {}, b""),
}
READ_AS_IT_IS = {"number", "text", "null", "mixed", "NaN", "exponent", "half a character"}


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.usefixtures("small")
def test_hostile_answer_is_reported_and_the_healthy_ones_are_read(
    place: Installation, api: Api, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(client, "ATTEMPTS", 1)
    monkeypatch.setattr(client, "GARBLED", replace(client.GARBLED, first_wait=0.01))
    answers = ANSWERS[name]
    asked = 0

    def answer(path: str, *_: Any) -> Any:
        nonlocal asked
        if not path.endswith("/jahat"):
            return GOOD
        asked += 1
        return answers(asked) if callable(answers) else answers

    api.answer = answer
    paging = "{property: pagination, value: next_url}, {property: mostPages, value: 30}"
    place.head("sumber", f"type: api, location: '{api.url}/v1', customProperties: [{paging}]")
    error = read(place.settings, described(place, "jahat"))
    judged(error, may_be_read=name in READ_AS_IT_IS)
    if name in ("error", "refusal"):
        assert error is not None
        assert ("boom" in error.message) or ("owned" in error.message)
        assert "\x1b" not in error.message
