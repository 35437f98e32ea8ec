"""Logs: JSON lines with run, workbook and tab; whole lines from many processes; rotation."""

import json
import logging
import subprocess
import sys
from collections import Counter

import pytest

from candid_assets.logs import EVENTS, LOGGER, logged_with, write_logs

WRITER = """
import sys, logging
from pathlib import Path
from candid_assets import logs
print("ready", flush=True)
sys.stdin.readline()
logs.LARGEST_FILE, logs.FILES_KEPT = int(sys.argv[3]), int(sys.argv[4])
logs.write_logs(Path(sys.argv[1]))
for n in range(200):
    logging.getLogger("candid_assets.test").info("%s %d %s", sys.argv[2], n, "x" * 200)
"""


def lines(folder, pattern="candid.jsonl"):
    texts = (file.read_text() for file in sorted(folder.glob(pattern)))
    return [json.loads(line) for text in texts for line in text.splitlines()]


@pytest.fixture
def folder(tmp_path):
    before = {logger: list(logger.handlers) for logger in (LOGGER, EVENTS)}
    yield tmp_path / "logs"
    for logger, handlers in before.items():
        for handler in set(logger.handlers) - set(handlers):
            logger.removeHandler(handler)


def test_a_line_says_when_how_grave_where_from_and_what_it_is_about(folder):
    write_logs(folder)
    with logged_with(run="r1", workbook="toko"):
        logging.getLogger("candid_assets.sources").warning("read again: %s", "Überschrift")
    logging.getLogger("candid_assets.sources").info("after")
    first, second = lines(folder)
    assert first.pop("at").endswith("Z")
    assert first == {
        "level": "warning",
        "logger": "candid_assets.sources",
        "message": "read again: Überschrift",
        "run": "r1",
        "workbook": "toko",
    }
    assert "run" not in second


def test_an_exception_stands_in_its_line(folder):
    write_logs(folder)
    try:
        raise ValueError("of this kind")
    except ValueError:
        logging.getLogger("candid_assets.x").exception("failed")
    (line,) = lines(folder)
    assert "ValueError: of this kind" in line["exception"]


def test_warnings_still_reach_stderr_but_events_of_refreshes_do_not(folder, capsys):
    write_logs(folder)
    logging.getLogger("candid_assets.x").warning("shown")
    EVENTS.error("only in the log")
    shown = capsys.readouterr().err
    assert "shown" in shown
    assert "only in the log" not in shown
    assert [line["message"] for line in lines(folder)] == ["shown", "only in the log"]


def written_at_once(folder, processes, largest, kept):
    """Let processes log at the same time; return the lines that each file of the log holds."""
    run = [sys.executable, "-c", WRITER, str(folder)]
    started = [
        subprocess.Popen(
            [*run, f"p{n}", str(largest), str(kept)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for n in range(processes)
    ]
    assert [process.stdout.readline() for process in started] == ["ready\n"] * processes
    for process in started:
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in started:
        process.communicate(timeout=120)
    assert [process.returncode for process in started] == [0] * processes
    numbered = Counter(
        tuple(line["message"].split()[:2]) for line in lines(folder, "candid.jsonl*")
    )
    assert numbered == {(f"p{n}", str(i)): 1 for n in range(processes) for i in range(200)}
    return [file.read_text().count("\n") for file in folder.glob("candid.jsonl*")]


def test_many_processes_write_whole_lines_and_none_is_lost(tmp_path):
    files = written_at_once(tmp_path / "logs", 3, 50_000, 5)
    assert len(files) > 2
    for file in (tmp_path / "logs").glob("candid.jsonl*"):
        assert file.stat().st_size < 51_000


def test_two_processes_that_rotate_at_once_lose_no_line(tmp_path):
    # Two lines fill a file: both processes rotate all the time.
    files = written_at_once(tmp_path / "logs", 2, 500, 1_000)
    assert len(files) >= 200
    assert max(files) == 2


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path, caplog):
    (tmp_path / "logs").write_text("in the way")
    write_logs(tmp_path / "logs")
    assert "is not written" in caplog.text
