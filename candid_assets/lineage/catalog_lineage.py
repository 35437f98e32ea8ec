"""The lineage of a whole catalog: from a sheet's header to ready columns, and back."""

import gc
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from candid_assets.contracts import histories
from candid_assets.contracts.catalog import Catalog, Column, Model, Tab
from candid_assets.contracts.header_text import OF_ROWS, SECTION_HEADER, form_label, normalise
from candid_assets.lineage.lineage_cache import LineageCache
from candid_assets.lineage.lineage_types import ColumnRef, ColumnSources, Made, TableLineage
from candid_assets.names import Layer
from candid_assets.source_kinds.registry import SOURCES

Table = tuple[Layer, str]
Names = tuple[str, ...]
Schema = tuple[tuple[Table, Names], ...]
ADDED = {
    "_row": Made("generated", "row number in the source"),
    "_extract": Made("generated", "content hash of the extract"),
}
"""The columns that cleaning adds to every table."""
OF_FAMILY = {
    "_tab": Made("generated", "title of the tab"),
    "_sheet_id": Made("generated", "id of the tab"),
}
"""The columns that cleaning adds to the table of a family of tabs."""

OF_VERSION = {
    histories.VALID_FROM: Made("generated", "when the extract that brought the version was read"),
    histories.VALID_TO: Made("generated", "when the extract that ended the version was read"),
    histories.IS_CURRENT: Made("generated", "whether the version is the current one"),
}
"""The columns that the platform writes in a history."""


class CatalogLineage:
    """Lineage of the tables of a catalog; a model's SQL is parsed on first use."""

    def __init__(self, catalog: Catalog, kept: LineageCache | None = None) -> None:
        self.catalog = catalog
        self.kept = kept
        self.tabs: Mapping[str, Tab] = {tab.table: tab for tab in catalog.tabs}
        self.models: Mapping[str, Model] = {model.name: model for model in catalog.models}

    def columns(self, table: Table) -> tuple[str, ...]:
        """Return the columns of a clean or ready table, or the headers that a contract names."""
        layer, name = table
        if layer == "ready" and name in self.models:
            return tuple(column.name for column in self.models[name].columns)
        if layer == "clean" and name in self.tabs:
            return tuple(_tab_lineage(self.tabs[name]).columns)
        if layer in SOURCES and name in self.tabs:
            return tuple(column.header for column in self.tabs[name].columns if _is_read(column))
        return ()

    def of(self, table: Table) -> TableLineage:
        """Return where the columns of a table come from; a source table has no lineage."""
        layer, name = table
        if layer == "ready" and name in self.models:
            model = self.models[name]
            schema = tuple((read, self.columns(read)) for read in _inputs(model))
            names = tuple(column.name for column in model.columns)
            table_lineage = self._model(model.name, model.sql, names, schema)
            return _versioned(table_lineage) if model.is_history else table_lineage
        if layer == "clean" and name in self.tabs:
            return _tab_lineage(self.tabs[name])
        return TableLineage()

    def _model(self, name: str, sql: str, columns: Names, schema: Schema) -> TableLineage:
        if self.kept is None:
            return _model_lineage(sql, columns, schema)
        table_lineage = self.kept.read(name, (sql, columns, schema))
        if table_lineage is None:
            table_lineage = _model_lineage(sql, columns, schema)
            self.kept.write(name, (sql, columns, schema), table_lineage)
        return table_lineage

    def readers(self, table: Table) -> tuple[Table, ...]:
        """Return the tables that are made from a table."""
        layer, name = table
        if layer in SOURCES:
            return (("clean", name),) if name in self.tabs else ()
        return tuple(("ready", m.name) for m in self.catalog.models if table in _inputs(m))

    def tables(self) -> tuple[Table, ...]:
        """Return every ready and clean table."""
        models: list[Table] = [("ready", name) for name in self.models]
        return (*models, *(("clean", name) for name in self.tabs))

    def inputs(self, table: Table) -> tuple[Table, ...]:
        """Return the tables that a table is made from."""
        layer, name = table
        if layer == "ready" and name in self.models:
            return _inputs(self.models[name])
        return ((self.tabs[name].source, name),) if layer == "clean" and name in self.tabs else ()

    def find(self, ref: ColumnRef) -> ColumnRef | None:
        """Return a column as the catalog spells it; headers are compared as cleaning does."""
        for column in self.columns((ref.layer, ref.table)):
            same = column.casefold() == ref.column.casefold()
            if same or (ref.layer in SOURCES and normalise(column) == normalise(ref.column)):
                return ref._replace(column=column)
        return None


def _inputs(model: Model) -> tuple[Table, ...]:
    layers: dict[str, Layer] = {"clean": "clean", "ready": "ready"}
    return tuple((layers[layer], table) for layer, table in model.inputs)


@lru_cache(maxsize=1024)
def _model_lineage(sql: str, columns: Names, schema: Schema) -> TableLineage:
    # sqlglot costs a good part of a second to import; what only walks tabs goes without it.
    from candid_assets.lineage.query_lineage import query_lineage

    table_lineage = query_lineage(sql, columns, dict(schema))
    # sqlglot's trees point to their own parents: a hundred megabytes of them would wait.
    gc.collect(1)
    return table_lineage


def _versioned(table: TableLineage) -> TableLineage:
    """Return a history's lineage: what the platform writes is made, whatever its SELECT says."""
    made = {name: ColumnSources(made=frozenset({m})) for name, m in OF_VERSION.items()}
    return replace(table, columns={**table.columns, **made})


def _tab_lineage(tab: Tab) -> TableLineage:
    own = {column.name: _header(tab, column) for column in tab.columns}
    added = (OF_FAMILY if tab.is_family else {}) | ADDED
    return TableLineage(own | {n: ColumnSources(made=frozenset({m})) for n, m in added.items()})


def _is_read(column: Column) -> bool:
    return column.in_sheet or form_label(column.header) is not None


def _header(tab: Tab, column: Column) -> ColumnSources:
    if column.of_title:
        return ColumnSources(made=frozenset({OF_FAMILY["_tab"]}))
    if column.header in OF_ROWS:
        return ColumnSources(made=frozenset({ADDED["_row"]}))
    if column.header == SECTION_HEADER:
        column = next(c for c in tab.columns if c.name == tab.options.section_column)
    return ColumnSources(values=frozenset({ColumnRef(tab.source, tab.table, column.header)}))
