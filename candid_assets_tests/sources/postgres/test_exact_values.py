"""Every value of a database arrives in its clean table as an independent reader sees it."""

import json
from datetime import datetime
from typing import Any

import psycopg
import pytest

from candid_assets.settings import TIME_ZONE
from candid_assets_tests.postgres import PASSWORD
from candid_assets_tests.sources.installation import discovered
from candid_assets_tests.sources.postgres.orders_database import Database

COLUMNS: dict[str, tuple[str, str]] = {
    "ganda": ("float8", "0.1::float8 + 0.2 + n / 3::float8"),
    "luas": ("float8", "1e300::float8 * n"),
    "halus": ("float8", "5e-324::float8 * n"),
    "kurang": ("float8", "-0.0"),
    "tunggal": ("float4", "0.1::float4 + n"),
    "bebas": ("numeric", "12345678901234567890.1234567890123 + n"),
    "lebar": (
        "numeric(60,30)",
        "123456789012345678901234567890.123456789012345678901234567891 + n",
    ),
    "tepat": ("numeric(38,10)", "1234567890123456789012345678.0123456789 - n"),
    "besar": ("int8", "9223372036854775807 - n"),
    "uang": ("money", "1234567.89::numeric::money * n"),
    "saat": ("timestamp", "timestamp '2025-08-17 10:11:12.123456' + n * interval '1 us'"),
    "zona": ("timestamptz", "timestamptz '2025-08-17 20:11:12.5+00' + n * interval '1 h'"),
    "jam": ("time", "time '23:59:59.999999' - n * interval '1 us'"),
    "jam_zona": ("timetz", "timetz '10:11:12.5+07'"),
    "hari": ("date", "date '2025-08-17' + n"),
    "lama": ("interval", "interval '1 mon 2 days 03:04:05.000006' * n"),
    "sandi": ("uuid", "('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1' || n)::uuid"),
    "bita": ("bytea", "'\\x00ff10'::bytea"),
    "isi": ("jsonb", "jsonb_build_object('a', 12345678901234567890.10 + n, 'b', array['x'])"),
    "daftar": ("numeric[]", "array[0.10, 12345678901234567890.5 + n]"),
    "ukuran": ("float8[]", "array[0.1::float8 + 0.2, null]"),
    "warna": ("warna", "case when n % 2 = 0 then 'merah' else 'biru' end::warna"),
    "ya": ("bool", "n % 2 = 0"),
    "teks": ("text", "repeat(' ', n - 1) || E'a\\n'"),
    "tanda": ("bit(5)", "n::bit(5)"),
    "kurun": ("int4range", "int4range(n, n + 2)"),
}
TEXTS: dict[str, str] = {
    "lebar": "lebar::text",
    "lama": "lama::text",
    "jam_zona": "jam_zona::text",
    "sandi": "sandi::text",
    "bita": "bita::text",
    "isi": "isi::text",
    "daftar": "to_json(daftar)::text",
    "ukuran": "to_json(ukuran)::text",
    "kurun": "kurun::text",
    "tanda": "tanda::text",
    "uang": "uang::numeric",
}
"""Types that DuckDB lacks, as the database writes them."""


def same(arrived: Any, held: Any) -> bool:
    if isinstance(held, datetime) and held.tzinfo is not None:
        held = held.replace(tzinfo=None)
    return bool(arrived == held)


def test_every_type_arrives_as_the_database_holds_it(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    definitions = ", ".join(f"{name} {kind}" for name, (kind, _) in COLUMNS.items())
    values = ", ".join(value for _, value in COLUMNS.values())
    db.do(
        "create type warna as enum ('merah', 'biru')",
        f"create table ukuran (id int primary key, {definitions})",
        f"insert into ukuran select n, {values} from generate_series(1, 8) as n",
        "insert into ukuran (id) values (9)",
    )
    monkeypatch.setenv("CANDID_PASSWORD_BARU", PASSWORD)
    address = db.url.replace(f":{PASSWORD}@", "@")
    done = discovered(db.place, monkeypatch, address, "baru", "--tab", "ukuran")
    assert done.exit_code == 0, done.output
    assert db.place.run().succeeded, db.place.failures()
    types = {c.name: c.physical_type for c in db.place.catalog().tabs[0].columns}
    held = ", ".join(TEXTS.get(name, name) for name in COLUMNS)
    with psycopg.connect(db.url) as connection:
        connection.execute(f"set timezone = '{TIME_ZONE}'; set intervalstyle = 'iso_8601'")
        rows = connection.execute(f"select {held} from ukuran order by id").fetchall()
    columns = ", ".join("tunggal::varchar::double" if n == "tunggal" else n for n in COLUMNS)
    clean = db.place.query(f"select {columns} from clean.baru__ukuran order by id")
    wrong = [
        (name, arrived, value)
        for ours, theirs in zip(clean, rows, strict=True)
        for name, arrived, value in zip(COLUMNS, ours, theirs, strict=True)
        if not same(arrived, value)
    ]
    assert wrong == []
    assert (types["ganda"], types["tunggal"]) == ("DOUBLE", "FLOAT")
    assert json.loads(done.output.splitlines()[-1])["not_tables"] == []
