"""Runs an iterator in a thread of its own while its items are consumed."""

import queue
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

Item = TypeVar("Item")

MOST: Final = 2_000
"""Items that may wait; the producer pauses at this many."""
SWITCH_SECONDS: Final = 0.0005
"""How long a thread may keep the interpreter while another waits for it."""
_POLL_SECONDS: Final = 0.2


def iterate_in_thread(items: Iterator[Item]) -> Iterator[Item]:
    """Yield the items of an iterator that runs in another thread; its error is raised here.

    A consumer that stops early ends the iterator at its next item and waits for that.
    """
    waiting: queue.Queue[tuple[Item] | BaseException | None] = queue.Queue(MOST)
    stopped = threading.Event()

    def produce() -> None:
        end: BaseException | None = None
        try:
            for item in items:
                if not _put(waiting, (item,), stopped):
                    break
        except BaseException as error:
            end = error
        finally:
            close = getattr(items, "close", None)
            if close is not None:
                close()
            _put(waiting, end, stopped)

    thread = threading.Thread(target=produce, name="refresh", daemon=True)
    with _quick_switches():
        thread.start()
        try:
            while (received := waiting.get()) is not None:
                if isinstance(received, BaseException):
                    raise received
                yield received[0]
        finally:
            stopped.set()
            thread.join()


def _put(
    waiting: "queue.Queue[tuple[Item] | BaseException | None]",
    value: tuple[Item] | BaseException | None,
    stopped: threading.Event,
) -> bool:
    """Put a value into the queue; return False if the consumer stopped."""
    while not stopped.is_set():
        try:
            waiting.put(value, timeout=_POLL_SECONDS)
        except queue.Full:
            continue
        return True
    return False


@contextmanager
def _quick_switches() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
