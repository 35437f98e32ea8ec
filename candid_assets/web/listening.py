"""The port that `candid serve` listens on, taken before anything else is started."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from candid_assets.web.connections import ask_silent_clients
from candid_assets.web.errors import ServingError


@contextmanager
def listening(port: int) -> Iterator[socket.socket]:
    """Yield a socket on 127.0.0.1, which holds the port until the server answers on it.

    Args:
        port: From 0 to 65535; 0 takes a free one.

    Raises:
        ServingError: The port is taken, or this user may not have it.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    with listener:
        try:
            listener.bind(("127.0.0.1", port))
        except PermissionError as error:
            raise ServingError(
                f"port {port} is kept for the system", "choose one above 1023 with --port"
            ) from error
        except OSError as error:
            raise ServingError(
                f"port {port} is taken ({error.strerror})",
                "choose another with --port, or end what listens there",
            ) from error
        ask_silent_clients(listener)
        yield listener
