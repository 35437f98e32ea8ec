"""The one multi-asset that refreshes everything.

One operation covers the whole chain on purpose (docs/decisions/0002): a tab that fails keeps its
last good table and everything else, the ready tables included, goes on in the same run; separate
steps would skip or abandon whatever hangs on it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import cached_property
from typing import TYPE_CHECKING, Any

import dagster as dg
from dagster._utils.warnings import disable_dagster_warnings

from candid_assets.contracts.catalog import Catalog
from candid_assets.names import REFRESH_OPERATION, WAREHOUSE_POOL
from candid_assets.orchestration.asset_specs import asset_specs, check_specs
from candid_assets.orchestration.refresh_config import DagsterEvent, RefreshConfig
from candid_assets.orchestration.resources import SourcesResource, Warehouse
from candid_assets.refresh.downstream import Table

if TYPE_CHECKING:
    from candid_assets.refresh.closing import WriteReport


class RefreshDefinition(dg.AssetsDefinition):
    """The multi-asset of a refresh, which computes the set of its keys once.

    Dagster asks for the set once for every pair of outputs; for two thousand keys that is a sixth
    of a refresh.
    """

    @staticmethod
    def dagster_internal_init(**attributes: Any) -> "RefreshDefinition":
        """Return the definition of a subset, which Dagster makes by this."""
        with disable_dagster_warnings():
            return RefreshDefinition(**attributes)

    @cached_property
    def asset_and_check_keys(self) -> AbstractSet[dg.AssetKey | dg.AssetCheckKey]:
        """Keys of the selected assets and checks."""
        return set(self.keys).union(self.check_keys)


class RefreshFactory:
    """Makes the multi-asset of a refresh, of all tables or of some, from one set of specs."""

    def __init__(
        self,
        catalog: Catalog,
        env: str,
        report: "WriteReport",
        tables: Collection[Table] | None = None,
    ) -> None:
        """Make the specs of every tab and model of the catalog, or of some tables."""
        self._catalog, self._report = catalog, report
        self._assets = {_table_of(spec.key): spec for spec in asset_specs(catalog, env, tables)}

    @cached_property
    def _checks(self) -> Mapping[Table, list[dg.AssetCheckSpec]]:
        checks: dict[Table, list[dg.AssetCheckSpec]] = defaultdict(list)
        for spec in check_specs(self._catalog):
            checks[_table_of(spec.asset_key)].append(spec)
        return checks

    def build(
        self,
        tables: Collection[Table] | None = None,
        operation: str = REFRESH_OPERATION,
        *,
        with_checks: bool = True,
    ) -> dg.AssetsDefinition:
        """Return the multi-asset over some tables, or over all, with an operation of that name."""
        checked = self._checks if with_checks else {}
        chosen = self._assets if tables is None else sorted(tables)
        catalog, report = self._catalog, self._report

        @dg.multi_asset(
            name=operation,
            specs=[self._assets[table] for table in chosen],
            check_specs=[check for table in chosen for check in checked.get(table, ())],
            can_subset=True,
            pool=WAREHOUSE_POOL,
        )
        def refresh(
            context: dg.AssetExecutionContext,
            config: RefreshConfig,
            warehouse: Warehouse,
            sources: SourcesResource,
        ) -> Iterator[DagsterEvent]:
            # What works on data costs seconds to import; the graph loads without it.
            from candid_assets.orchestration.execute_refresh import execute

            yield from execute(context, catalog, warehouse, sources, report, config)

        return RefreshDefinition.dagster_internal_init(**refresh.get_attributes_dict())


def _table_of(key: dg.AssetKey) -> Table:
    layer, table = key.path
    return layer, table
