"""Which DuckDB statements a first refresh of the sample executes, by the code that asks.

`python -m candid_assets_tests.bench.statements` prints how many, and the places that take most
processor time. It refreshes in this process, into a folder that is removed at the end.
"""

import os
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from types import FrameType
from typing import Any

import duckdb

SHOWN = 30
PLACES = 2
CALLS = ("execute", "executemany", "sql")

times: Counter[str] = Counter()
seconds: dict[str, float] = {}


class Counting:
    """A connection that notes each statement with who asked."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._connection, name)
        return self._noted(value) if name in CALLS else value

    def __enter__(self) -> "Counting":
        self._connection.__enter__()
        return self

    def __exit__(self, *error: object) -> Any:
        return self._connection.__exit__(*error)

    def cursor(self) -> "Counting":
        return Counting(self._connection.cursor())

    def _noted(self, call: Any) -> Any:
        def noting(*arguments: Any, **named: Any) -> Any:
            place, started = asked_by(sys._getframe(1)), time.thread_time()
            try:
                answer = call(*arguments, **named)
            finally:
                times[place] += 1
                seconds[place] = seconds.get(place, 0.0) + time.thread_time() - started
            return self if answer is self._connection else answer

        return noting


def asked_by(frame: FrameType | None) -> str:
    """Return the innermost functions of the package that led here."""
    places: list[str] = []
    while frame is not None and len(places) < PLACES:
        _, package, rest = frame.f_code.co_filename.rpartition("candid_assets/")
        if package:
            places.append(f"{rest}:{frame.f_code.co_name}")
        frame = frame.f_back
    return " < ".join(places)


def main() -> None:
    from candid_assets.cli import main as candid

    connect = duckdb.connect
    duckdb.connect = lambda *a, **k: Counting(connect(*a, **k))  # type: ignore[assignment]
    with tempfile.TemporaryDirectory(prefix="candid-bench-") as folder:
        os.environ |= {"CANDID_DATA_DIR": folder, "CANDID_READS_PER_MINUTE": "100000"}
        sys.argv = ["candid", "run"]
        with suppress(SystemExit):
            candid()
    print(f"{times.total():,} statements, {sum(seconds.values()):.1f} s of processor")
    for place in sorted(seconds, key=seconds.__getitem__, reverse=True)[:SHOWN]:
        print(f"{times[place]:6,} {seconds[place]:7.2f} s  {place}")


if __name__ == "__main__":
    main()
