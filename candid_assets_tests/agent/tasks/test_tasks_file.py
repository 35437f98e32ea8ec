import os
import subprocess
import sys
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candid_assets.agent.tasks.status_words import OPEN
from candid_assets.agent.tasks.task_document import Document
from candid_assets.agent.tasks.tasks_file import TaskChangedError, TasksError, TasksFile
from candid_assets_tests.agent.tasks.shapes import PLAIN, SHAPES

AGENT = "data-eng"
BY_NAME = pytest.mark.parametrize("shape", SHAPES, ids=lambda s: s.name)


def document(text):
    return Document.from_bytes(text.encode("utf-8", "surrogateescape"), AGENT)


def open_tasks(doc):
    return [t for t in doc.tasks if t.is_for(AGENT) and t.status in OPEN and not t.problem]


def file_of(tmp_path, text, agent=AGENT):
    path = tmp_path / "tasks.md"
    path.write_bytes(text.encode())
    return TasksFile(path, agent, tmp_path / "locks")


def test_there_are_twenty_shapes_and_more():
    assert len(SHAPES) >= 20


@BY_NAME
def test_the_right_tasks_are_taken(shape):
    assert tuple(t.key for t in open_tasks(document(shape.text))) == shape.taken


@BY_NAME
def test_a_status_changes_and_no_other_byte(shape, tmp_path):
    file = file_of(tmp_path, shape.text)
    for status, before in (("in_progress", OPEN), ("done", ("in_progress",))):
        for key in shape.taken:
            file.set_status(file.read().find(key), before, status)
            assert file.read().find(key).status == status
    assert file.path.read_bytes() == shape.done.encode()


@BY_NAME
def test_a_task_can_be_blocked_and_opened_again(shape):
    doc = document(shape.text)
    for key in shape.taken:
        for status in ("blocked", "pending", "in_progress"):
            doc = doc.with_status(doc.find(key), status)
            assert doc.find(key).status == status, (key, status, doc.text)


@given(st.text(alphabet="|-[]x~ \\\r\n\t`*#>@:Tt1dataeng-pdi🔄é\ufeff", max_size=200))
def test_any_text_is_read_and_what_is_not_a_status_stays(text):
    doc = document(text)
    for task in open_tasks(doc):
        changed = doc.with_status(task, "done")
        rest, new = text, changed.text
        for mark in sorted(task.marks, key=lambda m: -m.start):
            rest = rest[: mark.start] + rest[mark.end :]
        assert len(new) >= len(rest)
        first = min(m.start for m in task.marks)
        assert new[:first] == text[:first]
        last = max(m.end for m in task.marks)
        assert new.endswith(text[last:])


CELLS = st.text(
    st.characters(exclude_characters="\r\n|\\`*_~[]<>@#", exclude_categories=("Cs", "Cc", "Z")),
    min_size=1,
    max_size=12,
)


@given(
    titles=st.lists(CELLS, min_size=1, max_size=6),
    mine=st.lists(st.booleans(), min_size=6, max_size=6),
    newline=st.sampled_from(["\n", "\r\n"]),
    around=st.binary(max_size=30).filter(lambda b: b"\x00" not in b),
)
def test_a_table_among_any_bytes_keeps_all_of_them(titles, mine, newline, around):
    rows = [
        f"| T-{i} | {title} | {'data-eng' if mine[i] else 'gas-dev'} | pending |"
        for i, title in enumerate(titles)
    ]
    table = newline.join(["| ID | Task | Assignee | Status |", "|-|-|-|-|", *rows, "", ""]).encode()
    content = table + around
    doc = Document.from_bytes(content, AGENT)
    expected = table
    for i in range(len(titles)):
        if mine[i]:
            task = doc.find(f"T-{i}")
            assert task in open_tasks(doc)
            doc = doc.with_status(task, "done")
            old = rows[i].encode()
            expected = expected.replace(old, old[: -len(b"pending |")] + b"done |")
    assert doc.to_bytes() == expected + around


def test_bytes_that_are_no_text_are_carried_along(tmp_path):
    file = file_of(tmp_path, PLAIN)
    file.path.write_bytes(PLAIN.encode() + b"\xff\xfe broken \x80\r")
    file.set_status(file.read().find("T-1"), OPEN, "done")
    assert file.path.read_bytes().endswith(b"\xff\xfe broken \x80\r")


def test_a_utf_16_file_is_refused_with_the_fix(tmp_path):
    file = file_of(tmp_path, "")
    file.path.write_bytes(PLAIN.encode("utf-16"))
    with pytest.raises(TasksError, match="save it as UTF-8"):
        file.read()


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(TasksError, match=r"nothing\.md does not exist"):
        TasksFile(tmp_path / "nothing.md", AGENT, tmp_path).read()


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("| data-eng | pending |\n| T-2", "| gas-dev | pending |\n| T-2", "assigned to gas-dev"),
        ("| T-1 | Refresh sales_master", "| T-1 | Refresh skd", "changed to 'Refresh skd'"),
        ("| data-eng | pending |\n| T-2", "| data-eng | on hold |\n| T-2", "set to 'on hold'"),
        ("| T-1 |", "| T-9 |", "is no longer in"),
    ],
)
def test_concurrent_change_is_kept_and_reported(tmp_path, before, after, said):
    file = file_of(tmp_path, PLAIN)
    task = file.read().find("T-1")
    changed = PLAIN.replace(before, after)
    assert changed != PLAIN
    file.path.write_text(changed)
    with pytest.raises(TaskChangedError, match=said):
        file.set_status(task, OPEN, "done")
    assert file.path.read_text() == changed


def test_the_mode_and_a_link_to_the_file_stay(tmp_path):
    file = file_of(tmp_path, PLAIN)
    file.path.chmod(0o640)
    link = tmp_path / "link.md"
    link.symlink_to(file.path)
    linked = TasksFile(link, AGENT, tmp_path / "locks")
    linked.set_status(linked.read().find("T-1"), OPEN, "done")
    assert link.is_symlink()
    assert file.path.stat().st_mode & 0o777 == 0o640
    assert file.read().find("T-1").status == "done"


def test_a_file_that_is_edited_between_reading_and_writing_is_read_again(tmp_path):
    file = file_of(tmp_path, PLAIN)
    edits = iter(["| T-8 | Report | data-eng | pending |\n", "| T-9 | x | gas-dev | open |\n"])

    def change(doc):
        more = next(edits, None)
        if more:
            with file.path.open("a") as other:
                other.write(more)
        return doc.with_status(doc.find("T-1"), "done")

    file.change(change)
    text = file.path.read_text()
    assert "T-8" in text
    assert "T-9" in text
    assert "| T-1 | Refresh sales_master | data-eng | done |" in text


def test_processes_that_change_it_at_once_lose_nothing(tmp_path):
    rows = "".join(f"| T-{i} | Report | data-eng | pending |\n" for i in range(24))
    file = file_of(tmp_path, "| ID | Task | Assignee | Status |\n|-|-|-|-|\n" + rows)
    script = (
        "import sys, pathlib; from candid_assets.agent.tasks.tasks_file import TasksFile\n"
        "file = TasksFile(pathlib.Path(sys.argv[1]), 'data-eng', pathlib.Path(sys.argv[2]))\n"
        "for i in range(int(sys.argv[3]), 24, 3):\n"
        "    task = file.read().find(f'T-{i}')\n"
        "    file.set_status(task, ['pending'], 'done')\n"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(file.path), str(file.locks), str(n)],
            env=os.environ,
        )
        for n in range(3)
    ]
    assert [p.wait(timeout=120) for p in started] == [0, 0, 0]
    assert [t.status for t in file.read().tasks] == ["done"] * 24


def test_an_editor_that_appends_all_the_time_loses_no_line(tmp_path):
    rows = "".join(f"| T-{i} | Report | data-eng | pending |\n" for i in range(30))
    file = file_of(tmp_path, "| ID | Task | Assignee | Status |\n|-|-|-|-|\n" + rows)
    appended = []

    def person(doc):
        appended.append(f"| P-{len(appended)} | Tell | gas-dev | open |\n")
        return Document(doc.text + appended[-1], doc.agent)

    def edit():
        for _ in range(30):
            TasksFile(file.path, "person", file.locks).change(person)

    thread = threading.Thread(target=edit)
    thread.start()
    for i in range(30):
        file.set_status(file.read().find(f"T-{i}"), OPEN, "done")
    thread.join()
    tasks = {t.id: t.status for t in file.read().tasks}
    assert all(tasks[f"T-{i}"] == "done" for i in range(30))
    assert all(line in file.path.read_text() for line in appended)
