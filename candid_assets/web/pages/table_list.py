"""The list of tables, and the search over names, descriptions, tab titles and headers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from candid_assets.contracts.catalog import Catalog, Column
from candid_assets.web.api.query_parameters import unknown
from candid_assets.web.api.relations import Relation
from candid_assets.web.api.snapshots import Snapshot

LAYERS: Final = ("ready", "clean", "quarantine")
MOST_FINDINGS: Final = 60


@dataclass(frozen=True, slots=True)
class TableEntry:
    """A published table as lists show it."""

    name: str
    layer: str
    title: str
    """Title of its tab; empty for ready tables."""
    group: str
    """Its workbook's title, or its spoke."""
    description: str
    owner: str
    rows: int | None
    built: str | None
    columns: int


@dataclass(frozen=True, slots=True)
class SearchHit:
    """What a search came upon."""

    kind: str
    """`metric`, `table` or `column`."""
    name: str
    title: str
    description: str
    where: str
    rank: int
    """The lower, the nearer to what was asked."""


def entries(snapshot: Snapshot) -> list[TableEntry]:
    """Return every published table, by layer and group."""
    catalog = snapshot.catalog
    tabs = {tab.table: (tab, book) for book in catalog.workbooks for tab in book.tabs}
    spokes = {model.table: model.spoke for model in catalog.models}

    def of(relation: Relation) -> TableEntry:
        rows, built = snapshot.built.get(relation.name, (None, None))
        title, group = "", spokes.get(relation.table, "")
        if relation.schema != "ready" and relation.table in tabs:
            tab, book = tabs[relation.table]
            title, group = tab.title, book.title
        return TableEntry(
            relation.name,
            relation.schema,
            title,
            group,
            relation.description,
            relation.owner,
            rows,
            built,
            len(relation.fields),
        )

    listed = [of(relation) for relation in snapshot.tables.values()]
    order = {spoke: n for n, spoke in enumerate(("hub", *catalog.registry.spokes))}
    return sorted(
        listed,
        key=lambda e: (LAYERS.index(e.layer), order.get(e.group, 99), e.group.lower(), e.name),
    )


def table_list_facts(
    snapshot: Snapshot, listed: list[TableEntry], given: Mapping[str, str]
) -> dict[str, Any]:
    """Return what the list of tables shows.

    Raises:
        Refused: The layer is none that is published.
    """
    layer = given.get("layer", LAYERS[0])
    if layer not in LAYERS:
        raise unknown("layer", layer, LAYERS)
    counts = {name: sum(e.layer == name for e in listed) for name in LAYERS}
    groups: dict[str, list[TableEntry]] = {}
    for entry in listed:
        if entry.layer == layer and (layer != "quarantine" or entry.rows):
            groups.setdefault(entry.group, []).append(entry)
    return {"layer": layer, "counts": counts, "groups": groups, "env": snapshot.env}


def search_facts(snapshot: Snapshot, listed: list[TableEntry], text: str) -> dict[str, Any]:
    """Return what a search found: everything that holds each of its words."""
    words = text.lower().split()
    findings = sorted(_findings(snapshot.catalog, listed, words), key=lambda f: (f.rank, f.name))
    return {
        "text": text,
        "total": len(findings) if words else 0,
        "findings": findings[:MOST_FINDINGS] if words else [],
    }


def _findings(
    catalog: Catalog, listed: Iterable[TableEntry], words: list[str]
) -> Iterable[SearchHit]:
    def rank(name: str, title: str, description: str) -> int | None:
        """Return 0 for the very name, 1 for one in it, 2 for the description; None for nothing."""
        named = f"{name} {title}".lower().replace("_", " ")
        asked = " ".join(words).replace("_", " ")
        if asked in (name.lower().replace("_", " "), title.lower()):
            return 0
        if all(word.replace("_", " ") in named for word in words):
            return 1
        whole = f"{named} {description.lower()} {name.lower()}"
        return 2 if all(word in whole for word in words) else None

    for metric in catalog.registry.metrics:
        title = f"{metric.label} {metric.label_id}"
        if (near := rank(metric.name, title, metric.description)) is not None:
            yield SearchHit(
                "metric", metric.name, metric.label, metric.description, metric.spoke, near
            )
    columns = _columns(catalog)
    for entry in listed:
        near = rank(entry.name.partition(".")[2], entry.title, entry.description)
        if near is not None and entry.layer != "quarantine":
            title = entry.title or entry.name.partition(".")[2]
            yield SearchHit("table", entry.name, title, entry.description, entry.group, near)
        for column in columns.get(entry.name, ()):
            header = column.header if column.header != column.name else ""
            if (near := rank(column.name, header, column.description)) is not None:
                yield SearchHit(
                    "column",
                    entry.name,
                    f"{column.name} · {header}" if header else column.name,
                    column.description,
                    f"{entry.group} · {entry.title}" if entry.title else entry.name,
                    near + 3,
                )


def _columns(catalog: Catalog) -> dict[str, tuple[Column, ...]]:
    columns = {f"clean.{tab.table}": tab.columns for tab in catalog.tabs}
    return columns | {f"ready.{model.table}": model.columns for model in catalog.models}
