"""What a deployment changes in production, computed from the two contents and nothing else."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from candid_assets.contract_changes.catalog_changes import catalog_changes
from candid_assets.contract_changes.changed_rows import changed_rows
from candid_assets.contracts.catalog import Catalog
from candid_assets.contracts.load import load_catalog
from candid_assets.gate.content import SANDBOX, SETUP, Content, Installation
from candid_assets.gate.errors import GateError
from candid_assets.gate.git import Git
from candid_assets.gate.plans import (
    CatalogChange,
    ChangedFile,
    ChangedRows,
    Deployment,
    HeldTable,
)
from candid_assets.settings import PACKAGE, Environment, Settings
from candid_assets.warehouse.database import open_published
from candid_assets.warehouse.errors import WarehouseError
from candid_assets.warehouse.publications import last_publication
from candid_assets.warehouse.refresh_record import recorded_failures

MAKES_TABLES: Final = frozenset(
    {
        *("source_kinds", "contracts", "warehouse", "gate", "sources", "quality", "cleaning"),
        *("refresh", "history", "orchestration", "names.py"),
    }
)
"""Rooms whose code decides which rows and values there are, or when."""
_HELD: Final = ("rows_vanished", "tab_emptied", "contract_invalid", "missing_column")
_OTHER_SAMPLE: Final = ChangedRows(
    not_computed="the sample was last published with another catalog"
)
_NO_SAMPLE: Final = ChangedRows(not_computed="no sample is published here")
UNKNOWN_ROWS: Final = (_OTHER_SAMPLE, _NO_SAMPLE)
"""What stands for rows that could not be computed on a computer."""


@dataclass(frozen=True, slots=True)
class Step:
    """From which deployment to which content production goes."""

    base: Deployment | None
    target: Deployment | None
    """The earlier deployment that it goes back to; None: to the commit at work."""
    content: Content
    commit: str


def catalog_changes_of(
    settings: Settings, installation: Installation, step: Step
) -> tuple[CatalogChange, ...]:
    """Return what a step changes in the catalog, with the rows of the sample where it has them.

    Raises:
        GateError: The catalog has problems, or a commit cannot be read.
    """
    git = Git(installation.root)
    with _catalogs(git, installation, step.base, step.target) as (before, after):
        return _changes(settings, before, after, step)


@contextmanager
def _catalogs(
    git: Git, installation: Installation, base: Deployment | None, target: Deployment | None
) -> Iterator[tuple[Catalog, Catalog]]:
    """Yield the catalog that production runs and the one that it is to run."""
    where = installation.catalog.relative_to(installation.root).as_posix()
    with tempfile.TemporaryDirectory(prefix="candid-gate-") as empty:
        Path(empty, "workbooks").mkdir()
        if base is None:
            yield load_catalog(Path(empty)), load_catalog(installation.catalog)
            return
        with git.folder_at(base.commit, where) as old:
            before = load_catalog(old)
            if target is None:
                yield before, load_catalog(installation.catalog)
                return
            with git.folder_at(target.commit, where) as new:
                yield before, load_catalog(new)


def _changes(
    settings: Settings, before: Catalog, after: Catalog, step: Step
) -> tuple[CatalogChange, ...]:
    if after.problems:
        raise GateError(
            f"the catalog has problems: {after.problems[0]}", "candid contracts validate"
        )
    changes = tuple(catalog_changes(before, after))
    if step.base is None:
        return changes
    try:
        with open_published(settings.for_env("sample").published_file) as snapshot:
            shown = last_publication(snapshot)
            is_same = shown is not None and shown.catalog == step.content.catalog
            return tuple(
                _with_rows(c, changed_rows(c, before, snapshot) if is_same else _OTHER_SAMPLE)
                for c in changes
            )
    except WarehouseError:
        return tuple(_with_rows(c, _NO_SAMPLE) for c in changes)


def _with_rows(change: CatalogChange, rows: ChangedRows) -> CatalogChange:
    return change if change.change == "indirect" else change.model_copy(update={"rows": rows})


def code_changes_of(installation: Installation, step: Step) -> tuple[ChangedFile, ...]:
    """Return the files of code and setup that a step changes, each with its class."""
    base, commit = step.base, step.commit
    if base is None:
        return ()
    git = Git(installation.root)
    catalog = installation.catalog.relative_to(installation.root).as_posix()
    lines = git.output(
        "diff", "--no-renames", "--name-status", base.commit, commit, "--", PACKAGE.name, *SETUP,
        f":(exclude){catalog}", f":(exclude){PACKAGE.name}/{SANDBOX}",
    ).splitlines()  # fmt: skip
    files = []
    for line in lines:
        status, _, name = line.partition("\t")
        parts = Path(name).parts
        hard = len(parts) == 1 or parts[1] in MAKES_TABLES
        files.append(
            ChangedFile(
                file=name,
                what="added" if status == "A" else "removed" if status == "D" else "changed",
                change="breaking" if hard else "non-breaking",
            )
        )
    return tuple(files)


def held_tables(settings: Settings, env: Environment) -> tuple[HeldTable, ...] | None:
    """Return what an environment holds back; None where this computer has not its data."""
    try:
        with open_published(settings.for_env(env).published_file) as snapshot:
            failures = recorded_failures(snapshot)
    except WarehouseError:
        return None
    rows = sorted((f.table, f.cause, f.message, f.fix) for f in failures if f.cause in _HELD)
    return tuple(HeldTable(env=env, table=t, cause=c, message=m, fix=f) for t, c, m, f in rows)


def held_now(settings: Settings) -> tuple[HeldTable, ...]:
    """Return what production holds back, or where it has no data here, staging."""
    production = held_tables(settings, "production")
    return production if production is not None else held_tables(settings, "staging") or ()
