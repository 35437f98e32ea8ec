"""Builds a separate DuckDB file equal to an earlier publication, and compares the two."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

import duckdb

from candid_assets.atomic_files import replacing
from candid_assets.cleaning.macros import install_macros
from candid_assets.history.earlier_versions import versions_before
from candid_assets.history.errors import HistoryError
from candid_assets.history.moments import find_publication, iso
from candid_assets.history.replay import Replay
from candid_assets.quality.table_fingerprint import table_fingerprint
from candid_assets.refresh.context import Progress, Quiet
from candid_assets.refresh.input_keys import code_version
from candid_assets.settings import ZONE, Environment, Settings
from candid_assets.sql import literal, qualified
from candid_assets.warehouse.builds import Build, builds_needed
from candid_assets.warehouse.database import bootstrap, open_published
from candid_assets.warehouse.duckdb_blocks import log_of
from candid_assets.warehouse.errors import duckdb_errors
from candid_assets.warehouse.extracts import copy_extracts
from candid_assets.warehouse.memory import open_file
from candid_assets.warehouse.publications import (
    Publication,
    builds_shown,
    copy_record,
    is_rebuilt,
    publications,
)
from candid_assets.warehouse.versions import VERSION, stored_version


@dataclass(frozen=True, slots=True)
class RebuildMismatch:
    """A table that is not what was published then, and why."""

    table: str
    reason: str


@dataclass(slots=True)
class Rebuilt:
    """The result of a rebuild."""

    publication: Publication
    file: Path
    tables: int = 0
    identical: int = 0
    differences: list[RebuildMismatch] = field(default_factory=list)

    @property
    def is_identical(self) -> bool:
        """Whether every table is what was published then."""
        return not self.differences

    def facts(self) -> dict[str, Any]:
        """Return the object of `candid rebuild --json`."""
        return {
            "env": self.publication.env,
            "publication": self.publication.publication,
            "published_at": iso(self.publication.published_at),
            "run_id": self.publication.run_id,
            "file": str(self.file),
            "tables": self.tables,
            "identical": self.is_identical,
            "differences": [{"table": d.table, "reason": d.reason} for d in self.differences],
        }


@dataclass(frozen=True, slots=True)
class _Wanted:
    publication: Publication
    shown: dict[tuple[str, str], int]
    builds: dict[int, Build]


@duckdb_errors()
def rebuild(
    settings: Settings, as_of: str, into: Path | None, now: datetime, progress: Progress | None
) -> Rebuilt:
    """Build what was published at a moment again, from landing and the catalog kept then.

    Args:
        settings: Where landing, catalogs and the published snapshot are.
        as_of: A moment or a run id.
        into: The file to write; None for one named by the publication.
        now: What the moment is relative to.
        progress: Receives how far it is.

    Raises:
        HistoryError: The file to write holds something else, or nothing was published then.
    """
    steps = progress or Quiet()
    wanted = _wanted(settings, as_of, now)
    published = wanted.publication
    when = published.published_at.astimezone(ZONE)
    name = f"{when:%Y-%m-%d_%H%M%S}_{published.publication}.duckdb"
    target = (into or settings.data_dir / "rebuilt" / name).resolve()
    _check_target(target, settings)
    result = Rebuilt(published, target, len(wanted.shown))
    steps.stage("rebuild", len(wanted.builds))
    with _beside(target) as part, open_file(part, read_only=False) as connection:
        bootstrap(connection, published.env)
        with open_published(settings.published_file) as snapshot:
            copy_extracts(snapshot, connection)
        connection.execute(f"attach {literal(str(settings.published_file))} as source (read_only)")
        install_macros(connection)
        with Replay(settings, connection, versions_before) as replay:
            for build in replay.run(list(wanted.builds.values())):
                steps.step("rebuild", build.relation)
        result.differences = list(_differences(connection, wanted, replay.problems))
        result.identical = result.tables - len(result.differences)
        copy_record(connection, published, wanted.shown, result.is_identical)
        connection.execute("detach source")
        connection.execute("checkpoint")
    return result


def _wanted(settings: Settings, as_of: str, now: datetime) -> _Wanted:
    with open_published(settings.published_file) as connection:
        if (stored := stored_version(connection)) < VERSION:
            message = f"the published snapshot is of version {stored}, and this needs {VERSION}"
            raise HistoryError(message, "run `candid run`, which brings it up to date")
        published = find_publication(publications(connection), as_of, now)
        shown = builds_shown(connection, published.publication)
        builds = builds_needed(connection, list(shown.values()))
    return _Wanted(published, shown, {b.build: b for b in builds})


def _differences(
    connection: duckdb.DuckDBPyConnection, wanted: _Wanted, problems: dict[int, str]
) -> Iterator[RebuildMismatch]:
    """Compare every table shown then with its rebuilt one, by the hash of its content."""
    differing: set[int] = set()
    for (layer, table), number in sorted(wanted.shown.items(), key=lambda item: item[1]):
        name = f"{layer}.{table}"
        build = wanted.builds.get(number)
        if build is None:
            yield RebuildMismatch(name, "it was made before builds were recorded")
        elif number in problems:
            differing.add(number)
            yield RebuildMismatch(name, problems[number])
        elif table_fingerprint(connection, qualified(build.layer, table)) != build.fingerprint:
            differing.add(number)
            yield RebuildMismatch(name, _why(build, differing))


def _why(build: Build, differing: set[int]) -> str:
    if build.code != code_version():
        return f"the code that builds it changed: {build.code} then, {code_version()} now"
    if any(number in differing for number in build.inputs):
        return "a table that it reads differs"
    return "the same code and inputs gave another content: its query is not repeatable"


def _check_target(target: Path, settings: Settings) -> None:
    """Refuse to overwrite anything but an earlier rebuild."""
    places = [settings.for_env(env) for env in get_args(Environment)]
    own = {f.resolve() for p in places for f in (p.warehouse_file, p.published_file)}
    if target in own:
        raise HistoryError(f"{target} is in use by the platform", "give another file with --into")
    if target.exists() and not is_rebuilt(target):
        fix = "remove it or give another file with --into"
        raise HistoryError(f"{target} exists and is not a rebuild", fix)


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """Yield a file beside the target that takes its place when all went well."""
    with replacing(target) as part:
        part.unlink()
        try:
            yield part
        finally:
            log_of(part).unlink(missing_ok=True)
