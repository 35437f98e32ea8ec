"""Tables and sheets as OpenLineage names and describes them."""

from collections.abc import Iterable, Mapping
from typing import Any

from openlineage.client.event_v2 import InputDataset, OutputDataset
from openlineage.client.facet_v2 import (
    column_lineage_dataset,
    data_quality_assertions_dataset,
    dataset_version_dataset,
    documentation_dataset,
    output_statistics_output_dataset,
    ownership_dataset,
    schema_dataset,
)

from candid_assets.contracts.catalog import Column, Model, Tab
from candid_assets.lineage.catalog_lineage import CatalogLineage, Table
from candid_assets.lineage.lineage_types import ColumnRef
from candid_assets.names import relation
from candid_assets.refresh.events import Built
from candid_assets.source_kinds.links import source_link
from candid_assets.source_kinds.registry import SOURCES
from candid_assets.warehouse.check_results import CheckResult
from candid_assets.warehouse.provenance import FAMILY_COLUMNS, PROVENANCE

_DIRECT = column_lineage_dataset.Transformation(type="DIRECT", subtype="TRANSFORMATION")
_ORDER = column_lineage_dataset.Transformation(type="INDIRECT", subtype="WINDOW")
_ROWS = column_lineage_dataset.Transformation(type="INDIRECT", subtype="FILTER")


class Datasets:
    """Datasets of one catalog in one environment.

    A warehouse table is `duckdb://candid/<environment>` and `<layer>.<table>`, wherever the file
    stands; a tab is the spreadsheet's address and the tab's title.
    """

    def __init__(self, lineage: CatalogLineage, env: str) -> None:
        self.lineage = lineage
        self.env = env
        self._books = {w.name: w.locations.get(env, "") for w in lineage.catalog.workbooks}

    def name(self, table: Table) -> tuple[str, str]:
        """Return a dataset's namespace and name."""
        layer, name = table
        tab = self.lineage.tabs.get(name)
        if layer in SOURCES and tab is not None:
            book = self._books[tab.workbook] or tab.workbook
            return source_link(book), tab.title
        return f"duckdb://candid/{self.env}", relation(layer, name)

    def read(self, table: Table, checks: Iterable[CheckResult] = ()) -> InputDataset:
        """Return a table that is read, with what its checks found."""
        namespace, name = self.name(table)
        assertions = [
            data_quality_assertions_dataset.Assertion(
                assertion=check.name,
                success=check.passed,
                severity="error" if check.severity == "error" else "warn",
                description=check.message,
            )
            for check in checks
        ]
        facet = data_quality_assertions_dataset.DataQualityAssertionsDatasetFacet(assertions)
        facets: dict[str, Any] = {"dataQualityAssertions": facet} if assertions else {}
        return InputDataset(namespace, name, inputFacets=facets)

    def written(self, built: Built) -> OutputDataset:
        """Return a table that was built: schema, column lineage, owner, rows and version."""
        namespace, name = self.name((built.layer, built.table))
        counted = output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(
            rowCount=built.rows
        )
        return OutputDataset(
            namespace, name, facets=self._facets(built), outputFacets={"outputStatistics": counted}
        )

    def _facets(self, built: Built) -> dict[str, Any]:
        version = dataset_version_dataset.DatasetVersionDatasetFacet(built.version)
        facets: dict[str, Any] = {"version": version}
        subject = self._subject(built.layer, built.table)
        if subject is not None:
            owner = ownership_dataset.Owner(subject.owner, "MAINTAINER")
            facets["ownership"] = ownership_dataset.OwnershipDatasetFacet([owner])
            facets["documentation"] = documentation_dataset.DocumentationDatasetFacet(
                subject.description
            )
        fields = self._fields(built, subject)
        if fields:
            facets["schema"] = schema_dataset.SchemaDatasetFacet(fields)
        if subject is not None and built.layer in ("clean", "ready"):
            facets["columnLineage"] = self._column_lineage((built.layer, built.table))
        return facets

    def _subject(self, layer: str, table: str) -> Tab | Model | None:
        if layer == "ready":
            return self.lineage.models.get(table)
        return self.lineage.tabs.get(table)

    def _fields(
        self, built: Built, subject: Tab | Model | None
    ) -> list[schema_dataset.SchemaDatasetFacetFields]:
        fields = list(built.columns)
        if not fields and subject is not None and built.layer in ("clean", "ready"):
            own: Mapping[str, Column] = {c.name: c for c in subject.columns}
            added = PROVENANCE | FAMILY_COLUMNS
            for name in self.lineage.columns((built.layer, built.table)):
                column = own.get(name)
                kind = column.physical_type if column else _added_type(name)
                fields.append((name, kind, column.description if column else added[name]))
        return [
            schema_dataset.SchemaDatasetFacetFields(name, kind, text, position)
            for position, (name, kind, text) in enumerate(fields, start=1)
        ]

    def _column_lineage(self, table: Table) -> column_lineage_dataset.ColumnLineageDatasetFacet:
        lineage = self.lineage.of(table)
        fields = {
            column: column_lineage_dataset.Fields(
                [
                    *(self._field(ref, _DIRECT) for ref in sorted(sources.values)),
                    *(self._field(ref, _ORDER) for ref in sorted(sources.order)),
                ]
            )
            for column, sources in lineage.columns.items()
            if sources.values or sources.order
        }
        rows = [self._field(ref, _ROWS) for ref in sorted(lineage.rows)]
        return column_lineage_dataset.ColumnLineageDatasetFacet(fields, rows)

    def _field(
        self, ref: ColumnRef, how: column_lineage_dataset.Transformation
    ) -> column_lineage_dataset.InputField:
        namespace, name = self.name((ref.layer, ref.table))
        return column_lineage_dataset.InputField(namespace, name, ref.column, [how])


def _added_type(name: str) -> str:
    return {"_row": "INTEGER", "_sheet_id": "BIGINT"}.get(name, "VARCHAR")
