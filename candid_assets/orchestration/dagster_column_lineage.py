"""Column lineage as Dagster shows it: for each column of a table, the columns behind it."""

from collections.abc import Mapping

import dagster as dg

from candid_assets.lineage.catalog_lineage import CatalogLineage
from candid_assets.names import Layer


def column_lineage(
    lineage: CatalogLineage, layer: Layer, table: str
) -> Mapping[str, dg.TableColumnLineage]:
    """Return the metadata entry `dagster/column_lineage` of a table, empty where it has none.

    A clean column leads to the header in its sheet, a ready one to the columns it is computed
    from and those whose order chose its row. Asked for when a table was just built: a table that
    stands as it was costs nothing.
    """
    columns = lineage.of((layer, table)).columns
    deps = {
        column: [
            dg.TableColumnDep(dg.AssetKey([ref.layer, ref.table]), ref.column)
            for ref in sorted(sources.values | sources.order)
        ]
        for column, sources in columns.items()
    }
    return {"dagster/column_lineage": dg.TableColumnLineage(deps)} if deps else {}
