"""A process that has loaded the product and forks a fresh one for every refresh.

Run as `python -m candid_assets_tests.torture.zygote` with the shim preloaded: it reads requests
from its input and answers with what the refresh gave, or that it was killed. A forked refresh is a
process of its own, as `candid run` is, without the seconds that imports take.
"""

import faulthandler
import gc
import os
import pickle
import select
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb

from candid_assets.errors import CandidError
from candid_assets.history.earlier_versions import versions_before
from candid_assets.orchestration import execute_refresh, run_refresh
from candid_assets.orchestration.resources import Warehouse
from candid_assets.refresh import stages
from candid_assets.refresh.context import Quiet, Refresh, Selection
from candid_assets.refresh.record import Record
from candid_assets.reports.report import write_report
from candid_assets.settings import Settings
from candid_assets.sources.sheets import session as google
from candid_assets.storage_errors import storage_error
from candid_assets.warehouse.landing import Landing
from candid_assets_tests.end_to_end.faults.killed import POINTS
from candid_assets_tests.end_to_end.faults.kit import BRISK
from candid_assets_tests.torture import gate_acts
from candid_assets_tests.torture.shim import arm, disarm, set_clock
from candid_assets_tests.torture.short_cuts import load_all, prepare, settings_of, variables_of
from candid_assets_tests.torture.wire import Answer, Request, receive, send

LONGEST = 600.0
"""Seconds in which a refresh that hangs does nothing: one that waits for a processor does a bit."""
LEAST = 0.1
"""Seconds of a processor that count as doing something."""
PATIENT = replace(BRISK, deadline=300, connect_timeout=30, read_timeout=120, answer_timeout=240)
"""How a refresh tries again: at once, and never because others have the processors first."""
STACKS = "stacks.txt"
"""Where a refresh writes what each of its threads does, shortly before it counts as hanging."""


def light_job(settings: Settings, catalog: Any, stale: Any, how: Any, run: Any) -> Record:
    """Refresh the selection as the job of Dagster does, without Dagster, page and events."""
    warehouse = Warehouse(database=str(settings.warehouse_file), env=settings.env)
    with warehouse.get_connection() as connection:
        work = Refresh(
            settings=settings,
            catalog=catalog,
            connection=connection,
            landing=Landing(settings.landing_dir),
            run_id=str(uuid4()),
            earlier_versions=versions_before,
            selection=Selection(stale),
            force=how.force,
            read_all=how.read_all,
            accept_loss=how.accept_loss,
            progress=run.progress,
            looks=dict(run.looks),
        )
        for _ in stages.run_refresh(work, run.session, run.record, write_report):
            pass
    record: Record = run.record
    return record


def _killing(refresh: Any, number: int) -> Any:
    """Kill this process after the n-th event of a refresh."""

    def run(*given: Any) -> Iterator[Any]:
        for count, event in enumerate(refresh(*given), start=1):
            yield event
            if count == number:
                os.kill(os.getpid(), signal.SIGKILL)

    return run


def refresh_here(request: Request, *, accept_loss: bool = False) -> Record:
    """Refresh in this process, by whatever job is set, as `candid run` does."""
    settings = settings_of(request)
    google.RetryPolicy = lambda: PATIENT  # type: ignore[assignment,misc]
    how = run_refresh.How(request.force, request.read_all, request.accept_loss or accept_loss)
    return run_refresh.refresh(
        settings,
        request.workbooks,
        request.tabs,
        how=how,
        progress=Quiet(),
    )


def _at_the_gate(request: Request) -> str:
    """Do one thing at the gate, and return what it says."""
    if request.disk:
        arm(request.root, request.disk)
    return gate_acts.do(request.act, settings_of(request))


def _refresh(request: Request) -> Record:
    settings = settings_of(request)
    os.environ |= variables_of(request)
    os.environ["DAGSTER_HOME"] = str(request.root)
    if not request.whole:
        run_refresh._run_job = light_job
        run_refresh.end_run = write_report
    if request.point:
        POINTS[request.point]()
    if request.event:
        killing = _killing(stages.run_refresh, request.event)
        stages.run_refresh = execute_refresh.run_refresh = killing
    request.machine.become()
    set_clock(request.clock)
    if request.disk:
        arm(settings.data_root, request.disk)
    return refresh_here(request)


def _answer(request: Request) -> Answer:
    answer, started = Answer(), time.monotonic()
    record: Record | None = None
    try:
        with ExitStack() as stack:
            if request.env == "production":
                stack.enter_context(gate_acts.behind_the_gate(request.root))
            if request.act:
                answer.said = _at_the_gate(request)
            else:
                record = _refresh(request)
    except CandidError as error:
        answer.error = f"{type(error).__name__}: {error}"
    except (OSError, duckdb.Error) as error:
        # What the command line says of it in a sentence.
        refused = storage_error(error, request.data)
        answer.error = f"{type(error).__name__}: {refused or error}"
        answer.crash = "" if request.disk or refused else traceback.format_exc()
    except BaseException:
        answer.crash = traceback.format_exc()
    if record is not None:
        _tell(record, answer)
    if request.disk:
        answer.calls, answer.happened = disarm()
    answer.seconds = time.monotonic() - started
    return answer


def _tell(record: Record, answer: Answer) -> None:
    """Put what a refresh came to into the answer."""
    answer.succeeded, answer.published = record.succeeded, record.published
    answer.built = [f"{b.layer}.{b.table}" for b in record.built]
    answer.news = len(record.built) + len(record.checks) + len(record.failures)
    answer.judged = [f"{c.layer}.{c.table} {c.name}" for c in record.checks]
    answer.reads = record.sheets_reads
    answer.failures = [(f.layer, f.table, f.cause, f.message) for f in record.failures]
    answer.failures += [
        (c.layer, c.table, c.name, c.message) for c in record.checks if c.blocking and not c.passed
    ]


def processor_seconds(process: int) -> float:
    """Return how long a process has had a processor so far."""
    facts = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(facts[11]) + int(facts[12])) / os.sysconf("SC_CLK_TCK")


def wait_for(child: int, reader: int) -> bytes | None:
    """Return what a child wrote until it ended; None where it hung and was killed."""
    parts, used, at = [], 0.0, time.monotonic()
    with os.fdopen(reader, "rb", buffering=0) as pipe:
        while used < LONGEST and time.monotonic() < at + LONGEST:
            if select.select([pipe], [], [], LONGEST / 10)[0]:
                part = pipe.read(65_536)
                if not part:
                    return b"".join(parts)
                parts.append(part)
            elif (now := processor_seconds(child)) > used + LEAST:
                used, at = now, time.monotonic()
    os.kill(child, signal.SIGKILL)
    return None


def _forked(request: Request) -> Answer:
    """Refresh in a child and return its answer, or that it was killed."""
    prepare(request)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        # What a test of a failing disk prints is not the answer.
        os.dup2(os.open("/dev/null", os.O_RDWR), 1)
        try:
            with (request.root / STACKS).open("w") as stacks, os.fdopen(writer, "wb") as pipe:
                faulthandler.dump_traceback_later(LONGEST - 5, repeat=True, file=stacks)
                pipe.write(pickle.dumps(_answer(request)))
        except BaseException:
            traceback.print_exc()
        os._exit(0)
    os.close(writer)
    said = wait_for(child, reader)
    _, status = os.waitpid(child, 0)
    if said is None:
        return Answer(hung=True, crash=(request.root / STACKS).read_text())
    if os.WIFSIGNALED(status):
        signalled = os.WTERMSIG(status)
        # DuckDB ends its process where it cannot undo what a failing disk refused.
        expected = {signal.SIGKILL, signal.SIGABRT} if request.disk else {signal.SIGKILL}
        return Answer(killed=True, crash="" if signalled in expected else f"{signalled=}")
    return pickle.loads(said) if said else Answer(crash="no answer")  # noqa: S301


def main() -> None:
    load_all()
    gc.freeze()
    gc.disable()
    send(sys.stdout.buffer, "ready")
    while (request := receive(sys.stdin.buffer)) is not None:
        send(sys.stdout.buffer, _forked(request))


if __name__ == "__main__":
    main()
