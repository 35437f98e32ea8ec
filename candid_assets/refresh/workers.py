"""Builds several tables at a time: each in a thread of its own, on its own connection.

Two statements run at once where the machine has two cores to spare: while one table's rows are
cleaned or computed, another's are audited and swapped in. Only one thread writes at a time
(`warehouse.database.WRITING`), and the events are those of building one table after the other.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from queue import SimpleQueue
from typing import Final

from candid_assets.cleaning.macros import install_macros
from candid_assets.refresh.context import Refresh
from candid_assets.refresh.events import Event, Failed
from candid_assets.warehouse.database import cursor_beside

MOST: Final = 3
"""Threads beyond which they only wait for one another: two fifths of the work is writing."""


@dataclass(frozen=True, slots=True)
class TableWork:
    """One table to build."""

    name: str
    events: Callable[[Refresh], Iterator[Event]]
    """Builds it on the connection of the refresh that it is given; never raises."""
    after: frozenset[str] = frozenset()
    """Names of the tables that must be built before."""
    cost: int = 0
    """How long it is likely to take, in units of the caller's; compared only."""


@dataclass(slots=True)
class _Batch:
    """The tables of one call, in the caller's order."""

    works: Sequence[TableWork]
    waiting: list[TableWork]
    """Those that did not begin, in the order in which they should."""
    running: "dict[Future[list[Event]], str]" = field(default_factory=dict)
    built: dict[str, list[Event]] = field(default_factory=dict)
    stopped: bool = False


@dataclass(slots=True)
class Workers:
    """Threads that build tables, each with a refresh that has a connection of its own."""

    refreshes: "SimpleQueue[Refresh]"
    threads: ThreadPoolExecutor
    _stopped: bool = False

    def build(self, works: Sequence[TableWork]) -> Iterator[tuple[TableWork, Iterable[Event]]]:
        """Begin to build tables; yield each in the given order with what happened meanwhile.

        They are being built as soon as this returns, after those of earlier calls, whether or not
        the caller has taken anything yet. One table begins when those before it in `after` are
        built, whether or not they failed; of those that may begin, the one with the costliest
        chain of tables behind it is the first. A caller that stops early waits for the tables that
        are being built, and no other begins.
        """
        chains = chain_costs(works)
        batch = _Batch(works, sorted(works, key=lambda work: -chains[work.name]))
        self._start(batch)
        return self._results(batch)

    def stop(self) -> None:
        """Begin no other table."""
        self._stopped = True

    def _results(self, batch: "_Batch") -> Iterator[tuple[TableWork, Iterable[Event]]]:
        try:
            for work in batch.works:
                while work.name not in batch.built:
                    for future in wait(batch.running, return_when=FIRST_COMPLETED).done:
                        batch.built[batch.running.pop(future)] = future.result()
                    self._start(batch)
                yield work, batch.built[work.name]
        finally:
            batch.stopped = True
            wait(batch.running)

    def _start(self, batch: "_Batch") -> None:
        """Hand to the threads what may begin."""
        unbuilt = {work.name for work in batch.works} - batch.built.keys()
        for work in [w for w in batch.waiting if not w.after & unbuilt]:
            batch.waiting.remove(work)
            batch.running[self.threads.submit(self._built, work, batch)] = work.name

    def _built(self, work: TableWork, batch: "_Batch") -> list[Event]:
        if self._stopped or batch.stopped:
            return []
        refresh = self.refreshes.get()
        events = []
        try:
            for event in work.events(refresh):
                if isinstance(event, Failed):
                    refresh.failed.add(event.table)
                events.append(event)
        finally:
            self.refreshes.put(refresh)
        return events


def chain_costs(works: Sequence[TableWork]) -> dict[str, int]:
    """Return, by name, what a table costs with the costliest chain of those that wait for it.

    Args:
        works: Each after those that it waits for.
    """
    costs: dict[str, int] = {}
    for work in reversed(works):
        costs[work.name] = work.cost + costs.get(work.name, 0)
        for name in work.after:
            costs[name] = max(costs.get(name, 0), costs[work.name])
    return costs


class OneByOne:
    """Builds tables in the caller's thread, on the connection of the refresh itself."""

    def __init__(self, refresh: Refresh) -> None:
        self._refresh = refresh

    def build(self, works: Sequence[TableWork]) -> Iterator[tuple[TableWork, Iterable[Event]]]:
        """Yield each table in the given order; it is built while its events are taken."""
        for work in works:
            yield work, work.events(self._refresh)


Builders = Workers | OneByOne


@contextmanager
def workers(refresh: Refresh, cores: int | None = None) -> Iterator[Builders]:
    """Yield what builds tables: as many at once as the machine has cores for their statements.

    Args:
        refresh: The refresh; only the caller's thread uses its connection while tables are built.
        cores: Cores of the machine, where they are not to be counted.
    """
    row = refresh.connection.execute("select current_setting('threads')").fetchone()
    each = row[0] if row else 1
    count = min(MOST, (cores or len(os.sched_getaffinity(0))) // each)
    if count < 2:
        yield OneByOne(refresh)
        return
    with ExitStack() as stack:
        refreshes: SimpleQueue[Refresh] = SimpleQueue()
        for _ in range(count):
            cursor = stack.enter_context(cursor_beside(refresh.connection))
            install_macros(cursor)
            refreshes.put(replace(refresh, connection=cursor))
        threads = stack.enter_context(ThreadPoolExecutor(count, "build"))
        builders = Workers(refreshes, threads)
        stack.callback(builders.stop)
        yield builders
