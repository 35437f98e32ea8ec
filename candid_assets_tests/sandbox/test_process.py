"""The server runs in a child process that never outlives its parent."""

import os
import signal
import subprocess
import sys
import time

import pytest
import requests

from candid_assets.sandbox.process import SandboxError, SandboxServer
from candid_assets_tests.sandbox.conftest import sales_book

PARENT = """
import os, sys, time
from pathlib import Path
from candid_assets.sandbox.process import SandboxServer
server = SandboxServer(Path(sys.argv[1])).start()
print(server.port, flush=True)
time.sleep(60)
"""


def answers(port):
    try:
        return requests.get(f"http://127.0.0.1:{port}/_sandbox/health", timeout=2).ok
    except requests.RequestException:
        return False


def stops(port):
    """Return whether the server stops within some seconds."""
    deadline = time.monotonic() + 8
    while answers(port):
        if time.monotonic() > deadline:
            return False
    return True


def test_a_server_starts_answers_and_stops(folder):
    sales_book().save(folder)
    server = SandboxServer(folder)
    start = time.monotonic()
    with server:
        ready = time.monotonic() - start
        assert server.control("GET", "/health")["workbooks"] == ["BOOK-1"]
        assert server.environment == {
            "CANDID_GOOGLE_API_URL": server.url,
            "GOOGLE_APPLICATION_CREDENTIALS": str(server.credentials_file),
        }
        assert server.credentials_file.is_file()
    assert not answers(server.port)
    assert not server.credentials_file.exists()
    assert ready < 5


def test_two_servers_serve_one_folder_at_once(folder):
    with SandboxServer(folder) as one, SandboxServer(folder) as two:
        assert one.port != two.port
        assert answers(one.port)
        assert answers(two.port)


def test_files_of_a_killed_server_are_removed_by_the_next(folder):
    with SandboxServer(folder) as living:
        left = folder / "service-account-1.json"
        left.write_text("{}")
        with SandboxServer(folder):
            assert not left.exists()
            assert living.credentials_file.exists()


def test_a_server_that_ends_by_itself_is_noticed(folder):
    with SandboxServer(folder) as server:
        listening = server.control("GET", "/health")["process"]
        os.kill(listening, signal.SIGKILL)
        with pytest.raises(SandboxError, match="ended with code -9"):
            server.wait()


def test_a_taken_port_is_named(folder):
    with SandboxServer(folder) as one, pytest.raises(SandboxError, match="choose another"):
        SandboxServer(folder, port=one.port).start()


def test_a_file_that_is_no_workbook_is_named_and_the_others_served(folder):
    sales_book().save(folder)
    for name, content in (("rusak", "{"), ("lain", "[]"), ("kurang", '{"title": "x"}')):
        (folder / f"{name}.json").write_text(content)
    with SandboxServer(folder) as server:
        assert server.control("GET", "/health")["workbooks"] == ["BOOK-1"]
        assert [name in "".join(server.problems) for name in ("rusak", "lain", "kurang")] == [
            True,
            True,
            True,
        ]


def test_a_folder_that_cannot_be_imported_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="name one that holds"):
        SandboxServer(tmp_path, files=tmp_path / "hilang").start()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_server_exits_with_its_parent_however_that_exits(folder, how):
    command = [sys.executable, "-c", PARENT, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        port = int(parent.stdout.readline())
        assert answers(port)
        os.kill(parent.pid, how)
        parent.wait(timeout=5)
        assert stops(port)
