"""Logs: JSON lines with run, workbook and tab; whole lines from many processes; rotation."""

import json
import logging
import subprocess
import sys

import pytest

from candid_assets.logs import EVENTS, LOGGER, logged_with, write_logs

WRITER = """
import sys, logging
from pathlib import Path
from candid_assets import logs
logs.LARGEST_FILE = int(sys.argv[3])
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


def test_many_processes_write_whole_lines_and_none_is_lost(tmp_path):
    folder = tmp_path / "logs"
    run = [sys.executable, "-c", WRITER, str(folder)]
    started = [subprocess.Popen([*run, f"p{n}", "50000"]) for n in range(3)]
    assert [process.wait(timeout=60) for process in started] == [0, 0, 0]
    written = lines(folder, "candid.jsonl*")
    numbered = {tuple(line["message"].split()[:2]) for line in written}
    assert numbered == {(f"p{n}", str(i)) for n in range(3) for i in range(200)}
    assert len(list(folder.glob("candid.jsonl*"))) > 2
    for file in folder.glob("candid.jsonl*"):
        assert file.stat().st_size < 51_000


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path, caplog):
    (tmp_path / "logs").write_text("in the way")
    write_logs(tmp_path / "logs")
    assert "is not written" in caplog.text
