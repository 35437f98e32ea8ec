"""PostgreSQL has what is published, to the last decimal; what fails leaves the tables of before."""

import os
import signal
import subprocess
import sys
import threading
from decimal import Decimal

import duckdb
import psycopg
import pytest

from candid_assets.destinations.deliver import deliver
from candid_assets.destinations.payload import DeliveryError
from candid_assets.destinations.postgres import _lock
from candid_assets.settings import REPOSITORY
from candid_assets_tests.destinations.conftest import TABLES
from candid_assets_tests.web.api.company import MANY_DIGITS, ROWS, publish_rows

pytestmark = pytest.mark.slow

KILLED = """
import os, signal, sys
from candid_assets.contracts.load import load_catalog
from candid_assets.destinations import deliver, postgres
from candid_assets.settings import Settings
def die(*_): os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[1] == "staging":
    postgres._verify = die
if sys.argv[1] == "swapping":
    whole = postgres._fit
    postgres._fit = lambda *a: die() if a[3].table == "mart_daily" else whole(*a)
settings = Settings()
catalog = load_catalog(settings.catalog_dir)
before = die if sys.argv[1] == "swap" else lambda: None
deliver.deliver(settings, catalog, catalog.destinations[0], before_swap=before)
"""


def asked(url, sql):
    with psycopg.connect(url) as connection:
        return connection.execute(sql).fetchall()


def published(settings, sql):
    with duckdb.connect(str(settings.published_file), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_what_is_read_back_is_what_is_published_to_the_last_decimal(company, database, to_postgres):
    delivered = deliver(company, *to_postgres)
    assert {one.table for one in delivered} == TABLES
    assert all(one.whole and one.equal for one in delivered)
    for table in TABLES:
        query = f'select * from {{}}.{table} order by 1, 2, 3, 4, 5 collate "C"'
        there = asked(database, f"select * from candid.{table}")
        here = published(company, f"select * from ready.{table}")
        assert sorted(map(repr, there)) == sorted(map(repr, here)), query
    ((most,),) = asked(database, "select max(exact) from candid.fct_types")
    assert most == MANY_DIGITS
    assert isinstance(most, Decimal)


def test_types_are_mapped_without_loss(company, database, to_postgres):
    deliver(company, *to_postgres)
    types = dict(
        asked(
            database,
            "select attname, format_type(atttypid, atttypmod) from pg_attribute"
            " where attrelid = 'candid.fct_types'::regclass and attnum > 0",
        )
    )
    assert types == {
        "receipt_id": "text",
        "sold_date": "date",
        "amount_idr": "numeric(18,2)",
        "pieces": "bigint",
        "is_paid": "boolean",
        "paid_at": "timestamp without time zone",
        "opens_at": "time without time zone",
        "exact": "numeric(38,10)",
        "limit": "bigint",
        "remark": "text",
    }


def test_grants_views_and_indexes_are_kept(company, database, postgres, to_postgres):
    deliver(company, *to_postgres)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("drop role if exists reader")
        connection.execute("create role reader")
        connection.execute("grant select on candid.fct_types to reader")
        connection.execute("create view candid.paid as select * from candid.fct_types")
        connection.execute("create index by_day on candid.fct_types (sold_date)")
    publish_rows(company, extra=1)
    deliver(company, *to_postgres)
    try:
        assert asked(database, "select min(amount_idr) from candid.paid") == [(Decimal("1.05"),)]
        assert asked(
            database, "select has_table_privilege('reader', 'candid.fct_types', 'select')"
        ) == [(True,)]
        assert asked(database, "select 1 from pg_indexes where indexname = 'by_day'") == [(1,)]
        ((comment,),) = asked(database, "select obj_description('candid.fct_types'::regclass)")
        assert comment.startswith("candid staging, snapshot ")
    finally:
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute("drop owned by reader")
            connection.execute("drop role reader")


def test_destination_table_takes_the_columns_of_the_current_model(company, database, to_postgres):
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("create schema candid")
        connection.execute(
            "create table candid.fct_types (gone int, pieces text, receipt_id text, sold_date date)"
        )
        connection.execute("insert into candid.fct_types values (1, 'x', 'y', '2020-01-01')")
        connection.execute("comment on table candid.fct_types is 'candid'")
    assert all(one.equal for one in deliver(company, *to_postgres))
    assert asked(database, "select count(*), sum(pieces) from candid.fct_types") == [
        (ROWS, sum(range(ROWS)))
    ]


def test_view_with_the_tables_name_is_reported_and_nothing_is_changed(
    company, database, to_postgres
):
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("create schema candid")
        connection.execute("create table candid.mart_daily (receipts text)")
        connection.execute("insert into candid.mart_daily values ('before')")
        connection.execute("comment on table candid.mart_daily is 'candid'")
        connection.execute("create view candid.old as select receipts from candid.mart_daily")
    with pytest.raises(DeliveryError, match="drop it, export, make it anew"):
        deliver(company, *to_postgres)
    assert asked(database, "select receipts from candid.old") == [("before",)]
    assert asked(database, "select to_regclass('candid.fct_types')") == [(None,)]


def test_table_made_by_others_is_not_changed(company, database, to_postgres):
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("create schema candid")
        connection.execute("create table candid.mart_daily (theirs text)")
        connection.execute("insert into candid.mart_daily values ('kept')")
    with pytest.raises(DeliveryError, match="no delivery of candid made it: give the destination"):
        deliver(company, *to_postgres)
    assert asked(database, "select theirs from candid.mart_daily") == [("kept",)]
    assert asked(database, "select to_regclass('candid.fct_types')") == [(None,)]


@pytest.mark.parametrize("moment", ["staging", "swap", "swapping"])
def test_a_kill_in_the_middle_leaves_the_old_tables(company, database, to_postgres, moment):
    deliver(company, *to_postgres)
    before = asked(database, "select receipt_id, amount_idr from candid.fct_types order by 1")
    publish_rows(company, extra=7)
    environment = os.environ | {
        "CANDID_ENV": "staging",
        "CANDID_DATA_DIR": str(company.data_root),
        "CANDID_CATALOG_DIR": str(company.catalog_dir),
    }
    done = subprocess.run(
        [sys.executable, "-c", KILLED, moment], env=environment, cwd=REPOSITORY, check=False
    )
    assert done.returncode == -signal.SIGKILL
    query = "select receipt_id, amount_idr from candid.fct_types order by 1"
    assert asked(database, query) == before
    assert all(one.equal for one in deliver(company, *to_postgres))
    assert asked(database, "select min(amount_idr) from candid.fct_types") == [(Decimal("7.05"),)]
    assert (
        asked(database, "select relname from pg_class where relname like '_candid_staged%'") == []
    )


def test_readers_see_one_delivery_or_the_other(company, database, to_postgres):
    deliver(company, *to_postgres)
    seen, over = set(), threading.Event()

    def read():
        with psycopg.connect(database, autocommit=True) as connection:
            while not over.is_set():
                query = "select count(*), min(amount_idr) from candid.fct_types"
                seen.add(connection.execute(query).fetchone())

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for extra in (1, 2):
            publish_rows(company, extra=extra)
            deliver(company, *to_postgres)
    finally:
        over.set()
        reader.join()
    assert seen <= {(ROWS, Decimal(f"{extra}.05")) for extra in (0, 1, 2)}


def test_a_second_delivery_at_the_same_time_is_refused(company, database, to_postgres):
    with psycopg.connect(database, autocommit=True) as other:
        _lock(other, to_postgres[1])
        with pytest.raises(DeliveryError, match="another delivery to bi is at work"):
            deliver(company, *to_postgres)
    assert all(one.equal for one in deliver(company, *to_postgres))


def test_a_wrong_password_names_the_variables_and_shows_no_secret(
    company, to_postgres, monkeypatch
):
    monkeypatch.setenv("CANDID_DESTINATION_BI_PASSWORD", "guessed-secret")
    with pytest.raises(DeliveryError, match="CANDID_DESTINATION_BI_USER") as error:
        deliver(company, *to_postgres)
    assert "guessed-secret" not in str(error.value)


def test_rows_changed_in_transit_are_detected_by_their_checksum(
    company, database, to_postgres, monkeypatch
):
    deliver(company, *to_postgres)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(
            "create function candid.bend() returns trigger language plpgsql as"
            " $$ begin new.amount_idr := new.amount_idr + 0.01; return new; end $$"
        )
        connection.execute(
            "create trigger bend before insert on candid.fct_types"
            " for each row execute function candid.bend()"
        )
    before = asked(database, "select sum(amount_idr) from candid.fct_types")
    with pytest.raises(DeliveryError, match="checksum"):
        deliver(company, *to_postgres)
    assert asked(database, "select sum(amount_idr) from candid.fct_types") == before
