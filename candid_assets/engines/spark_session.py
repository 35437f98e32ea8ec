"""The session of this process with a Spark cluster, and what is said of one that fails."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urlsplit

from candid_assets.engines.errors import EngineError

PORT: Final = 15002
"""Where a Connect server listens if its address does not say."""
_WAIT_SECONDS: Final = 10
FIX: Final = "see the log of the cluster and its workers, then run `candid run` again"
"""What to do where a cluster failed."""
_LIBRARIES: Final = ("pyspark.", "grpc.")
_STATUS: Final = re.compile(r'status = StatusCode\.(\w+)\s+details = "(.*)"')
"""What gRPC says of a call that failed, within its first lines."""
_TRACE: Final = re.compile(r'stack trace|Traceback \(|^\s*File "', re.MULTILINE)
"""What stands in the answer of a task that failed in Python."""
_SESSIONS: Final[dict[str, Any]] = {}
_OPENING: Final = threading.Lock()


def session_of(url: str) -> Any:
    """Return the session of this process with a cluster.

    Raises:
        EngineError: Nothing answers at the address, or no Spark Connect; or the library for it is
            not installed.
    """
    _require_listening(url)
    with cluster_errors(url, "a session"), _OPENING:
        session = _SESSIONS.get(url)
        if session is None or session.is_stopped:
            _SESSIONS[url] = session = _opened(url)
        return session


def forget_session(url: str) -> None:
    """Let the next work on a cluster begin a session of its own."""
    with _OPENING:
        _SESSIONS.pop(url, None)


def _require_listening(url: str) -> None:
    """Ask the address itself: the library would go on trying for minutes."""
    parts = urlsplit(url)
    fix = "start the cluster, or correct CANDID_ENGINE_URL; without it tables are cleaned here"
    if parts.scheme != "sc" or not parts.hostname:
        raise EngineError(f"CANDID_ENGINE_URL={url} is no address such as sc://host:{PORT}", fix)
    place = (parts.hostname, parts.port or PORT)
    try:
        socket.create_connection(place, _WAIT_SECONDS).close()
    except OSError as error:
        raise EngineError(f"the cluster at {url} does not answer: {error}", fix) from error


def _opened(url: str) -> Any:
    try:
        from pyspark.sql.connect.client.retries import (  # type: ignore[import-not-found, unused-ignore]
            DefaultPolicy,
        )
        from pyspark.sql.connect.session import (  # type: ignore[import-not-found, unused-ignore]
            SparkSession,
        )
    except ImportError as error:
        raise EngineError(
            f"the library for clusters is not installed: {error}",
            'install it with pip install "candid-assets[spark]"',
        ) from error
    session = SparkSession.builder.remote(url).create()
    # Left to itself the library tries again for ten minutes once a server is gone.
    session.client.set_retry_policies([DefaultPolicy(max_retries=5, max_backoff=2_000)])
    return session


@contextmanager
def cluster_errors(url: str, what: str) -> Iterator[None]:
    """Raise what the cluster and its library fail with as an error with the cluster's address.

    A session that failed is not used again: the cluster may have begun anew.

    Args:
        url: Address of the cluster's Connect server.
        what: What is done there, such as `a task`.

    Raises:
        EngineError: The cluster, the way to it or its library failed.
    """
    try:
        yield
    except Exception as error:
        if not _is_of_cluster(error):
            raise
        forget_session(url)
        message = f"{what} failed on the cluster at {url}: {_said(error)}"
        raise EngineError(message, FIX) from error


def _is_of_cluster(error: Exception) -> bool:
    """Whether the library for clusters raised it, also where it is an error of Python's own."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    raised_in = "" if trace is None else str(trace.tb_frame.f_globals.get("__name__"))
    return any(name.startswith(_LIBRARIES) for name in (type(error).__module__, raised_in))


def _said(error: Exception) -> str:
    """Return what failed in one line: of a traceback the line that names the error."""
    text = str(error)
    status = _STATUS.search(text)
    if status is not None:
        return f"{status[1]}: {status[2]}"[:300]
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if _TRACE.search(text):
        named = [line for line in lines if "Error" in line or "Exception" in line]
        lines = (named or lines)[-1:]
    return re.sub(r"\s+", " ", lines[0])[:300] if lines else type(error).__name__
