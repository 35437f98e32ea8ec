"""Repeats recorded builds, in the order in which they happened, in another DuckDB file.

The same code that built a table builds it again, with the catalog and the extracts that the
record names; only the audit is left out, for the build passed it then.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TypeVar

import duckdb

from candid_assets.contracts.catalog import Catalog, Model, Tab
from candid_assets.contracts.load import load_catalog
from candid_assets.history.errors import HistoryError
from candid_assets.quality.audit import SuiteAudit
from candid_assets.quality.table_rules import Subject
from candid_assets.refresh.clean_stage import finish_clean, stage_clean
from candid_assets.refresh.context import EarlierVersions, Refresh
from candid_assets.refresh.events import Event, Failed
from candid_assets.refresh.land_stage import build_raw
from candid_assets.refresh.ready_stage import build_model
from candid_assets.settings import Settings
from candid_assets.sources.content_hash import columns_hash, content_hash
from candid_assets.warehouse.builds import Build, Origin, TableState
from candid_assets.warehouse.catalog_archive import CatalogArchive
from candid_assets.warehouse.check_results import Cells, CheckResult
from candid_assets.warehouse.current_extracts import CurrentExtract, replayed_extract
from candid_assets.warehouse.errors import LandingError, WarehouseError
from candid_assets.warehouse.landing import Landing

T = TypeVar("T", Tab, Model)


class AuditPassed(SuiteAudit):
    """An audit that passed when the build was made: it fails nothing."""

    def judge(
        self,
        subject: Subject,
        connection: duckdb.DuckDBPyConnection,
        relation: str,
        cells: Cells | None,
    ) -> list[CheckResult]:
        """Return no result."""
        return []


@dataclass(slots=True)
class Replay:
    """Repeats builds on one connection, whose file is bootstrapped and has the macros."""

    settings: Settings
    connection: duckdb.DuckDBPyConnection
    earlier_versions: EarlierVersions
    problems: dict[int, str] = field(default_factory=dict)
    """Builds that could not be repeated, with the reason."""
    _states: dict[tuple[str, str], TableState] = field(default_factory=dict)
    _catalogs: dict[str, Catalog | WarehouseError] = field(default_factory=dict)
    _swaps: dict[tuple[object, ...], str | None] = field(default_factory=dict)
    _restored: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> "Replay":
        """Begin; catalogs are restored as they are needed."""
        return self

    def __exit__(self, *_: object) -> None:
        """Remove the restored catalogs."""
        self._restored.close()

    def run(self, builds: Sequence[Build]) -> Iterator[Build]:
        """Repeat builds one after the other and yield each when it is done."""
        for build in builds:
            problem = self._repeat(build)
            if problem:
                self.problems[build.build] = problem
            yield build

    def described(self, build: Build) -> Tab | Model:
        """Return the contract or model of a build, as its catalog has it."""
        catalog = self._catalog(build.catalog)
        if build.layer == "ready":
            return _find(catalog.models, build)
        return _find(catalog.tabs, build)

    def _repeat(self, build: Build) -> str | None:
        failed = [number for number in build.inputs if number in self.problems]
        if 0 in build.inputs:
            return "it reads a table that was made before builds were recorded"
        if failed:
            return "a table that it reads could not be built"
        swap = (build.table, build.inputs_key, build.run_id, build.inputs)
        if build.layer == "quarantine" and swap in self._swaps:
            return self._swaps[swap]
        try:
            problem = _failure(self._events(build))
        except (WarehouseError, HistoryError) as error:
            problem = str(error)
        except duckdb.Error as error:
            problem = str(error).splitlines()[0]
        if build.layer == "clean":
            self._swaps[swap] = problem
        return problem

    def _events(self, build: Build) -> Iterator[Event]:
        catalog = self._catalog(build.catalog)
        refresh = self._refresh(build, catalog)
        if build.layer == "ready":
            yield from build_model(refresh, _find(catalog.models, build))
            return
        tab = _find(catalog.tabs, build)
        extract = self._extract(build, tab)
        if build.layer == "raw":
            yield from build_raw(refresh, tab, extract)
            return
        staged = yield from stage_clean(refresh, tab, extract)
        if staged is not None:
            yield from finish_clean(refresh, staged)

    def _refresh(self, build: Build, catalog: Catalog) -> Refresh:
        return Refresh(
            settings=self.settings,
            catalog=catalog,
            connection=self.connection,
            landing=Landing(self.settings.landing_dir),
            run_id=build.run_id,
            earlier_versions=self.earlier_versions,
            force=True,
            audit=AuditPassed(),
            states=self._states,
            origin=Origin(build.run_id, build.catalog, build.code, build.built_at, build.number),
        )

    def _extract(self, build: Build, tab: Tab) -> CurrentExtract:
        landing = Landing(self.settings.landing_dir)
        for used in build.extracts if build.layer == "raw" else ():
            table = landing.open(used.workbook, used.tab, used.content_hash)
            if used.content_hash not in (content_hash(table), columns_hash(table)):
                path = landing.path(used.workbook, used.tab, used.content_hash)
                raise LandingError(f"{path} is damaged: its content has another hash")
        extract = replayed_extract(tab, build.extracts)
        if extract is None:
            raise HistoryError(f"{build.relation} has no extract in its record")
        return extract

    def _catalog(self, wanted: str) -> Catalog:
        if wanted not in self._catalogs:
            archive = CatalogArchive(self.settings.catalogs_dir)
            try:
                root = self._restored.enter_context(archive.restored(wanted))
                self._catalogs[wanted] = load_catalog(root)
            except WarehouseError as error:
                self._catalogs[wanted] = error
        catalog = self._catalogs[wanted]
        if isinstance(catalog, WarehouseError):
            raise catalog
        return catalog


def _find(items: Sequence[T], build: Build) -> T:
    by_table: Mapping[str, T] = {item.table: item for item in items}
    if build.table not in by_table:
        raise HistoryError(
            f"the catalog {build.catalog[:12]} kept then does not describe {build.relation} "
            "to the present code"
        )
    return by_table[build.table]


def _failure(events: Iterator[Event]) -> str | None:
    """Return the message of the first failure among the events, all of which happen."""
    failures = [event.message for event in events if isinstance(event, Failed)]
    return failures[0] if failures else None
