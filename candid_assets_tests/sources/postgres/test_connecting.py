"""A connection that fails once is made a moment later; one that is refused is not tried again."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from candid_assets_tests.sources.postgres.orders_database import CLEAN, SEEN, Database


@contextmanager
def relay(port: int, drops: int) -> Iterator[tuple[int, list[int]]]:
    """Yield a port that leads to another, after as many connections were dropped, and a count."""
    seen = [0]
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                seen[0] += 1
                if seen[0] <= drops:
                    client.close()
                    continue
                server = socket.create_connection(("127.0.0.1", port))
                for pair in ((client, server), (server, client)):
                    threading.Thread(target=_copy, args=pair, daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1], seen


def _copy(source: socket.socket, target: socket.socket) -> None:
    try:
        while part := source.recv(65536):
            target.sendall(part)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return


def test_a_connection_that_is_dropped_is_made_again(db: Database) -> None:
    with relay(db.server.port, 2) as (port, seen):
        db.connect("{property: sslMode, value: disable}", port=port)
        assert db.place.run().succeeded, db.place.failures()
        assert db.place.query(SEEN) == CLEAN
        assert seen[0] >= 3


def test_a_password_that_is_refused_is_sent_once(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANDID_PASSWORD_GUDANG", "salah")
    with relay(db.server.port, 0) as (port, seen):
        db.connect("{property: sslMode, value: disable}", port=port)
        assert not db.place.run().succeeded
        assert [cause for cause, _ in db.place.failures()] == ["bad_credentials"]
        assert seen[0] == 1
