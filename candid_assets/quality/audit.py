"""Audits staged tables in a process of its own, beside the one that builds them.

Great Expectations takes seconds to import and tens of milliseconds a table, all of it Python: in
a second process it costs neither the refresh's time nor, afterwards, its memory. The process gets
frames; it never opens the warehouse.
"""

from concurrent.futures import Future, ProcessPoolExecutor
from functools import lru_cache
from multiprocessing import get_context

import duckdb

from candid_assets.quality.expectations import SuiteRunner
from candid_assets.quality.frame import Frame, read_frame
from candid_assets.quality.result import Cells, CheckResult
from candid_assets.quality.rules import Subject, suite_rules


class AuditProcess:
    """One process that evaluates the suites of staged tables, one after the other."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._pool: ProcessPoolExecutor | None = None

    def start(self) -> None:
        """Start the process, so that Great Expectations is loaded when the first table comes."""
        self._started()

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn"))
            self._pool.submit(_preload)
        return self._pool

    def submit(
        self,
        subject: Subject,
        connection: duckdb.DuckDBPyConnection,
        relation: str,
        cells: Cells | None,
    ) -> Future[list[CheckResult]]:
        """Hand a staged relation over; the future holds its results, one a planned check."""
        try:
            frame: Frame | str = read_frame(connection, relation, suite_rules(subject))
        except (duckdb.Error, ValueError) as error:
            frame = str(error)
        return self._started().submit(_judge, subject, frame, cells)

    def close(self) -> None:
        """End the process."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None


@lru_cache(maxsize=1)
def _runner() -> SuiteRunner:
    return SuiteRunner()


def _preload() -> None:
    _runner().load()


def _judge(subject: Subject, frame: Frame | str, cells: Cells | None) -> list[CheckResult]:
    return _runner().judge(subject, frame, cells)
