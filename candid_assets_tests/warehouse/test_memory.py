from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import count
from threading import Event

import duckdb
import pytest

from candid_assets.warehouse.memory import LEAST_BYTES, run_statement, start_small, with_enough

HUNGRY = "create or replace temp table hungry as select array_agg(i) from range(4_000_000) t(i)"


@pytest.mark.parametrize(("file_bytes", "limit"), [(None, LEAST_BYTES), (10**9, 10**9)])
def test_duckdb_keeps_a_small_warehouse_in_little_memory_and_a_large_one_whole(
    tmp_path, file_bytes, limit
):
    file = tmp_path / "warehouse.duckdb"
    if file_bytes is not None:
        with file.open("wb") as handle:
            handle.truncate(file_bytes)
    with duckdb.connect() as connection:
        start_small(connection, file)
        assert _limit(connection) == pytest.approx(limit, rel=0.01)


def test_what_a_statement_was_lent_is_taken_back():
    with duckdb.connect() as connection:
        connection.execute("set memory_limit = '20MB'")
        small = _limit(connection)
        run_statement(connection, HUNGRY.replace("array_agg(i)", "len(array_agg(i))"))
        assert _limit(connection) == small


def test_a_statement_that_needs_more_memory_gets_it():
    with duckdb.connect() as connection:
        connection.execute("set memory_limit = '20MB'")
        with pytest.raises(duckdb.OutOfMemoryException):
            connection.execute(HUNGRY)
        run_statement(connection, HUNGRY)
        assert connection.execute("select count(*) from hungry").fetchone() == (1,)
        connection.execute("drop table hungry")


def test_what_reads_beside_a_statement_that_has_all_of_the_memory_gets_its_answer():
    with duckdb.connect() as connection, closing(connection.cursor()) as beside:
        connection.execute("set memory_limit = '20MB'")
        needs = HUNGRY.partition(" as ")[2].replace("array_agg(i)", "len(array_agg(i))")
        with pytest.raises(duckdb.OutOfMemoryException):
            beside.execute(needs).fetchall()
        assert with_enough(beside, lambda: beside.execute(needs).fetchall()) == [(4_000_000,)]


def test_threads_that_need_more_at_the_same_time_do_not_take_it_from_each_other():
    needs = HUNGRY.partition(" as ")[2].replace("array_agg(i)", "len(array_agg(i))")
    short, lent, lent_too, taken_back = Event(), Event(), Event(), Event()

    tried_one, tried_two = count(), count()

    def fetched(cursor):
        return cursor.execute(needs).fetchall()

    def of_one():
        if next(tried_one) == 1:
            lent.set()
            lent_too.wait(0.5)  # which comes only where both are lent at the same time
        return fetched(one)

    def of_two():
        if next(tried_two) == 1:
            lent_too.set()
            taken_back.wait()
            return fetched(two)
        try:
            return fetched(two)
        finally:
            short.set()
            lent.wait()

    def beside():
        short.wait()
        found = with_enough(one, of_one)
        taken_back.set()
        return found

    with duckdb.connect() as connection, ThreadPoolExecutor(1) as pool:
        connection.execute("set memory_limit = '20MB'")
        small, one, two = _limit(connection), connection.cursor(), connection.cursor()
        other = pool.submit(beside)
        assert with_enough(two, of_two) == other.result() == [(4_000_000,)]
        assert _limit(connection) == small


def _limit(connection):
    limit = connection.execute("select current_setting('memory_limit')").fetchone()[0]
    number, unit = limit.split()
    return float(number) * {"MiB": 2**20, "GiB": 2**30}[unit]
