"""A real PgBouncer, Debian's, in front of the PostgreSQL of the tests, on a port of loopback."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from candid_assets_tests.postgres import PASSWORD, Postgres, free_port, unprivileged_user

_FOLDERS = "/usr/sbin:/usr/bin"
SETTINGS = {
    "listen_addr": "127.0.0.1",
    "unix_socket_dir": "",
    "auth_type": "scram-sha-256",
    "max_client_conn": "50",
    "default_pool_size": "4",
}


@contextmanager
def pooled(server: Postgres, **settings: str) -> Iterator[int]:
    """Start a pooler with its defaults but for some settings; yield its port; end it."""
    with tempfile.TemporaryDirectory(prefix="pgbouncer-", ignore_cleanup_errors=True) as made:
        folder, port, user = Path(made), free_port(), unprivileged_user()
        users = folder / "users.txt"
        users.write_text("".join(f'"{name}" "{PASSWORD}"\n' for name in _logins(server)))
        chosen = SETTINGS | {"listen_port": str(port), "auth_file": str(users)} | settings
        lines = "".join(f"{name} = {value}\n" for name, value in chosen.items())
        target = f"* = host=127.0.0.1 port={server.port}"
        config = folder / "pgbouncer.ini"
        config.write_text(f"[databases]\n{target}\n[pgbouncer]\n{lines}")
        if user:
            for path in (folder, users, config):
                os.chown(path, user.pw_uid, user.pw_gid)
        process = subprocess.Popen(
            [program(), str(config)],
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_for(process, port)
            yield port
        finally:
            process.terminate()
            process.wait(timeout=20)


def program() -> str:
    """Return the path of PgBouncer.

    Raises:
        FileNotFoundError: It is not installed.
    """
    path = shutil.which("pgbouncer") or shutil.which("pgbouncer", path=_FOLDERS)
    if path is None:
        raise FileNotFoundError("these tests need PgBouncer: apt-get install pgbouncer")
    return path


def _logins(server: Postgres) -> list[str]:
    query = "select rolname from pg_catalog.pg_roles where rolcanlogin"
    with psycopg.connect(server.url()) as connection:
        return [str(name) for (name,) in connection.execute(query).fetchall()]


def _wait_for(process: "subprocess.Popen[bytes]", port: int) -> None:
    """Return once the pooler listens."""
    for _ in range(200):
        if process.poll() is not None:
            raise RuntimeError(f"pgbouncer ended with {process.returncode}")
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=0.05)
    raise TimeoutError("pgbouncer does not listen")
