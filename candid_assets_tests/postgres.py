"""A real PostgreSQL, Debian's, started for the tests on a Unix socket and a port of loopback."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

UNPRIVILEGED = ("postgres", "nobody")
"""Whom the server runs as when the tests run as root, which PostgreSQL refuses to."""
PASSWORD = "only-for-tests"
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "timezone": "UTC",
    "listen_addresses": "127.0.0.1",
}


@dataclass(frozen=True)
class Postgres:
    """A running server; its superuser is `candid`."""

    port: int
    folder: Path
    _databases = count(1)

    def url(self, database: str = "postgres", user: str = "candid") -> str:
        """Return the address of a database, password included, as libpq reads it."""
        return f"postgresql://{user}:{PASSWORD}@127.0.0.1:{self.port}/{database}"

    @contextmanager
    def database(self) -> Iterator[str]:
        """Make an empty database and return its address; drop it at the end."""
        name = f"trial_{os.getpid()}_{next(self._databases)}"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
            try:
                yield self.url(name)
            finally:
                drop = sql.SQL("drop database {} with (force)").format(sql.Identifier(name))
                connection.execute(drop)


def binaries() -> Path:
    """Return the folder of initdb and postgres: the newest that Debian has installed.

    Raises:
        FileNotFoundError: There is none.
    """
    installed = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    servers = sorted(installed, key=lambda file: int(file.parent.parent.name))
    if servers:
        return servers[-1].parent
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    raise FileNotFoundError("these tests need PostgreSQL: apt-get install postgresql")


@contextmanager
def started() -> Iterator[Postgres]:
    """Start a server of its own in a new folder and end it, whatever happens, with the folder."""
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        _hand_over(folder)
        password = folder / "password"
        password.write_text(PASSWORD)
        _run(
            *("initdb", "-D", str(folder / "data"), "-U", "candid", f"--pwfile={password}"),
            *("-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"),
        )
        port = free_port()
        options = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
        control = ("pg_ctl", "-D", str(folder / "data"), "-w", "-s")
        log = ("-l", str(folder / "log"))
        try:
            _run(*control, *log, "-o", f"{options} -p {port} -k {folder}", "start")
            yield Postgres(port, folder)
        finally:
            _run(*control, "-m", "immediate", "stop", must=False)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL of this session of tests."""
    with started() as running:
        yield running


@pytest.fixture
def database(postgres: Postgres) -> Iterator[str]:
    """The address of an empty database."""
    with postgres.database() as url:
        yield url


def unprivileged_user() -> pwd.struct_passwd | None:
    """Return whom servers run as that refuse root; None where the tests do not run as root."""
    if os.geteuid() != 0:
        return None
    known = {user.pw_name: user for user in pwd.getpwall()}
    return next(known[name] for name in UNPRIVILEGED if name in known)


def _hand_over(folder: Path) -> None:
    if user := unprivileged_user():
        os.chown(folder, user.pw_uid, user.pw_gid)


def _run(program: str, *arguments: str, must: bool = True) -> None:
    user = unprivileged_user()
    done = subprocess.run(
        [str(binaries() / program), *arguments],
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
        cwd="/",
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if must and done.returncode != 0:
        raise RuntimeError(f"{program} ended with {done.returncode}: {done.stderr or done.stdout}")


def free_port() -> int:
    """Return a port of loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
