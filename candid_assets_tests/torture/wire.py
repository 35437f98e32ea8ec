"""What is asked of the process that forks refreshes, and what it answers."""

import pickle
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from candid_assets.settings import Environment
from candid_assets_tests.torture.machines import THIS, Machine
from candid_assets_tests.torture.shim import Disk


@dataclass(frozen=True)
class Request:
    """One refresh: of what, how, and what happens to it."""

    root: Path
    data: Path
    """The data folder; another than the root's own for a reference."""
    url: str
    credentials: Path
    workbooks: tuple[str, ...] = ()
    tabs: tuple[str, ...] = ()
    force: bool = False
    read_all: bool = False
    accept_loss: bool = False
    whole: bool = False
    """Whether Dagster runs it, as in `candid run`, with the page and the lineage events."""
    clock: int = 0
    """Seconds by which the clock is wrong."""
    event: int = 0
    """The event of the refresh after which it is killed; 0 for none."""
    point: str = ""
    """A named point at which it is killed."""
    disk: Disk | None = None
    machine: Machine = THIS
    env: Environment = "staging"
    act: tuple[str, ...] = ()
    """What is done at the gate in place of a refresh; see `gate_acts.py`."""


@dataclass
class Answer:
    """What came of a refresh."""

    killed: bool = False
    hung: bool = False
    error: str = ""
    """The message it broke off with."""
    crash: str = ""
    """The trace of an error that is no message."""
    succeeded: bool = False
    published: bool = False
    news: int = 0
    """Tables that were built, checks and failures: 0 where nothing changed."""
    built: list[str] = field(default_factory=list)
    judged: list[str] = field(default_factory=list)
    """The checks that were made."""
    reads: int = 0
    failures: list[tuple[str, str, str, str]] = field(default_factory=list)
    """Layer, table, cause and message."""
    seconds: float = 0.0
    calls: int = 0
    happened: str = ""
    said: str = ""
    """The digest of the plan that was made or applied at the gate."""


def send(pipe: BinaryIO, thing: object) -> None:
    content = pickle.dumps(thing)
    pipe.write(struct.pack("<Q", len(content)) + content)
    pipe.flush()


def receive(pipe: BinaryIO) -> Any:
    size = pipe.read(8)
    return pickle.loads(pipe.read(struct.unpack("<Q", size)[0])) if size else None  # noqa: S301
