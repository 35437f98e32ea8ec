"""Parses addresses of tables and columns: `ready.<table>.<column>`, `sheets/<table>.<header>`."""

from typing import Final

from candid_assets.lineage.catalog_lineage import CatalogLineage, Table
from candid_assets.lineage.errors import LineageError
from candid_assets.lineage.lineage_types import ColumnRef
from candid_assets.names import Layer
from candid_assets.near_names import hint
from candid_assets.source_kinds.registry import SOURCES

LAYERS: Final[tuple[Layer, ...]] = ("ready", "clean", *SOURCES)
CLEAN: Final[Layer] = "clean"


def parse_table(lineage: CatalogLineage, text: str) -> Table:
    """Return the clean or ready table that a text names, with or without its layer.

    Raises:
        LineageError: The catalog has no such table.
    """
    table, rest = _split(lineage, text)
    if rest:
        raise LineageError(f"{text!r} names a column", "give a table such as ready.fct_invoices")
    if table[0] in SOURCES:
        raise LineageError(f"{text!r} is a source", "give a clean or ready table")
    return table


def parse_address(lineage: CatalogLineage, text: str) -> Table | ColumnRef:
    """Return the table or column that a text names, with or without its layer.

    Raises:
        LineageError: The catalog has no such table or column.
    """
    table, name = _split(lineage, text)
    if not name:
        return table
    column = lineage.find(ColumnRef(*table, name))
    if column is not None:
        return column
    columns = lineage.columns(table)
    what = "header" if table[0] in SOURCES else "column"
    message = f"{shown(table)} has no {what} {name!r}"
    raise LineageError(message + hint(name, columns))


def shown(table: Table) -> str:
    """Return a table as people write it: `ready.fct_invoices`, `sheets/coreos__products`."""
    layer, name = table
    return f"{layer}/{name}" if layer in SOURCES else f"{layer}.{name}"


def tables(lineage: CatalogLineage) -> list[Table]:
    """Return every table of the catalog that has lineage."""
    tabs: list[Table] = [
        (layer, name) for name, tab in lineage.tabs.items() for layer in (tab.source, CLEAN)
    ]
    return [*tabs, *(("ready", name) for name in lineage.models)]


def _split(lineage: CatalogLineage, text: str) -> tuple[Table, str]:
    """Return the table and the text after it; a header may contain dots and slashes."""
    known = set(tables(lineage))
    layer, rest = _layer(text.strip())
    name, _, column = rest.partition(".")
    for candidate in LAYERS if layer is None else (layer,):
        if (candidate, name) in known:
            return (candidate, name), column.strip()
    names = [shown(table) for table in sorted(known) if layer in (None, table[0])]
    wanted = shown((layer, name)) if layer else name
    near = names if layer else [n.partition(".")[2] for n in names if "." in n]
    raise LineageError(f"the catalog has no table {wanted!r}" + hint(wanted, near))


def _layer(text: str) -> tuple[Layer | None, str]:
    for layer in LAYERS:
        for between in ("/", "."):
            if text.startswith(layer + between):
                return layer, text[len(layer) + 1 :]
    return None, text
