"""What an account may not read of a database is reported, and never read in part."""

import json
from collections.abc import Iterator

import psycopg
import pytest

from candid_assets.monitoring.doctor.sources import check_sources
from candid_assets_tests.postgres import PASSWORD
from candid_assets_tests.sources.installation import discovered
from candid_assets_tests.sources.postgres.orders_database import ORDERS, SEEN, Database

HIDES = (
    "insert into orders select n, n, null from generate_series(3, 20) as n",
    "alter table orders enable row level security",
    "create policy half on orders for select using (id <= 10)",
)


@pytest.fixture
def reader(db: Database) -> Iterator[str]:
    """The name of an account that may read every table, and through which the database is read."""
    name = f"reader_{db.name}"
    db.do(
        f"create role {name} login password '{PASSWORD}'",
        f"grant select on all tables in schema public to {name}",
        f"alter default privileges in schema public grant select on tables to {name}",
    )
    db.connect(f"{{property: user, value: {name}}}")
    yield name
    db.do(f"drop owned by {name}", f"drop role {name}")


def refused(db: Database) -> tuple[str, str]:
    """Refresh a database of which one table is refused; return cause and message."""
    assert not db.place.run().succeeded
    ((cause, message),) = db.place.failures()
    return cause, message


def test_rows_that_a_policy_hides_are_never_a_whole_table(db: Database, reader: str) -> None:
    assert db.place.run().succeeded
    before = db.place.query(SEEN)
    db.do(*HIDES)
    cause, message = refused(db)
    assert cause == "rows_hidden"
    assert "row-level security" in message
    assert f"alter role {reader} bypassrls" in message
    assert "rowsByPolicy: true in orders.yaml" in message
    assert db.place.query(SEEN) == before


def test_other_tables_are_read_where_a_policy_hides_rows_of_one(db: Database, reader: str) -> None:
    db.do(*HIDES, "create table kept as select * from orders")
    db.place.table(
        "gudang",
        "kept",
        ORDERS.format(title="kept", custom="").replace("name: orders", "name: kept"),
    )
    refused(db)
    assert db.place.query("select count(*) from clean.gudang__kept") == [(20,)]


def test_contract_may_declare_that_the_rows_of_a_policy_are_wanted(
    db: Database, reader: str
) -> None:
    db.do(*HIDES)
    db.contract(custom="{property: rowsByPolicy, value: true}")
    assert db.place.run().succeeded, db.place.failures()
    assert len(db.place.query(SEEN)) == 10


@pytest.mark.parametrize("account", ["bypassrls", "owner"])
def test_account_that_no_policy_applies_to_reads_all_rows(
    db: Database, reader: str, account: str
) -> None:
    owner = f"alter table orders owner to {reader}"
    db.do(*HIDES, f"alter role {reader} bypassrls" if account == "bypassrls" else owner)
    assert db.place.run().succeeded, db.place.failures()
    assert len(db.place.query(SEEN)) == 20


def test_policy_that_is_forced_on_the_owner_is_reported(db: Database, reader: str) -> None:
    db.do(
        *HIDES,
        f"alter table orders owner to {reader}",
        "alter table orders force row level security",
    )
    assert refused(db)[0] == "rows_hidden"


@pytest.mark.parametrize("by", ["view owner", "invoker"])
def test_view_over_rows_that_a_policy_hides_is_reported(db: Database, reader: str, by: str) -> None:
    version = psycopg.connect(db.url).info.server_version
    with_invoker = by == "invoker" and version >= 150000
    db.do(
        *HIDES,
        "alter table orders rename to order_lines",
        f"create view orders {'with (security_invoker)' if with_invoker else ''}"
        " as select * from order_lines",
        f"alter view orders owner to {reader}",
        f"grant select on order_lines to {reader}",
    )
    assert refused(db)[0] == "rows_hidden"


def test_table_whose_columns_are_not_all_granted_is_reported_with_them(
    db: Database, reader: str
) -> None:
    db.do(
        f"revoke select on orders from {reader}",
        f"grant select (id, amount) on orders to {reader}",
    )
    cause, message = refused(db)
    assert cause == "permission_denied"
    assert "may not read its columns changed_at" in message
    assert f"grant select (changed_at) on public.orders to {reader}" in message
    assert "ignoredHeaders: [changed_at]" in message


def test_column_that_is_not_granted_may_be_left_out(db: Database, reader: str) -> None:
    db.do(
        f"revoke select on orders from {reader}",
        f"grant select (id, amount) on orders to {reader}",
    )
    contract = ORDERS.format(
        title="orders", custom="{property: ignoredHeaders, value: [changed_at]}"
    )
    db.place.table("gudang", "orders", contract.rpartition("  - {name: changed_at")[0])
    assert db.place.run().succeeded, db.place.failures()
    assert db.place.query("select count(*) from clean.gudang__orders") == [(2,)]


def test_materialized_view_without_rows_yet_is_reported_with_the_command(
    db: Database, reader: str
) -> None:
    db.do(
        "alter table orders rename to order_lines",
        "create materialized view orders as select * from order_lines with no data",
    )
    cause, message = refused(db)
    assert cause == "not_populated"
    assert "refresh materialized view public.orders" in message
    db.do("refresh materialized view orders")
    assert db.place.run().succeeded, db.place.failures()


def test_partitions_and_tables_that_inherit_are_read_with_their_parent(
    db: Database, reader: str
) -> None:
    db.do(
        "create table later (check (id > 100)) inherits (orders)",
        # Without a key of its own an inherited row may repeat the parent's.
        "insert into later values (101, 1, null), (102, 2, null)",
        "create table monthly (id int, amount numeric, changed_at timestamptz)"
        " partition by range (id)",
        "create table monthly_1 partition of monthly for values from (0) to (100)",
        "create table monthly_2 partition of monthly for values from (100) to (200)",
        "insert into monthly select n, n, null from generate_series(50, 149) as n",
    )
    db.place.table(
        "gudang",
        "monthly",
        ORDERS.format(title="monthly", custom="").replace("name: orders", "name: monthly"),
    )
    assert db.place.run().succeeded, db.place.failures()
    assert [row[0] for row in db.place.query(SEEN)] == [1, 2, 101, 102]
    assert db.place.query("select count(*) from clean.gudang__monthly") == [(100,)]


def test_policy_of_a_parent_holds_for_all_its_partitions(db: Database, reader: str) -> None:
    db.do(
        "drop table orders",
        "create table orders (id int, amount numeric, changed_at timestamptz)"
        " partition by range (id)",
        "create table orders_1 partition of orders for values from (0) to (100)",
        *HIDES,
    )
    assert refused(db)[0] == "rows_hidden"


def test_foreign_table_is_read_as_its_server_shows_it_and_doctor_says_so(
    db: Database, reader: str
) -> None:
    db.do(
        "create schema far",
        "alter table orders set schema far",
        f"grant usage on schema far to {reader}",
        "create extension postgres_fdw",
        "create server near foreign data wrapper postgres_fdw options"
        f" (host '127.0.0.1', port '{db.server.port}', dbname '{db.name}')",
        f"create user mapping for {reader} server near options"
        f" (user '{reader}', password '{PASSWORD}')",
        "create foreign table orders (id int, amount numeric, changed_at timestamptz)"
        " server near options (schema_name 'far', table_name 'orders')",
    )
    assert db.place.run().succeeded, db.place.failures()
    assert len(db.place.query(SEEN)) == 2
    note, ok = check_sources(db.place.settings, db.place.catalog())
    assert (note.state, ok.state) == ("note", "ok")
    assert "the rows of foreign tables (orders) come from another server" in note.what
    # With that option the other server refuses, and the refusal is reported.
    db.do(
        "alter server near options (add options '-c row_security=off')",
        *(line.replace("orders", "far.orders") for line in HIDES),
    )
    (only,) = check_sources(db.place.settings, db.place.catalog())
    assert only.state == "failed"
    assert "row-level security hides rows" in only.what
    assert refused(db)[0] == "rows_hidden"


def test_doctor_reports_each_table_that_cannot_be_read_whole(db: Database, reader: str) -> None:
    db.do(*HIDES)
    (only,) = check_sources(db.place.settings, db.place.catalog())
    assert (only.state, only.check) == ("failed", "source gudang")
    assert "row-level security hides rows" in only.what
    assert "bypassrls" in only.fix


def test_discover_writes_no_contract_from_a_part_of_a_table(
    db: Database, reader: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    db.do(
        *HIDES,
        "create table towns as select n as id, 'Kota ' || n as town"
        " from generate_series(1, 30) as n",
    )
    address = f"postgresql://{reader}@127.0.0.1:{db.server.port}/{db.name}"
    monkeypatch.setenv("CANDID_PASSWORD_BARU", PASSWORD)
    done = discovered(db.place, monkeypatch, address, "baru")
    summary = json.loads(done.output.splitlines()[-1])
    assert [t["title"] for t in summary["tables"]] == ["towns"]
    (left_out,) = summary["not_tables"]
    assert left_out["title"] == "orders"
    assert "row-level security hides rows" in left_out["reason"]
