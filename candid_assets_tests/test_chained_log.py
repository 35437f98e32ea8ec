"""A log in which nothing is changed, removed or put in unseen, by whatever means."""

import json
import os
import threading

import pytest

from candid_assets.chain_check import verify_chain
from candid_assets.chained_log import ChainedLog, files_of, head_file, head_of


@pytest.fixture
def log(tmp_path):
    return ChainedLog(tmp_path / "web" / "audit.jsonl")


@pytest.fixture
def written(log):
    """Six lines, of which the last three are in the present month's file."""
    for who in ("rina", "dimas", "data-eng"):
        log.append({"when": "2026-11-02T08:00:00", "event": "login", "who": who}, durable=True)
    log.file.rename(log.file.with_name("audit-2026-11.jsonl"))
    for who in ("sari", "budi"):
        log.append({"when": "2026-12-02T08:00:00", "event": "mutation", "who": who}, durable=True)
    log.append({"when": "2026-12-02T08:00:01", "event": "read", "who": "budi"}, durable=False)
    return log


def lines_of(path):
    return path.read_bytes().splitlines(keepends=True)


def test_lines_fit_each_other_across_the_files_of_months(written):
    check = verify_chain(written.file)
    assert check.problem is None
    assert check.lines == 6
    assert [path.name for path in files_of(written.file)] == ["audit-2026-11.jsonl", "audit.jsonl"]
    assert head_of(written.file).lines == 5


def test_files_of_one_month_are_followed_in_the_order_in_which_they_were_written(log):
    for number in range(1, 13):
        log.append({"event": "login", "number": number}, durable=True)
        name = f"audit-2026-11-{number}.jsonl" if number > 1 else "audit-2026-11.jsonl"
        log.file.rename(log.file.with_name(name))
    log.append({"event": "login"}, durable=True)
    assert verify_chain(log.file).problem is None
    assert verify_chain(log.file).lines == 13


def changed(path, number, how):
    lines = lines_of(path)
    how(lines, number - 1)
    path.write_bytes(b"".join(lines))


def rename_who(lines, at):
    lines[at] = lines[at].replace(b'"who": "', b'"who": "not-')


def take_out(lines, at):
    del lines[at]


def put_in(lines, at):
    lines.insert(at, b'{"when": "2026-12-02", "event": "login", "who": "rina"}\n')


def put_in_numbered(lines, at):
    forged = json.loads(lines[at]) | {"who": "rina"}
    lines.insert(at, json.dumps(forged).encode() + b"\n")


def swap(lines, at):
    lines[at], lines[at + 1] = lines[at + 1], lines[at]


def blank(lines, at):
    lines[at] = b"\n"


FORMER, PRESENT = "audit-2026-11.jsonl", "audit.jsonl"


@pytest.mark.parametrize(
    ("file", "number", "how", "named"),
    [
        (FORMER, 1, rename_who, f"the line before {FORMER} line 2 is not"),
        (FORMER, 3, rename_who, f"the line before {PRESENT} line 1 is not"),
        (FORMER, 1, take_out, f"{FORMER} line 1 is number 2; those before it are gone"),
        (FORMER, 2, take_out, f"{FORMER} line 2 is number 3, and number 2 has to"),
        (FORMER, 3, take_out, f"{PRESENT} line 1 is number 4, and number 3 has to"),
        (FORMER, 2, put_in, f"{FORMER} line 2 was not written by candid"),
        (FORMER, 2, put_in_numbered, f"{FORMER} line 3 is number 2, and number 3 has to"),
        (FORMER, 1, swap, f"{FORMER} line 2 is number 1"),
        (FORMER, 2, blank, f"{FORMER} line 3 is number 3, and number 2 has to"),
        (PRESENT, 1, rename_who, f"the line before {PRESENT} line 2 is not"),
        (PRESENT, 2, rename_who, f"the line before {PRESENT} line 3 is not"),
        (PRESENT, 3, put_in, f"{PRESENT} line 3 was not written by candid"),
    ],
)
def test_the_first_line_that_does_not_fit_is_named(written, file, number, how, named):
    changed(written.file.with_name(file), number, how)
    assert named in verify_chain(written.file).problem


def test_lines_cut_off_at_the_end_are_missed(written):
    written.file.write_bytes(b"".join(lines_of(written.file)[:1]))
    assert "ends with number 4; number 5 to 5" in verify_chain(written.file).problem
    written.file.unlink()
    assert "ends with number 3; number 4 to 5" in verify_chain(written.file).problem


def test_a_last_line_that_was_changed_is_named(log):
    log.append({"event": "login", "who": "rina"}, durable=True)
    changed(log.file, 1, rename_who)
    assert verify_chain(log.file).problem == "number 1 is not as it was written"


def test_a_head_that_is_gone_is_missed(written):
    head_file(written.file).unlink()
    assert "head" in verify_chain(written.file).problem


def test_a_former_file_that_is_gone_is_missed_unless_a_line_says_that_its_time_was_over(written):
    former = written.file.with_name(FORMER)
    kept = former.read_bytes()
    former.unlink()
    assert "audit.jsonl line 1 is number 4; those before it are gone" in (
        verify_chain(written.file).problem
    )
    former.write_bytes(kept)
    written.record_removal(former)
    former.unlink()
    assert verify_chain(written.file).problem is None


def test_lines_of_before_are_followed_from_the_last_of_them(log):
    log.file.parent.mkdir(parents=True)
    log.file.write_text('{"event": "login", "who": "a"}\n{"event": "login", "who": "b"}\n')
    log.append({"event": "login", "who": "c"}, durable=True)
    assert verify_chain(log.file).problem is None
    assert verify_chain(log.file).lines == 1
    changed(log.file, 2, rename_who)
    assert "the line before audit.jsonl line 3 is not" in verify_chain(log.file).problem


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb", "\x00", "é", "\u2028", "🙂", "\r\n{}"])
def test_every_text_is_one_line_of_ascii(log, text):
    log.append({"event": "mutation", "operation": text, text: [text]}, durable=True)
    log.append({"event": "login"}, durable=True)
    raw = log.file.read_bytes()
    assert raw.isascii()
    assert raw.count(b"\n") == 2
    assert json.loads(lines_of(log.file)[0])["operation"] == text
    assert verify_chain(log.file).problem is None


def test_a_line_cut_off_by_a_power_cut_is_kept_and_the_next_fits(written):
    with written.file.open("ab") as end:
        end.write(b'{"when": "2026-12-02T08:00:02", "ev')
    ChainedLog(written.file).append({"event": "login", "who": "rina"}, durable=True)
    assert verify_chain(written.file).problem is None
    assert json.loads(lines_of(written.file)[-1])["n"] == 7
    changed(written.file, 4, blank)
    assert "the line before audit.jsonl line 5 is not" in verify_chain(written.file).problem


def test_a_line_longer_than_a_block_is_followed(log):
    log.append({"event": "mutation", "variables": "x" * 200_000}, durable=True)
    ChainedLog(log.file).append({"event": "login"}, durable=True)
    assert verify_chain(log.file).problem is None


def test_writers_at_once_write_one_chain(log):
    logs = [ChainedLog(log.file) for _ in range(4)]

    def write(one):
        for number in range(10):
            one.append({"event": "read", "number": number}, durable=number == 9)

    threads = [threading.Thread(target=write, args=[one]) for one in logs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert verify_chain(log.file).problem is None
    assert verify_chain(log.file).lines == 40


def test_a_line_that_a_full_disk_takes_in_part_leaves_nothing(written, monkeypatch):
    before, write = written.file.read_bytes(), os.write
    monkeypatch.setattr("candid_assets.chained_log.os.write", lambda h, text: write(h, text[:20]))
    with pytest.raises(OSError, match="took 20 of"):
        written.append({"event": "login"}, durable=True)
    monkeypatch.undo()
    assert written.file.read_bytes() == before
    written.append({"event": "login"}, durable=True)
    assert verify_chain(written.file).problem is None


def test_the_files_of_the_log_are_their_owners_alone(written):
    for path in written.file.parent.iterdir():
        assert path.stat().st_mode & 0o077 == 0, path
