"""PostgreSQL databases, from the table to the published one, on a real server."""

import json
import threading
from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from candid_assets.monitoring.doctor.sources import check_sources
from candid_assets.source_kinds.registry import KINDS
from candid_assets.sources.growing_tables import holds_kinds
from candid_assets.sources.postgres import reader as postgres_source
from candid_assets.warehouse.landing import Landing
from candid_assets_tests.postgres import PASSWORD
from candid_assets_tests.sources.installation import Installation, discovered
from candid_assets_tests.sources.postgres.orders_database import CLEAN, ORDERS, SEEN, Database
from candid_assets_tests.wrong_clock import clock

pytestmark = pytest.mark.slow


def test_a_table_comes_through_and_its_keys_begin_with_postgres(db: Database) -> None:
    assert db.place.run().succeeded, db.place.failures()
    assert db.place.query(SEEN) == CLEAN
    assert f"{KINDS['postgresql'].layer}.gudang__orders" in db.place.built()


def test_reading_without_a_change_builds_nothing(db: Database) -> None:
    db.place.run()
    # Other rows on other pages of the disk, the same table.
    db.do("update orders set amount = amount", "cluster orders using orders_pkey")
    assert db.place.run().built == []


TYPES = {
    "numeric": ("123456789012345678901234567890.123456789", "m"),
    "numeric(12,2)": ("1250000.50", "m"),
    "int8": ("-9223372036854775808", "m"),
    "bool": ("TRUE", "b"),
    "date": ("2025-08-17", "d"),
    "timestamp": ("2025-08-17 10:11:12.123456", "s"),
    "time": ("10:11:12.5", "h"),
    "uuid": ("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "x"),
    "jsonb": ('{"a": [1, 2.50, null], "b": "ü"}', "x"),
    "json": ('{"a":1 , "a":2}', "x"),
    "int[]": ("[1,null,3]", "x"),
    "text[]": ('["a,b","\\"c\\""]', "x"),
    "bytea": ("\\x00ff10", "x"),
    "interval": ("P1DT2H", "x"),
    "inet": ("10.0.0.1/8", "x"),
    "text": (' a "quoted"\n; , line ', "x"),
}


def landed(db: Database) -> pa.Table:
    ((digest,),) = db.place.query(
        "select content_hash from meta.extracts order by number desc limit 1"
    )
    return Landing(db.place.settings.landing_dir).open("gudang", "orders", digest)


def test_every_type_is_landed_without_loss(db: Database) -> None:
    columns = ", ".join(f'"{name}" {name}' for name in TYPES)
    given = {"int[]": "{1,NULL,3}", "text[]": '{"a,b","\\"c\\""}', "interval": "1 day 2 hours"}
    values = [given.get(name, text) for name, (text, _) in TYPES.items()]
    db.do("drop table orders", f"create table orders (id int primary key, {columns})")
    with psycopg.connect(db.url) as connection:
        marks = ", ".join(f"%s::{name}" for name in TYPES)
        connection.execute(f"insert into orders values (1, {marks})", values)
        connection.execute("insert into orders (id, text) values (2, '')")
    db.contract()
    db.place.table(
        "gudang",
        "orders",
        ORDERS.format(title="orders", custom="").split("  - {name: amount")[0],
    )
    db.place.run()
    table = landed(db)
    rows = [list(row.values()) for row in table.to_pylist()]
    assert rows[0][2:] == ["id", *TYPES]
    assert rows[1][1] == "m" + "".join(kind for _, kind in TYPES.values())
    assert rows[1][3:] == [text for text, _ in TYPES.values()]
    # An empty text is not the same as none.
    assert rows[2][1] == "m" + "-" * (len(TYPES) - 1) + "x"
    assert rows[2][3:] == [None] * (len(TYPES) - 1) + [""]


@pytest.mark.parametrize(
    ("type_name", "written", "text"),
    [
        ("numeric", "NaN", "NaN"),
        ("float8", "Infinity", "Infinity"),
        ("float8", "NaN", "NaN"),
        ("date", "infinity", "infinity"),
        ("date", "0044-03-15 BC", "0044-03-15 BC"),
        ("timestamptz", "-infinity", "-infinity"),
    ],
)
def test_value_beyond_the_types_of_a_table_is_read_as_text(
    db: Database, type_name: str, written: str, text: str
) -> None:
    db.do(
        f"alter table orders add strange {type_name}",
        f"update orders set strange = '{written}' where id = 1",
    )
    db.place.run()
    row = landed(db).to_pylist()[1]
    assert (row["_kinds"][3], row["D"]) == ("x", text)


@pytest.mark.parametrize(
    ("written", "text"), [("1e20", "100000000000000000000"), ("1e-7", "0.0000001"), ("0.1", "0.1")]
)
def test_a_float_is_its_shortest_plain_text(db: Database, written: str, text: str) -> None:
    db.do("alter table orders add f float8", f"update orders set f = {written} where id = 1")
    db.place.run()
    row = landed(db).to_pylist()[1]
    assert (row["_kinds"][3], row["D"]) == ("m", text)


def test_all_tables_of_a_source_are_read_in_one_snapshot(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    db.do("create table totals (id int primary key, amount numeric, changed_at timestamptz)")
    db.do("insert into totals select 1, count(*), now() from orders")
    text = ORDERS.format(title="totals", custom="").replace("name: orders", "name: totals")
    db.place.table("gudang", "totals", text)
    real = postgres_source.key_of

    def meanwhile(connection: Any, table: Any) -> Any:
        if table.title == "totals":  # orders was read already
            db.do("insert into orders values (3, 1, now())", "update totals set amount = 3")
        return real(connection, table)

    monkeypatch.setattr(postgres_source, "key_of", meanwhile)
    assert db.place.run().succeeded
    assert db.place.query("select amount from clean.gudang__totals") == [(2,)]
    assert db.place.query("select count(*) from clean.gudang__orders") == [(2,)]


def test_reading_connection_cannot_write(db: Database) -> None:
    db.do(
        "create function bump() returns int language plpgsql as"
        " 'begin update orders set amount = 0; return 1; end'",
        "create view sly as select id, amount, changed_at from orders where bump() = 1",
    )
    db.contract("sly")
    db.place.run()
    ((cause, message),) = db.place.failures()
    assert cause == "server_error"
    assert "read-only transaction" in message


CURSOR = "{property: cursor, value: changed_at}, {property: overlap, value: 1 day}"


def test_only_new_rows_of_a_growing_table_are_read_and_it_stays_complete(db: Database) -> None:
    db.contract(custom=CURSOR)
    db.do(
        "insert into orders select n, n, timestamptz '2025-08-01 00:00+00' + n * interval '1 hour'"
        " from generate_series(10, 400) as n"
    )
    assert db.place.run().succeeded
    db.do(
        "insert into orders values (500, 1.5, '2025-09-01')",
        "update orders set amount = 7, changed_at = '2025-09-01 12:00' where id = 10",
        # Within the overlap, without a trace in the cursor.
        "delete from orders where id = 400",
        "update orders set amount = 9 where id = 399",
    )
    record = db.place.run()
    assert record.succeeded
    (message,) = [c.message for c in record.checks if c.name == "read_complete"]
    assert "in one snapshot of the database from changed_at 2025-08-16 23:00:00 on" in message
    with psycopg.connect(db.url) as connection:
        now = connection.execute(
            "select id, amount, changed_at at time zone 'Asia/Jakarta' from orders order by 1"
        ).fetchall()
    assert db.place.query(SEEN) == now


def test_change_before_the_overlap_is_read_by_a_complete_reading(db: Database) -> None:
    db.contract(custom=CURSOR)
    db.do("insert into orders values (3, 1, '2025-01-01'), (4, 1, '2025-09-01')")
    db.place.run()
    db.do("delete from orders where id = 3")
    db.place.run()
    assert (3,) in db.place.query("select order_id from clean.gudang__orders")
    db.place.run(read_all=True)
    assert (3,) not in db.place.query("select order_id from clean.gudang__orders")


def test_new_column_of_a_table_with_a_numeric_cursor_causes_one_complete_reading(
    db: Database,
) -> None:
    db.contract(custom="{property: cursor, value: id}, {property: overlap, value: 1}")
    db.place.run()
    db.do("insert into orders values (10, 3, null)")
    db.place.run()
    assert db.place.query("select count(*) from clean.gudang__orders") == [(3,)]
    db.do("alter table orders add note text")
    record = db.place.run()
    (message,) = [c.message for c in record.checks if c.name == "read_complete"]
    assert message == "4 rows read, in one snapshot of the database"


@pytest.mark.parametrize(
    ("cursor", "expected"),
    [("nothing", "it has no column 'nothing'"), ("note", "column 'note' of type text")],
)
def test_cursor_that_cannot_be_used_is_reported(db: Database, cursor: str, expected: str) -> None:
    db.do("alter table orders add note text")
    db.contract(custom=f"{{property: cursor, value: {cursor}}}")
    db.place.run()
    ((cause, message),) = db.place.failures()
    assert cause == "column_missing"
    assert expected in message


def _wrong_password(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANDID_PASSWORD_GUDANG", "guessed")


def _wrong_host(db: Database, _: pytest.MonkeyPatch) -> None:
    db.connect(port=1)


def _wrong_database(db: Database, _: pytest.MonkeyPatch) -> None:
    db.connect(database="nowhere")


def _wrong_user(db: Database, _: pytest.MonkeyPatch) -> None:
    db.connect("{property: user, value: nobody_here}")


def _no_table(db: Database, _: pytest.MonkeyPatch) -> None:
    db.do("alter table orders rename to pesanan")


def _no_column(db: Database, _: pytest.MonkeyPatch) -> None:
    db.do("alter table orders rename amount to jumlah")


def _no_right(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    role = f"reader_{db.name}"
    db.do(f"create role {role} login password '{PASSWORD}'")
    db.connect(f"{{property: user, value: {role}}}")


def _slow(db: Database, _: pytest.MonkeyPatch) -> None:
    db.do(
        "alter table orders rename to slow_rows",
        "create view orders as select o.*, pg_sleep(30)::text as z from slow_rows as o",
    )
    db.connect("{property: statementTimeout, value: 1}")


@pytest.mark.parametrize(
    ("fault", "cause", "expected"),
    [
        (_wrong_password, "bad_credentials", "the password in CANDID_PASSWORD_GUDANG"),
        (_wrong_host, "network", "check host and port"),
        (_wrong_database, "not_found", "correct database: in"),
        (_wrong_user, "bad_credentials", "check the user in"),
        (_no_table, "tab_missing", "set physicalName in orders.yaml"),
        (_no_column, "missing_column", "amount"),
        (_no_right, "permission_denied", "grant select on public.orders to reader_"),
        (_slow, "timed_out", "raise statementTimeout"),
    ],
)
def test_failure_is_reported_with_its_fix_and_the_last_good_table_is_kept(
    db: Database, monkeypatch: pytest.MonkeyPatch, fault: Any, cause: str, expected: str
) -> None:
    assert db.place.run().succeeded
    fault(db, monkeypatch)
    assert not db.place.run().succeeded
    ((reported, message),) = db.place.failures()
    assert expected in message
    assert reported == cause
    assert PASSWORD not in message
    assert db.place.query(SEEN) == CLEAN


def _kill_others(db: Database) -> None:
    with psycopg.connect(db.server.url(), autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = %s and application_name = 'candid'",
            [db.name],
        )


@pytest.mark.parametrize("times", [1, 3])
def test_reading_restarts_after_a_lost_connection_or_reports_it(
    db: Database, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    db.do("insert into orders select n, n, now() from generate_series(10, 60000) as n")
    monkeypatch.setattr(postgres_source, "PAUSE_SECONDS", 0.0)
    assert db.place.run().succeeded
    before = db.place.query("select count(*) from clean.gudang__orders")
    db.do("insert into orders select n, n, now() from generate_series(70000, 120000) as n")
    real, killed = postgres_source.batches, []

    def cut(*args: Any, **options: Any) -> Iterator[pa.RecordBatch]:
        for place, batch in enumerate(real(*args, **options)):
            yield batch
            if place == 0 and len(killed) < times:
                killed.append(1)
                _kill_others(db)

    monkeypatch.setattr(postgres_source, "batches", cut)
    monkeypatch.setattr(postgres_source, "BLOCK", 1 << 16)
    record = db.place.run()
    assert len(killed) == times
    if times == 1:
        assert record.succeeded
        assert db.place.query("select count(*) from clean.gudang__orders") == [(109994,)]
    else:
        ((cause, _),) = db.place.failures()
        assert cause == "connection_lost"
        assert db.place.query("select count(*) from clean.gudang__orders") == before


def test_a_row_longer_than_a_block_is_read_all_the_same(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_source, "BLOCK", 1 << 12)
    db.do(
        "alter table orders add note text",
        "update orders set note = repeat('x', 100000) where id = 2",
    )
    assert db.place.run().succeeded
    assert [len(row["D"] or "") for row in landed(db).to_pylist()] == [4, 0, 100000]


def test_an_empty_table_has_its_header_and_no_rows(db: Database) -> None:
    db.do("delete from orders")
    db.contract(custom="{property: allowEmpty, value: true}")
    assert db.place.run().succeeded
    assert db.place.query(SEEN) == []


def test_columns_that_the_contract_ignores_are_never_selected(db: Database) -> None:
    role = f"part_{db.name}"
    db.do(
        "alter table orders add secret text",
        f"create role {role} login password '{PASSWORD}'",
        f"grant select (id, amount, changed_at) on orders to {role}",
    )
    db.connect(f"{{property: user, value: {role}}}")
    db.contract(custom="{property: ignoredHeaders, value: [secret]}")
    assert db.place.run().succeeded, db.place.failures()


def test_a_password_in_a_contract_is_refused(db: Database) -> None:
    db.connect(host='"postgresql://candid:geheim@127.0.0.1"')
    (problem, *_) = db.place.catalog().problems
    assert "holds a password" in problem.message


def test_two_sources_are_read_while_one_fails(db: Database) -> None:
    db.place.head("lain", "type: postgresql, host: 127.0.0.1, port: 1, database: x")
    text = ORDERS.format(title="orders", custom="")
    db.place.table("lain", "orders", text)
    db.place.run()
    assert [cause for cause, _ in db.place.failures()] == ["network"]
    assert db.place.query(SEEN) == CLEAN


def test_reading_holds_no_lock_that_a_writer_waits_for(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, written = postgres_source.batches, threading.Event()

    def meanwhile(*args: Any, **options: Any) -> Iterator[pa.RecordBatch]:
        for batch in real(*args, **options):
            db.do("set lock_timeout = '2s'", "update orders set amount = 99 where id = 1")
            written.set()
            yield batch

    monkeypatch.setattr(postgres_source, "batches", meanwhile)
    db.place.run()
    assert written.is_set()
    assert db.place.query(SEEN) == CLEAN


def test_dates_and_times_reach_their_types(db: Database) -> None:
    db.do(
        "alter table orders add d date, add t time, add b bool",
        "update orders set d = '2025-08-17', t = '10:11:12', b = false",
    )
    text = ORDERS.format(title="orders", custom="") + (
        "  - {name: d, physicalName: d, logicalType: date, description: D.}\n"
        "  - {name: t, physicalName: t, logicalType: time, description: T.}\n"
        "  - {name: b, physicalName: b, logicalType: boolean, description: B.}\n"
    )
    db.place.table("gudang", "orders", text)
    assert db.place.run().succeeded, db.place.failures()
    assert db.place.query("select d, t, b from clean.gudang__orders where order_id = 1") == [
        (date(2025, 8, 17), time(10, 11, 12), False)
    ]


def test_discover_writes_contracts_that_run(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    db.do("create table kosong (id int)", "create schema lain", "create table lain.x as select 1 a")
    db.do("insert into orders select n, n * 1.5, now() from generate_series(10, 300) as n")
    address = f"postgresql://candid@127.0.0.1:{db.server.port}/{db.name}?schema=public"
    monkeypatch.setenv("CANDID_PASSWORD_BARU", PASSWORD)
    done = discovered(db.place, monkeypatch, address, "baru")
    assert done.exit_code == 0, done.output
    summary = json.loads(done.output.splitlines()[-1])
    assert {t["title"] for t in summary["tables"]} == {"orders", "lain.x", "kosong"}
    assert PASSWORD not in done.output
    assert db.place.run().succeeded, db.place.failures()
    assert db.place.query("select count(*) from clean.baru__orders") == [(293,)]


def test_discovered_table_equals_the_database_to_the_last_digit_and_character(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    db.do(
        "create table harga (id bigint primary key, nilai numeric(18,2) not null,"
        " kurs numeric(20,10), bebas numeric, catatan text not null default '', kode varchar(20))",
        "insert into harga select n, 12345678901235.56 + n, 15000.1234567890 + n,"
        " n + 0.1234567890123456789, case n % 4 when 0 then '' when 1 then ' - ' when 2 then"
        " E'Baris\\nDua ' else 'TBD' end, chr(65 + n % 5) || ' ' from generate_series(1, 40) as n",
    )
    address = f"postgresql://candid@127.0.0.1:{db.server.port}/{db.name}"
    monkeypatch.setenv("CANDID_PASSWORD_BARU", PASSWORD)
    done = discovered(db.place, monkeypatch, address, "baru", "--tab", "harga")
    assert done.exit_code == 0, done.output
    contract = (db.place.root / "catalog/workbooks/baru/harga.yaml").read_text()
    for kind in ("DECIMAL(20,10)", "DECIMAL(38,19)"):
        assert kind in contract
    assert db.place.run().succeeded, db.place.failures()
    query = "select id, nilai, kurs, bebas, catatan, kode from {} order by id"
    with psycopg.connect(db.url) as connection:
        expected = connection.execute(query.format("harga")).fetchall()
    assert db.place.query(query.format("clean.baru__harga")) == expected


ALL_DATA = {
    "totals": "values ('Sabun', 10), ('Sampo', 20), ('Total', 30), ('TOTAL', 60), ('Jumlah', 3)",
    "headers": "values ('id', 'nama'), ('1', 'a'), ('id', 'nama'), ('2', 'b')",
    "defaults": "select n, case when n < 5 then date '2025-01-01' end tgl, 0 qty, false lunas"
    " from generate_series(1, 50) n",
    "signatures": "values ('Mengetahui,', 'Direktur'), ('Catatan: x', null), ('(____)', 'y')",
    "one_column": "values ('K1'), ('K2')",
    "fine": "select n, (n::numeric / 7)::numeric(38, 20) a, (n::numeric / 3)::numeric(38, 20) b,"
    " n * 1.5 c from generate_series(1, 30) n",
}


def test_every_row_of_a_database_is_data_whatever_it_looks_like(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    db.do(*(f"create table {name} as {rows}" for name, rows in ALL_DATA.items()))
    db.do("create table empty_one (kode text)", "drop table orders")
    monkeypatch.setenv("CANDID_PASSWORD_BARU", PASSWORD)
    address = f"postgresql://candid@127.0.0.1:{db.server.port}/{db.name}"
    done = discovered(db.place, monkeypatch, address, "baru")
    assert done.exit_code == 0, done.output
    written = json.loads(done.output.splitlines()[-1])
    assert {t["title"] for t in written["tables"]} == {*ALL_DATA, "empty_one"}
    db.place.run()
    for name in ALL_DATA:
        with psycopg.connect(db.url) as connection:
            expected = connection.execute(f"select count(*) from {name}").fetchall()
        assert db.place.query(f"select count(*) from clean.baru__{name}") == expected, name


def test_key_that_the_database_does_not_declare_is_a_question(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    db.do("create table sold as select 'K' || n kode, n amount from generate_series(1, 30) n")
    monkeypatch.setenv("CANDID_PASSWORD_BARU", PASSWORD)
    address = f"postgresql://candid@127.0.0.1:{db.server.port}/{db.name}"
    done = discovered(db.place, monkeypatch, address, "baru", "--tab", "sold")
    asked = [q["question"] for q in json.loads(done.output.splitlines()[-1])["questions"]]
    assert any("'kode'" in question and "declares none" in question for question in asked)
    assert (
        "primaryKey: true" not in (db.place.root / "catalog/workbooks/baru/sold.yaml").read_text()
    )


def test_table_of_which_every_row_is_quarantined_is_an_error_and_the_last_good_one_is_kept(
    db: Database,
) -> None:
    db.place.run()
    db.do("alter table orders alter amount type text using 'x'")
    record = db.place.run()
    assert not record.succeeded
    message = dict(db.place.failures())["check_failed"]
    assert "all 2 rows went to quarantine" in message
    assert "'x' is not a number" in message
    assert db.place.query(SEEN) == CLEAN


def test_extract_of_an_earlier_version_is_not_continued(db: Database) -> None:
    db.contract(custom="{property: cursor, value: id}")
    db.place.run()
    (path,) = (db.place.settings.landing_dir / "gudang").rglob("*.parquet")
    table = pq.read_table(path)
    older = [kinds.replace("m", "n") for kinds in table.column("_kinds").to_pylist()]
    at = table.column_names.index("_kinds")
    path.write_bytes(b"")
    pq.write_table(table.set_column(at, "_kinds", pa.array(older)), path)
    assert holds_kinds(path, ["tn", "tn", "t"])
    assert not holds_kinds(path, ["t", "t", "t"])


def test_discover_proposes_the_keys_and_references_of_the_catalogue(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    db.do(
        "create table towns (id int primary key, town text not null)",
        "create table visits (day date, town_id int not null references towns, note text,"
        " paid_town int references towns, primary key (town_id, day))",
        "insert into towns select n, 'Kota ' || n from generate_series(1, 40) n",
        # By chance no note is blank and each is another; paid_town has no value yet.
        "insert into visits select date '2025-01-01' + n, 1 + n % 40, 'N' || n, null"
        " from generate_series(1, 80) n",
        "create view seen as select id, town from towns",
    )
    address = f"postgresql://candid@127.0.0.1:{db.server.port}/{db.name}"
    monkeypatch.setenv("CANDID_PASSWORD_BARU", PASSWORD)
    done = discovered(db.place, monkeypatch, address, "baru")
    assert done.exit_code == 0, done.output
    book = next(w for w in db.place.catalog().workbooks if w.name == "baru")
    tabs = {tab.title: tab for tab in book.tabs}
    assert set(tabs["visits"].primary_key) == {"town_id", "day"}
    columns = {column.name: column for column in tabs["visits"].columns}
    assert {name for name, c in columns.items() if c.required} == {"town_id", "day"}
    for name in ("town_id", "paid_town"):
        reference = columns[name].reference
        assert reference is not None
        assert (reference.table, reference.column) == ("baru__towns", "id")
        assert columns[name].logical_type == "integer"
    written = tabs["visits"].path.read_text()
    assert "primary key, says the database's catalogue" in written
    assert "not null, says the database's catalogue" in written
    assert "foreign key to towns.id, says the database's catalogue" in written
    assert "but the database's catalogue lets it be null" in written
    # A view promises nothing but its types, so that its rows are gone by.
    of_view = tabs["seen"].path.read_text()
    assert "BIGINT, says the database's catalogue" in of_view
    for promise in ("primary key", "not null", "foreign key"):
        assert promise not in of_view
    assert db.place.run().succeeded, db.place.failures()
    assert db.place.query("select count(*) from clean.baru__visits") == [(80,)]


def test_doctor_reports_an_account_that_may_write_and_a_missing_table(db: Database) -> None:
    findings = list(check_sources(db.place.settings, db.place.catalog()))
    assert [(f.state, f.check) for f in findings] == [
        ("note", "source gudang"),
        ("ok", "source gudang"),
    ]
    assert "the account candid is a superuser" in findings[0].what
    db.contract("pesanan")
    (first, *_) = check_sources(db.place.settings, db.place.catalog())
    assert (first.state, first.what) == ("failed", "has no table 'pesanan'")
    assert "it has 'orders'" in first.fix


def test_doctor_reports_a_wrong_password(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANDID_PASSWORD_GUDANG", "guessed")
    (only,) = check_sources(db.place.settings, db.place.catalog())
    assert only.state == "failed"
    assert "CANDID_PASSWORD_GUDANG" in only.fix


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("postgresql://a:geheim@db/x", "take the password out of the address"),
        ("postgresql://db", "the address names no database"),
    ],
)
def test_discover_refuses_an_address_that_is_incomplete_or_holds_a_password(
    place: Installation, monkeypatch: pytest.MonkeyPatch, address: str, expected: str
) -> None:
    done = discovered(place, monkeypatch, address, "baru")
    assert done.exit_code == 2
    assert expected in " ".join(done.output.replace("│", " ").split())


def test_a_clock_that_differs_from_the_servers_is_named(db: Database) -> None:
    assert db.place.run().wrong_clocks == []
    with clock(timedelta(hours=-3)):
        (sentence,) = db.place.run().wrong_clocks
        (warning,) = [
            f.what
            for f in check_sources(db.place.settings, db.place.catalog())
            if "clock" in f.what
        ]
    assert "3 hours behind that of the source in PostgreSQL" in sentence
    assert "3 hours behind that of gudang" in warning
