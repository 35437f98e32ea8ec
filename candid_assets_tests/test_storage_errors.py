"""Every error of the disk becomes one sentence with the path, what is safe, and the fix."""

import errno
import os
import resource
import sqlite3
from contextlib import contextmanager

import click
import duckdb
import pytest
from click.testing import CliRunner

from candid_assets.cli import LazyGroup
from candid_assets.storage_errors import is_held, storage_error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/data/x"), "/data/x: the disk is full"),
        (OSError(errno.EROFS, "x", "/data/x"), "read-only"),
        (PermissionError(errno.EACCES, "x", "/data/x"), "permission is denied"),
        (OSError(errno.EDQUOT, "x"), "/data: the disk quota"),
        (OSError(errno.EMFILE, "x"), "too many files"),
        (
            duckdb.IOException(
                'IO Error: Could not write file "/d/w.duckdb.wal": No space left on device'
            ),
            "/d/w.duckdb.wal: the disk is full",
        ),
        (
            duckdb.IOException('IO Error: Cannot open file "/d/w": Permission denied'),
            "/d/w: permission is denied",
        ),
        (sqlite3.OperationalError("database or disk is full"), "the disk is full"),
        (sqlite3.OperationalError("attempt to write a readonly database"), "read-only"),
    ],
)
def test_errors_of_the_disk_are_recognised_through_others(error, words):
    try:
        try:
            raise error
        except Exception as inner:
            raise RuntimeError("the step failed") from inner
    except RuntimeError as outer:
        refused = storage_error(outer, "/data")
    assert words in refused.message
    assert "stays as it is" in refused.message
    assert refused.fix.endswith("then run again")


@pytest.mark.parametrize(
    "error",
    [ValueError("No space left on device"), KeyError("x"), OSError("x"), FileNotFoundError(2, "x")],
)
def test_other_errors_are_none_of_the_disk(error):
    assert storage_error(error, "/data") is None


@contextmanager
def at_most(kind, most):
    soft, hard = resource.getrlimit(kind)
    resource.setrlimit(kind, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(kind, (soft, hard))


def test_what_sqlite_does_not_tell_apart_is_told_by_the_limits_of_the_process():
    failed = sqlite3.OperationalError("disk I/O error")
    assert "the disk fails" in storage_error(failed, "/data").message
    with at_most(resource.RLIMIT_FSIZE, 1 << 30):
        assert "larger than is allowed" in storage_error(failed, "/data").message
    closed = sqlite3.OperationalError("unable to open database file")
    assert "permission is denied" in storage_error(closed, "/data").message
    with at_most(resource.RLIMIT_NOFILE, 0):
        assert "too many files are open" in storage_error(closed, "/data").message


def test_a_lock_of_another_process_is_known():
    assert is_held(duckdb.IOException('Could not set lock on file "x": Conflicting lock'))
    assert not is_held(duckdb.IOException("Corrupt database file"))


def test_any_command_ends_in_one_sentence():
    @click.group(cls=LazyGroup)
    def group() -> None:
        pass

    def full() -> None:
        os.write(os.open("/dev/full", os.O_WRONLY), b"x")

    command = click.Command("status", callback=full)
    group.get_command = lambda context, name: command
    done = CliRunner().invoke(group, ["status"])
    assert done.exit_code == 1
    assert "the disk is full" in done.output
    assert "Traceback" not in done.output
    assert len(done.output.splitlines()) <= 6
