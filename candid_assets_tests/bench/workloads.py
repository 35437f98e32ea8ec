"""What is loaded by every contender: a folder of workbooks behind the local server."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from candid_assets.sandbox.process import SandboxServer
from candid_assets.sandbox.store import workbook_files
from candid_assets.settings import REPOSITORY


@dataclass(frozen=True)
class Workload:
    """Some workbooks, and what the platform needs to know of them."""

    name: str
    folder: Path
    books: tuple[str, ...]
    one_book: str
    """The workbook that is loaded alone."""
    edited: tuple[str, str, str]
    """The workbook, tab and cell that is edited."""
    is_unknown: bool = False
    """Whether it must be described before the platform can load it."""
    only_full: bool = False
    """Whether no case but that of loading everything is measured."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """What tells `candid` where this workload is described."""

    def edit(self, server: SandboxServer, value: int) -> None:
        """Change the one cell, as a person would."""
        book, tab, cell = self.edited
        server.change(book, "edit", tab=tab, cells={cell: f"Ubah {value}"})


def sample_workload(folder: Path, name: str = "sample") -> Workload:
    """Return the sample that was made in a folder."""
    edited = ("CoreOS", "Outlet", "B7")
    return Workload(name, folder, books_of(folder), "SKD_Control", edited)


def unseen_workload(folder: Path, name: str = "unseen", *, only_full: bool = True) -> Workload:
    """Return the unseen workbooks that were made in a folder; nothing describes them yet."""
    edited = ("unseen_1", "Data 2", "C7")
    how = {"is_unknown": True, "only_full": only_full}
    return Workload(name, folder, books_of(folder), "unseen_1", edited, **how)


def books_of(folder: Path) -> tuple[str, ...]:
    """Return the ids of the spreadsheets in a folder."""
    return tuple(path.stem for path in workbook_files(folder))


def candid(*words: str) -> list[str]:
    """Return the command of the platform."""
    return [sys.executable, "-m", "candid_assets.cli", *words]


def plain_environment() -> dict[str, str]:
    """Return the variables of this process without those that steer the platform."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("CANDID_")}
    return kept | {"CANDID_READS_PER_MINUTE": "1000000", "DAGSTER_HOME": str(REPOSITORY)}
