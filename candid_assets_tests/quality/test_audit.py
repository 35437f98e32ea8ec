"""The process of audits may end at any time; no table is lost or let through by that."""

import os
import signal
from concurrent.futures.process import BrokenProcessPool

import duckdb
import pytest

from candid_assets.quality.audit import AuditDiedError, AuditProcess
from candid_assets_tests.quality.contracts_made import column, model


@pytest.fixture
def process():
    made = AuditProcess()
    yield made
    made.close()


@pytest.fixture
def connection():
    with duckdb.connect() as made:
        made.execute("create table staged as select unnest([1, 2, null])::bigint as id")
        yield made


def _kill(process: AuditProcess) -> None:
    for pid in list(process._pool._processes):
        os.kill(pid, signal.SIGKILL)


SUBJECT = model(column("id", "integer", required=True))


def test_audit_whose_process_is_killed_runs_in_a_new_process(process, connection):
    handed_over = process.submit(SUBJECT, connection, "staged", None)
    _kill(process)
    verdicts = {r.name: r.passed for r in handed_over.result()}
    assert verdicts == {"columns_match": True, "values_present": False}


def test_audit_after_a_killed_process_runs(process, connection):
    process.submit(SUBJECT, connection, "staged", None).result()
    _kill(process)
    with pytest.raises(BrokenProcessPool):
        process._pool.submit(os.getpid).result()
    results = process.submit(SUBJECT, connection, "staged", None).result()
    assert [r.name for r in results if not r.passed] == ["values_present"]


def test_audit_that_crashes_its_process_twice_is_reported_by_name(process, connection, monkeypatch):
    handed_over = process.submit(SUBJECT, connection, "staged", None)
    judge = process.judge

    def killed_again(*task):
        future = judge(*task)
        _kill(process)
        return future

    monkeypatch.setattr(process, "judge", killed_again)
    _kill(process)
    with pytest.raises(AuditDiedError, match=f"audits {SUBJECT.table} ended twice"):
        handed_over.result()
