"""Which tables hang on which: a tab's layers, and every ready table downstream of them."""

from candid_assets.contracts.catalog import BrokenTab, Catalog, Tab, Workbook
from candid_assets.names import BUILT_LAYERS, Layer

Table = tuple[Layer, str]


def tables_of(tab: Tab | BrokenTab, *, with_source: bool = True) -> set[Table]:
    """Return a tab's tables in every layer."""
    source: set[Table] = {(tab.source, tab.table)} if with_source else set()
    return source | {(layer, tab.table) for layer in BUILT_LAYERS}


def with_downstream(catalog: Catalog, workbooks: set[str], tabs: set[str]) -> frozenset[Table]:
    """Return the tables of workbooks and single tabs (by table name) with everything downstream."""
    chosen: set[Table] = set()
    for workbook in catalog.workbooks:
        for tab in _all_tabs(workbook):
            if workbook.name in workbooks or tab.table in tabs:
                chosen |= tables_of(tab)
    for model in catalog.models:
        if any(key in chosen for key in model.inputs):
            chosen.add(("ready", model.name))
    return frozenset(chosen)


def _all_tabs(workbook: Workbook) -> list[Tab | BrokenTab]:
    return [*workbook.tabs, *workbook.broken_tabs]
