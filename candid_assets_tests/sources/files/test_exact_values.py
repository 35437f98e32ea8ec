"""Every value of a .parquet file arrives in its clean table as the file holds it."""

import json
import math
import struct
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from candid_assets.settings import ZONE
from candid_assets_tests.sources.files.test_reader import Folder
from candid_assets_tests.sources.installation import Installation, discovered

FLOATS = [0.1, 0.1 + 0.2, 1 / 3, 1e300, 5e-324, -1.5, 2.0**53 + 2, 19.99, 1e-7, 123456789.123456789]
SMALL = [struct.unpack("f", struct.pack("f", number))[0] for number in (0.1, 1 / 3, 1e30, -19.99)]
BIG = Decimal("12345678901234567890123456.123456789012")
WIDE = Decimal("1234567890123456789012345678901234567890.5")
MOMENT = datetime.fromisoformat("2025-08-17 10:11:12.123456")


COLUMNS: dict[str, tuple[pa.DataType, list[Any], Callable[[Any], Any]]] = {
    "ganda": (pa.float64(), FLOATS, lambda value: value),
    "tunggal": (pa.float32(), SMALL, lambda value: value),
    "setengah": (pa.float16(), [0.0999755859375, 65504.0], lambda value: value),
    "besar": (pa.uint64(), [2**64 - 1, 0], lambda value: value),
    "kecil": (pa.int64(), [-(2**63), 2**63 - 1], lambda value: value),
    "pecahan": (pa.decimal128(38, 12), [BIG, BIG.copy_negate()], lambda value: value),
    "lebar": (pa.decimal256(50, 1), [WIDE, WIDE.copy_negate()], lambda value: format(value, "f")),
    "panjang": (pa.decimal256(30, 2), [Decimal("0.10")], lambda value: value),
    "ya": (pa.bool_(), [True, False], lambda value: value),
    "hari": (pa.date32(), [date(1970, 1, 1), date(2025, 8, 17)], lambda value: value),
    "saat": (pa.timestamp("us"), [MOMENT], lambda value: value),
    "zona": (
        pa.timestamp("us", "UTC"),
        [MOMENT.replace(tzinfo=UTC)],
        lambda value: value.astimezone(ZONE).replace(tzinfo=None),
    ),
    "jam": (pa.time64("us"), [time(23, 59, 59, 999999)], lambda value: value),
    "teks": (pa.string(), ["", " a\n", "-", "0007", "TRUE", "1e5"], lambda value: value),
    "pilihan": (
        pa.dictionary(pa.int8(), pa.string()),
        ["merah", "biru", "merah"],
        lambda value: value,
    ),
    "bersarang": (
        pa.struct([("a", pa.int64()), ("b", pa.list_(pa.string()))]),
        [{"a": 2**62, "b": ["x", None]}],
        lambda _: '{"a": 4611686018427387904, "b": ["x", null]}',
    ),
    "daftar": (pa.list_(pa.int64()), [[2**62 + 1, None]], lambda _: "[4611686018427387905, null]"),
    "uang": (
        pa.list_(pa.decimal128(20, 2)),
        [[Decimal("123456789012345678.90")]],
        lambda _: "[123456789012345678.90]",
    ),
    "bita": (pa.binary(), [b"\x00\xff"], lambda _: "AP8="),
    "lama": (
        pa.duration("us"),
        [timedelta(days=2, microseconds=5)],
        lambda _: Decimal("172800.000005"),
    ),
}
ROWS = max(len(values) for _, values, _ in COLUMNS.values())


def filled(values: list[Any]) -> list[Any]:
    return [*values, *[None] * (ROWS - len(values))]


def table_of(columns: dict[str, tuple[pa.DataType, list[Any], Any]]) -> pa.Table:
    arrays = {name: pa.array(filled(v), kind) for name, (kind, v, _) in columns.items()}
    return pa.table({"id": pa.array(range(ROWS)), **arrays})


def test_every_type_arrives_as_the_file_holds_it(
    place: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Folder(place, tmp_path)
    folder.parquet(table_of(COLUMNS), "ukuran.parquet")
    done = discovered(folder.place, monkeypatch, str(folder.path), "baru", "--tab", "ukuran")
    assert done.exit_code == 0, done.output
    assert folder.place.run().succeeded, folder.place.failures()
    for name, (_, values, expected) in COLUMNS.items():
        query = f"select {name} from clean.baru__ukuran order by id"
        clean = [value for (value,) in folder.place.query(query)]
        wanted = [None if value is None else expected(value) for value in filled(values)]
        assert clean == wanted, name
    assert folder.place.query("select count(*) from quarantine.baru__ukuran") == [(0,)]


def test_float_that_is_no_number_is_kept_out_with_its_cell(
    place: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Folder(place, tmp_path)
    numbers = [n / 7 for n in range(20)]
    table = pa.table({"id": range(20), "suhu": [math.nan, math.inf, *numbers[2:]]})
    folder.parquet(table, "ukur.parquet")
    done = discovered(place, monkeypatch, str(folder.path), "baru", "--tab", "ukur")
    assert done.exit_code == 0, done.output
    (asked,) = [q for q in json.loads(done.output.splitlines()[-1])["questions"] if "NaN" in str(q)]
    assert asked["question"] == "Is NaN a blank in 'suhu'? 2 of its cells are no numbers."
    assert place.run().succeeded, place.failures()
    assert place.query("select suhu from clean.baru__ukur order by id") == [
        (number,) for number in numbers[2:]
    ]
    kept_out = "select _reasons::varchar from quarantine.baru__ukur"
    assert all("not_a_number" in reasons for (reasons,) in place.query(kept_out))


def test_columns_of_a_file_without_rows_have_the_types_of_its_schema(
    place: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Folder(place, tmp_path)
    types = {
        "tanggal": pa.string(),
        "kode": pa.int32(),
        "nama": pa.float64(),
        "harga": pa.bool_(),
        "jumlah": pa.timestamp("ms"),
        "catatan": pa.date32(),
        "keterangan": pa.decimal128(12, 4),
        "aktif": pa.uint64(),
        "nomor": pa.time32("s"),
        "berat": pa.float32(),
    }
    folder.parquet(pa.schema(types.items()).empty_table(), "kosong.parquet")
    done = discovered(place, monkeypatch, str(folder.path), "baru", "--tab", "kosong")
    assert done.exit_code == 0, done.output
    (tab,) = place.catalog().tabs
    assert {column.name: column.physical_type for column in tab.columns} == {
        "tanggal": "VARCHAR",
        "kode": "BIGINT",
        "nama": "DOUBLE",
        "harga": "BOOLEAN",
        "jumlah": "TIMESTAMP",
        "catatan": "DATE",
        "keterangan": "DECIMAL(12,4)",
        "aktif": "DECIMAL(20,0)",
        "nomor": "TIME",
        "berat": "FLOAT",
    }
