"""All sources of a refresh: one reader for each kind, opened when the first workbook needs it."""

import logging
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Final

from candid_assets.contracts.catalog import Workbook
from candid_assets.names import Layer
from candid_assets.settings import Settings
from candid_assets.source_kinds.registry import BY_LAYER, KINDS
from candid_assets.sources.open_reader import open_reader
from candid_assets.sources.protocol import Conduct, Reader, Request, SourceExtract, StateOrError
from candid_assets.sources.source_clock import wrong_clock
from candid_assets.sources.source_errors import SourceError, place, unexpected

log = logging.getLogger(__name__)

SECONDS_A_DAY: Final = 86_400


class Sources:
    """Reads states and tables of workbooks of every kind through their readers."""

    def __init__(self, settings: Settings, readers: Mapping[str, Reader] | None = None) -> None:
        """Use readers that are open already, by kind; they are left open."""
        self._settings = settings
        self._stack = ExitStack()
        self._readers: dict[str, Reader | SourceError] = dict(readers or {})
        self._lock = threading.Lock()

    def __enter__(self) -> "Sources":
        """Return the sources; a reader is opened when it is needed."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close every reader."""
        self._stack.close()

    def states(self, workbooks: Sequence[Workbook]) -> dict[str, StateOrError]:
        """Return the state of each connected workbook by its location, or why it has none.

        Raises:
            SourceError: Of no kind a reader can be opened.
        """
        env = self._settings.env
        kinds: dict[str, list[Workbook]] = {}
        for workbook in workbooks:
            if workbook.locations.get(env):
                kinds.setdefault(workbook.kind, []).append(workbook)
        states: dict[str, StateOrError] = {}
        errors: list[SourceError] = []
        for kind, workbooks_of_kind in kinds.items():
            reader = self._reader(kind)
            if isinstance(reader, SourceError):
                errors.append(reader)
                states |= {w.locations[env]: reader for w in workbooks_of_kind}
            else:
                states |= _states(reader, workbooks_of_kind, env)
        if errors and len(errors) == len(kinds):
            raise errors[0]
        return states

    def extract(self, workbook: Workbook, request: Request) -> SourceExtract:
        """Read one workbook.

        Raises:
            SourceError: The workbook as a whole cannot be read.
        """
        reader = self._reader(workbook.kind)
        if isinstance(reader, SourceError):
            raise reader
        return reader.extract(workbook, self._settings.env, request)

    def conduct(self, layer: Layer) -> Conduct:
        """Return what the reader of a source's layer sent to its sources so far."""
        reader = self._readers.get(BY_LAYER[layer].name)
        return Conduct() if reader is None or isinstance(reader, SourceError) else reader.conduct

    @property
    def reads(self) -> tuple[int, int]:
        """Requests for content and requests for states, of all readers."""
        counts = [r.reads for r in self._readers.values() if not isinstance(r, SourceError)]
        return sum(c for c, _ in counts), sum(s for _, s in counts)

    @property
    def read_as(self) -> list[str]:
        """Where each reader reads and as whom, where no contract says so."""
        readers = [r for r in self._readers.values() if not isinstance(r, SourceError)]
        return [reader.in_words for reader in readers if reader.in_words]

    @property
    def wrong_clocks(self) -> list[str]:
        """Sentences about how this computer's clock differs from those of sources; often none."""
        compared = {
            f"the source{KINDS[kind].words.tables}": reader.clock.seconds_fast
            for kind, reader in self._readers.items()
            if not isinstance(reader, SourceError)
        }
        sentences = [wrong_clock(source, fast) for source, fast in compared.items()]
        return [sentence for sentence in sentences if sentence]

    @property
    def clock_agrees(self) -> bool | None:
        """Whether the sources' clocks are within a day of this one; None where none gave a time."""
        readers = [r for r in self._readers.values() if not isinstance(r, SourceError)]
        compared = [fast for r in readers if (fast := r.clock.seconds_fast) is not None]
        return all(abs(fast) < SECONDS_A_DAY for fast in compared) if compared else None

    def _reader(self, kind: str) -> Reader | SourceError:
        with self._lock:
            if kind not in self._readers:
                self._readers[kind] = self._open(kind)
            return self._readers[kind]

    def _open(self, kind: str) -> Reader | SourceError:
        try:
            return self._stack.enter_context(open_reader(kind, self._settings))
        except SourceError as error:
            return error
        except Exception as error:
            return _unforeseen(error, f"no workbook of kind {kind} can be read")


def _states(reader: Reader, workbooks: Sequence[Workbook], env: str) -> Mapping[str, StateOrError]:
    """Return states by location; an error that no reader foresees is one workbook's alone."""
    try:
        return reader.states(workbooks, env)
    except SourceError as error:
        return {workbook.locations[env]: error for workbook in workbooks}
    except Exception as error:
        if len(workbooks) == 1:
            (workbook,) = workbooks
            what = f"{place(workbook.name)} cannot be looked at"
            return {workbook.locations[env]: _unforeseen(error, what, workbook.name)}
    return {k: v for one in workbooks for k, v in _states(reader, [one], env).items()}


def _unforeseen(error: Exception, what: str, workbook: str = "") -> SourceError:
    """Return an error that no reader foresees as one that says so, and log where it came from."""
    source_error = unexpected(error, what, workbook)
    if source_error.code == "internal_error":
        log.exception(what)
    return source_error
