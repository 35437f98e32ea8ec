"""The one multi-asset that refreshes everything.

One operation covers the whole chain on purpose (docs/decisions/0002): a tab that fails keeps its
last good table and everything else, the ready tables included, goes on in the same run; separate
steps would skip or abandon whatever hangs on it.
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from functools import cached_property
from typing import TYPE_CHECKING, Any

import dagster as dg
from dagster._utils.warnings import disable_dagster_warnings

from candid_assets.contracts.catalog import Catalog
from candid_assets.names import WAREHOUSE_POOL
from candid_assets.orchestration.asset_specs import asset_specs, check_specs
from candid_assets.orchestration.refresh_config import DagsterEvent, RefreshConfig
from candid_assets.orchestration.resources import SourcesResource, Warehouse

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


def build_refresh(catalog: Catalog, env: str, report: "WriteReport") -> dg.AssetsDefinition:
    """Return the multi-asset over all tabs and models of the catalog."""

    @dg.multi_asset(
        name="refresh",
        specs=asset_specs(catalog, env),
        check_specs=check_specs(catalog),
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
