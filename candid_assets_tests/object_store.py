"""An S3-compatible store on loopback."""

from collections.abc import Iterator
from contextlib import contextmanager

import requests
from moto.server import ThreadedMotoServer


@contextmanager
def object_store() -> Iterator[str]:
    """Yield the address of a store that ends with the block, and what was put in it too."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    try:
        yield address
    finally:
        # Moto keeps buckets for its process, not for its server: the next one would find them.
        requests.post(f"{address}/moto-api/reset", timeout=10).raise_for_status()
        server.stop()
