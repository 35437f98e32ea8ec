"""Tables are built several at a time, and what happened is what building one by one gives."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from queue import SimpleQueue

import duckdb
import pytest

from candid_assets.refresh.context import Refresh
from candid_assets.refresh.events import Failed, Unchanged
from candid_assets.refresh.workers import MOST, OneByOne, TableWork, Workers, workers
from candid_assets.warehouse.database import cursor_beside, require_commits, transaction
from candid_assets.warehouse.landing import Landing

SECONDS = 30


@pytest.fixture
def refresh(tmp_path):
    with duckdb.connect(str(tmp_path / "warehouse.duckdb"), config={"threads": 1}) as connection:
        yield Refresh(
            settings=None,
            catalog=None,
            connection=connection,
            landing=Landing(tmp_path),
            run_id="run",
            earlier_versions=None,
        )


def _made(name, *, after=(), before=lambda: None, failing=False, cost=0):
    def events(refresh):
        before()
        with transaction(refresh.connection):
            refresh.connection.execute(f"create table {name} as select 1 as n")
        yield Unchanged("ready", name)
        if failing:
            yield Failed("ready", name, "sql_error", "it cannot", "correct it")

    return TableWork(name, events, frozenset(after), cost)


def _tables(events):
    return [event.table for _, some in events for event in some]


def test_two_tables_are_built_at_the_same_time(refresh):
    both_at_work = threading.Barrier(2, timeout=SECONDS)
    works = [_made(name, before=both_at_work.wait) for name in "ab"]
    with workers(refresh, cores=2) as builders:
        assert _tables(builders.build(works)) == ["a", "b"]


def test_tables_with_the_costliest_chain_behind_them_begin_first(refresh):
    begun = []
    works = [
        _made("small", cost=3, before=lambda: begun.append("small")),
        _made("root", cost=1, before=lambda: begun.append("root")),
        _made("large", cost=5, before=lambda: begun.append("large")),
        _made("leaf", cost=9, after=["root"], before=lambda: begun.append("leaf")),
    ]
    refreshes = SimpleQueue()
    refreshes.put(refresh)
    with ThreadPoolExecutor(1) as one_thread:
        built = _tables(Workers(refreshes, one_thread).build(works))
    assert built == ["small", "root", "large", "leaf"]
    assert begun == ["root", "large", "small", "leaf"]


def test_events_come_in_the_given_order_although_the_first_table_takes_longest(refresh):
    others_built = threading.Event()

    def wait():
        assert others_built.wait(SECONDS)

    works = [_made("a", before=wait), _made("b"), _made("c", before=others_built.set)]
    with workers(refresh, cores=2) as builders:
        assert _tables(builders.build(works)) == ["a", "b", "c"]


def test_table_is_begun_when_what_it_reads_is_built_or_failed(refresh):
    done = []
    works = [
        _made("late", after={"early", "broken"}, before=lambda: done.append("late")),
        _made("early", before=lambda: done.append("early")),
        _made("broken", before=lambda: done.append("broken"), failing=True),
    ]
    with workers(refresh, cores=2) as builders:
        assert _tables(builders.build(works)) == ["late", "early", "broken", "broken"]
    assert done[-1] == "late"
    assert refresh.failed == {"broken"}


def test_no_other_table_is_begun_once_the_caller_stops(refresh):
    works = [_made(f"t{n}") for n in range(20)]
    with workers(refresh, cores=2) as builders:
        with closing(builders.build(works)) as built:
            next(built)
        count = "select count(*) from duckdb_tables()"
        (after_stop,) = refresh.connection.execute(count).fetchone()
    assert refresh.connection.execute(count).fetchone() == (after_stop,)


def test_tables_are_being_built_before_the_caller_takes_what_happened(refresh):
    begun = threading.Event()
    with workers(refresh, cores=2) as builders:
        first = builders.build([_made("a")])
        second = builders.build([_made("b", before=begun.set)])
        assert begun.wait(SECONDS)
        assert _tables(first) + _tables(second) == ["a", "b"]


def test_no_table_is_begun_of_those_that_a_caller_leaves_behind(refresh):
    at_work, may_end = threading.Event(), threading.Event()

    def hold():
        at_work.set()
        assert may_end.wait(SECONDS)

    with ThreadPoolExecutor(1) as one_thread:
        refreshes = SimpleQueue()
        refreshes.put(refresh)
        builders = Workers(refreshes, one_thread)
        builders.build([_made("a", before=hold), _made("b")])
        assert at_work.wait(SECONDS)
        builders.stop()
        may_end.set()
    tables = refresh.connection.execute("select table_name from duckdb_tables()").fetchall()
    assert tables == [("a",)]


def test_an_error_that_nobody_foresaw_is_raised_to_the_caller_when_the_others_are_done(refresh):
    def fail():
        raise ArithmeticError("odd")

    with (
        workers(refresh, cores=2) as builders,
        pytest.raises(ArithmeticError, match="odd"),
    ):
        list(builders.build([_made("a", before=fail), _made("b")]))


@pytest.mark.parametrize(("cores", "threads"), [(1, 1), (2, 2), (3, 2)])
def test_tables_are_built_one_by_one_where_a_statement_takes_all_cores(refresh, cores, threads):
    refresh.connection.execute(f"set threads = {threads}")
    with workers(refresh, cores) as builders:
        assert isinstance(builders, OneByOne)
        assert _tables(builders.build([_made("a"), _made("b", failing=True)])) == ["a", "b", "b"]


def test_no_more_than_a_few_threads_build_on_a_large_machine(refresh):
    with workers(refresh, cores=64) as builders:
        assert isinstance(builders, Workers)
        assert builders.refreshes.qsize() == MOST


def test_one_thread_writes_at_a_time(refresh):
    inside = []

    def events(refresh):
        with transaction(refresh.connection):
            inside.append(threading.get_ident())
            refresh.connection.execute("select count(*) from range(1000000)").fetchall()
            assert inside[-1] == threading.get_ident()
        yield Unchanged("ready", "a")

    with workers(refresh, cores=2) as builders:
        built = builders.build([TableWork(f"t{n}", events) for n in range(20)])
        assert _tables(built) == ["a"] * 20


def test_commit_that_failed_beside_is_known_to_the_connection_that_closes_the_file(refresh):
    with cursor_beside(refresh.connection) as cursor:
        cursor.execute("set variable commit_failed = true")
        require_commits(refresh.connection)
    with pytest.raises(duckdb.IOException, match="an earlier commit failed"):
        require_commits(refresh.connection)


@pytest.mark.slow
def test_shop_is_the_same_however_many_tables_are_built_at_once(shop, monkeypatch):
    """Twelve tabs, one of which breaks its contract and one of which cannot be built."""
    sheets = {}
    for n in range(12):
        shop.contract(f"t{n}", TAB.format(n=n))
        rows = [[f"K{n}-{row}", str(row * 1000)] for row in range(40)]
        sheets[f"Tab {n}"] = [["Kode", "Jumlah" if n != 7 else "Lain"], *rows]
    sheets["Tab 3"][5][1] = "seribu"
    shop.sheet(**sheets)
    outcomes = []
    for cores in (1, 2, 3):
        monkeypatch.setattr("os.sched_getaffinity", lambda _, cores=cores: set(range(cores)))
        shop.settings.warehouse_file.unlink(missing_ok=True)
        record = shop.run()
        with shop.warehouse() as connection:
            tables = connection.execute(
                'select layer, "table", fingerprint, row_count from meta.tables order by all'
            ).fetchall()
            builds = connection.execute("select count(*), max(build) from meta.builds").fetchone()
        assert builds[0] == builds[1]
        failed = [str(f) for f in record.failures]
        checks = sorted((c.table, c.name, c.passed, c.message) for c in record.checks)
        outcomes.append((tables, builds, failed, checks, [b.table for b in record.built]))
    assert len(outcomes[0][0]) == 12 + 11 * 2
    assert outcomes[0] == outcomes[1] == outcomes[2]


TAB = """name: t{n}
physicalName: Tab {n}
description: One of many.
dataGranularityDescription: One row per code.
properties:
  - {{name: code, physicalName: Kode, logicalType: string, primaryKey: true, description: Code.}}
  - {{name: amount_idr, physicalName: Jumlah, logicalType: number, required: true, description: Amount in Rupiah.}}
"""  # noqa: E501
