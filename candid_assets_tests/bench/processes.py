"""Runs a command and watches all of its processes: wall and processor time, memory."""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SAMPLE_SECONDS = 0.1
NEWS = 1.02
"""How much more resident memory is worth a look at how it is shared."""
LAST_WORDS = 2000


@dataclass(frozen=True)
class Ended:
    """A command that ended, or was ended because it took too long."""

    code: int
    seconds: float
    cpu_seconds: float
    """User and system time of the command and of the children that it waited for."""
    peak_bytes: int
    """Greatest sum of the memory of the command and its children, pages they share counted once."""
    out: str
    errors: str
    started_at: float
    """Seconds since the epoch."""
    in_time: bool = True


def watched(
    command: Sequence[str],
    environment: Mapping[str, str],
    folder: Path,
    most_seconds: float = 3600,
) -> Ended:
    """Run a command in a folder and measure it; end it after the most seconds that it may take."""
    started, started_at = time.perf_counter(), time.time()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            command,
            env=environment,
            cwd=folder,
            stdout=out,
            stderr=errors,
            start_new_session=True,
        )
        try:
            status, usage, peak = _until_end(process.pid, started + most_seconds)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        errors.seek(0)
        return Ended(
            process.returncode,
            seconds,
            usage.ru_utime + usage.ru_stime,
            peak,
            out.read().decode(errors="replace"),
            errors.read().decode(errors="replace")[-LAST_WORDS:],
            started_at,
            seconds <= most_seconds,
        )


def _until_end(pid: int, latest: float) -> tuple[int, Any, int]:
    """Return the status, usage and greatest memory of a process, ended at the latest time."""
    peak = most_resident = 0
    while True:
        ended, status, usage = os.wait4(pid, os.WNOHANG)
        if ended:
            return status, usage, peak
        # Asking for shares stops the process that is asked for a moment, so it is asked only
        # where there is more resident memory than ever before.
        resident = sum(_resident(one) for one in tree_of(pid))
        if resident > most_resident * NEWS:
            most_resident = resident
            peak = max(peak, sum(memory_of(one) for one in tree_of(pid)))
        if time.perf_counter() > latest:
            os.killpg(pid, signal.SIGKILL)
        time.sleep(SAMPLE_SECONDS)


def tree_of(pid: int) -> Iterator[int]:
    """Yield a process and all below it, of whichever of its threads they were started."""
    yield pid
    for task in _tasks(pid):
        try:
            children = (task / "children").read_text().split()
        except OSError:
            continue
        for child in children:
            yield from tree_of(int(child))


def _tasks(pid: int) -> list[Path]:
    try:
        return list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return []


def _resident(pid: int) -> int:
    """Return the pages of a process that are in memory, shared ones too."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0


def memory_of(pid: int) -> int:
    """Return the bytes of a process's proportional set size: its share of every page it uses."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def processor_seconds_of(pid: int) -> float:
    """Return the processor time of a process and all below it, and of those that ended there."""
    return sum(_ticks(one) for one in tree_of(pid)) / os.sysconf("SC_CLK_TCK")


def _ticks(pid: int) -> int:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0
    return sum(map(int, stat.rpartition(")")[2].split()[11:15]))
