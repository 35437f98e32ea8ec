"""Audits staged tables in a separate process while others are built.

Great Expectations takes seconds to import and tens of milliseconds a table, all of it Python: in
a second process it costs neither the refresh's time nor, afterwards, its memory. The process gets
frames; it never opens the warehouse.
"""

import atexit
import logging
import os
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import Protocol

import duckdb

from candid_assets.errors import CandidError
from candid_assets.quality.expectations import SuiteRunner
from candid_assets.quality.frame import Frame, read_frame
from candid_assets.quality.table_rules import Subject, suite_rules
from candid_assets.warehouse.check_results import Cells, CheckResult

log = logging.getLogger(__name__)


class AuditDiedError(CandidError):
    """The process of audits crashed twice over the same table."""


class Audit(Protocol):
    """An audit that was submitted."""

    def done(self) -> bool:
        """Whether its results are ready."""

    def result(self) -> list[CheckResult]:
        """Wait for the results, one a planned check."""


class AuditProcess:
    """One process that evaluates the suites of staged tables, one after the other."""

    def __init__(self) -> None:
        """Create a process only when one is started."""
        self._pool: ProcessPoolExecutor | None = None

    def start(self) -> None:
        """Start the process, so that Great Expectations is loaded when the first table comes."""
        self._started()

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                max_workers=1, mp_context=get_context("spawn"), initializer=_end_with_parent
            )
            self._pool.submit(_preload)
        return self._pool

    def submit(
        self,
        subject: Subject,
        connection: duckdb.DuckDBPyConnection,
        relation: str,
        cells: Cells | None,
    ) -> Audit:
        """Submit a staged relation to be audited by its contract."""
        frame = read_frame(connection, relation, suite_rules(subject))
        return _HandedOver(self, (subject, frame, cells), self.judge(subject, frame, cells))

    def judge(
        self, subject: Subject, frame: Frame | str, cells: Cells | None
    ) -> Future[list[CheckResult]]:
        """Audit a frame in the process, or in a new one if the last has crashed."""
        try:
            return self._started().submit(_judge, subject, frame, cells)
        except BrokenProcessPool:
            self.close()
            return self._started().submit(_judge, subject, frame, cells)

    def close(self) -> None:
        """End the process."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None


@dataclass(slots=True)
class _HandedOver:
    """A submitted frame, audited once more if the process crashes, for example out of memory."""

    process: AuditProcess
    task: tuple[Subject, Frame | str, Cells | None]
    future: Future[list[CheckResult]]

    def done(self) -> bool:
        return self.future.done()

    def result(self) -> list[CheckResult]:
        try:
            return self.future.result()
        except BrokenProcessPool:
            log.warning("the audit of %s ended by itself; it is tried again", self.task[0].table)
        try:
            return self.process.judge(*self.task).result()
        except BrokenProcessPool as error:
            raise AuditDiedError(
                f"the process that audits {self.task[0].table} ended twice by itself",
                "was it short of memory? (Linux says so: dmesg | grep -i oom)",
            ) from error


@lru_cache(maxsize=1)
def _runner() -> SuiteRunner:
    return SuiteRunner()


def _end_with_parent() -> None:
    """End this process when the refresh is killed, which cannot stop it any more; end at once.

    Python takes a second to put Great Expectations away piece by piece, and the refresh waits.
    """
    atexit.register(os._exit, 0)
    refresh = parent_process()

    def watch() -> None:
        if refresh is not None:
            refresh.join()
        os._exit(0)

    Thread(target=watch, daemon=True).start()


def _preload() -> None:
    _runner().load()


def _judge(subject: Subject, frame: Frame | str, cells: Cells | None) -> list[CheckResult]:
    return _runner().judge(subject, frame, cells)
