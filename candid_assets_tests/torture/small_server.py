"""A local server of its own for readings that are tried again and again, a few cells a request."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from candid_assets.sandbox.process import SandboxServer
from candid_assets.settings import Settings
from candid_assets.sources.retry import RetryPolicy
from candid_assets.sources.sheets import chunks

POLICY: Final = RetryPolicy(
    attempts=3,
    deadline=10,
    first_wait=0.001,
    longest_wait=0.002,
    connect_timeout=2,
    read_timeout=0.3,
    answer_timeout=0.5,
    round_wait=0.001,
)
SMALL: Final = 1_500
"""Bytes of one request for values, so that a small tab takes several."""


@contextmanager
def small_server(folder: Path) -> Iterator[tuple[SandboxServer, Settings]]:
    """Yield a server over a folder's workbooks, and the settings that read from it."""
    usual = chunks.TARGET_BYTES
    chunks.TARGET_BYTES = SMALL  # type: ignore[misc]
    try:
        with SandboxServer(folder / "books", quota=False) as server:
            yield (
                server,
                Settings(
                    CANDID_GOOGLE_API_URL=server.url,
                    GOOGLE_APPLICATION_CREDENTIALS=server.credentials_file,
                    CANDID_DATA_DIR=folder / "data",
                    CANDID_READS_PER_MINUTE=10_000_000,
                    XDG_CACHE_HOME=folder / "cache",
                ),
            )
    finally:
        chunks.TARGET_BYTES = usual  # type: ignore[misc]
