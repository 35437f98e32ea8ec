"""What one query of a person or an agent may take: rows, seconds, memory."""

import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import duckdb

from candid_assets.settings import Settings
from candid_assets.warehouse.errors import WarehouseError

_AGAIN_SECONDS: Final = 0.05
_SHARE: Final = 8
_LESS: Final = "ask for less: fewer rows or columns, a sum, a narrower where"


@dataclass(frozen=True, slots=True)
class QueryLimits:
    """How much one query may take."""

    rows: int
    seconds: float
    memory: int
    """Bytes beside what the process has already."""

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the limits of the settings `CANDID_QUERY_…`."""
        return cls(settings.query_rows, settings.query_seconds, settings.query_memory)

    @property
    def buffered(self) -> int:
        """Bytes that DuckDB may buffer; the rest is for what it computes and what is returned."""
        return self.memory // 2

    def require_length(self, characters: int) -> None:
        """Refuse an answer that is too long to be returned beside its rows.

        Raises:
            WarehouseError: It is.
        """
        if characters > self.memory // _SHARE:
            message = f"it returns more than {self.memory // _SHARE:,} characters"
            raise WarehouseError(f"{message} (an eighth of CANDID_QUERY_MEMORY)", _LESS)

    def too_slow(self) -> WarehouseError:
        """Return the error of a query that takes too long."""
        message = f"it took more than {self.seconds:g} s (CANDID_QUERY_SECONDS)"
        return WarehouseError(message, _LESS)

    def too_large(self) -> WarehouseError:
        """Return the error of a query that needs too much memory."""
        megabytes = self.memory // 1_000_000
        message = f"it needs more than {megabytes:,} MB of memory (CANDID_QUERY_MEMORY)"
        return WarehouseError(message, _LESS)

    @contextmanager
    def applied(self, connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
        """Run the block within the time and the memory, for a process that does nothing else.

        Raises:
            WarehouseError: It needs more.
        """
        over = threading.Event()
        watch = threading.Thread(target=self._interrupt, args=(connection, over), daemon=True)
        watch.start()
        try:
            with _limited_memory(self.memory):
                yield
        except duckdb.InterruptException as error:
            raise self.too_slow() from error
        except (MemoryError, duckdb.OutOfMemoryException) as error:
            raise self.too_large() from error
        finally:
            over.set()
            watch.join()

    def _interrupt(self, connection: duckdb.DuckDBPyConnection, over: threading.Event) -> None:
        # An interruption between two steps of a query has no effect: it is repeated.
        seconds = self.seconds
        while not over.wait(seconds):
            connection.interrupt()
            seconds = _AGAIN_SECONDS


@contextmanager
def _limited_memory(more: int) -> Iterator[None]:
    """Let the process take so many bytes more at most, where the system can say and keep it.

    DuckDB counts what it buffers, but not the texts and lists of a row that it computes.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    used = _data_bytes()
    most = used + more
    if not used or (hard != resource.RLIM_INFINITY and most > hard):
        yield
        return
    resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def _data_bytes() -> int:
    """Return the bytes of the process's own data; 0 where the system does not say."""
    try:
        status = Path("/proc/self/status").read_text(encoding="utf-8")
    except OSError:
        return 0
    line = next((line for line in status.splitlines() if line.startswith("VmData:")), "")
    return int(line.split()[1]) * 1024 if line else 0
