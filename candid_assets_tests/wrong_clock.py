"""A clock that is wrong, for this process alone: servers in processes of their own keep theirs."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import time_machine


@contextmanager
def clock(wrong: timedelta) -> Iterator[None]:
    """Let the clock of this process be wrong by so much, ahead where it is positive."""
    if not wrong:
        yield
        return
    with time_machine.travel(datetime.now(UTC) + wrong, tick=True):
        yield
