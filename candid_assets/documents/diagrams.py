"""Mermaid diagrams of foreign keys between tables and of the tables that feed each other."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from candid_assets.contracts.catalog import Catalog, Model
from candid_assets.lineage.catalog_lineage import CatalogLineage, Table

_SHAPES = {
    "dimension": ("([", "])"),
    "fact": ("[", "]"),
    "mart": ("[[", "]]"),
    "history": ("[(", ")]"),
    "metrics": (">", "]"),
}


def entities(catalog: Catalog) -> dict[str, str]:
    """Return an entity diagram of the foreign keys of each spoke's tables."""
    lines_of: dict[str, list[str]] = {}
    for model in catalog.models:
        for column in model.columns:
            if column.reference is not None:
                must = "||" if column.required else "|o"
                line = f"{column.reference.table} {must}--o{{ {model.name} : {column.name}"
                lines_of.setdefault(model.spoke, []).append(line)
    return {spoke: _diagram("erDiagram", lines) for spoke, lines in lines_of.items()}


def overview(lineage: CatalogLineage) -> str:
    """Return a flowchart of the workbooks and spokes that feed each spoke."""
    edges: dict[tuple[str, str], int] = {}
    for model in lineage.catalog.models:
        for layer, name in lineage.inputs(("ready", model.name)):
            tab = lineage.tabs.get(name) if layer == "clean" else None
            other = lineage.models.get(name) if layer == "ready" else None
            source = tab.workbook if tab else other.spoke if other else ""
            if source and source != model.spoke:
                edges[source, model.spoke] = edges.get((source, model.spoke), 0) + 1
    titles = {w.name: w.title for w in lineage.catalog.workbooks}
    spokes = dict.fromkeys(model.spoke for model in lineage.catalog.models)
    lines = [f'w_{name}[("{title}")]' for name, title in titles.items()]
    lines += [f'{spoke}["{spoke}"]' for spoke in spokes]
    for (source, target), count in sorted(edges.items()):
        node = f"w_{source}" if source in titles else source
        lines.append(f"{node} -->|{count}| {target}")
    return _diagram("flowchart LR", lines)


def spoke(lineage: CatalogLineage, models: Sequence[Model]) -> str:
    """Return a flowchart of the tables that feed the tables of one spoke."""
    edges = [
        (source, model) for model in models for source in lineage.inputs(("ready", model.name))
    ]
    own = {("ready", model.name) for model in models}
    external = sorted({source for source, _ in edges} - own)
    lines = [_node(model) for model in models]
    for name, tables in _grouped(lineage, external).items():
        lines += [f'subgraph {_id(name)}["{name}"]', *(f"  {_id(t[1])}" for t in tables), "end"]
    lines += sorted({f"{_id(source[1])} --> {model.name}" for source, model in edges})
    return _diagram("flowchart LR", lines)


def _grouped(lineage: CatalogLineage, tables: Iterable[Table]) -> Mapping[str, list[Table]]:
    """Return tables by their workbook or spoke."""
    grouped: dict[str, list[Table]] = {}
    for layer, name in tables:
        tab = lineage.tabs.get(name) if layer == "clean" else None
        model = lineage.models.get(name) if layer == "ready" else None
        group = f"workbook {tab.workbook}" if tab else f"spoke {model.spoke}" if model else layer
        grouped.setdefault(group, []).append((layer, name))
    return grouped


def _node(model: Model) -> str:
    left, right = _SHAPES[model.kind]
    return f'{model.name}{left}"{model.name}"{right}'


def _id(name: str) -> str:
    return name.replace(" ", "_")


def _diagram(kind: str, lines: Iterable[str]) -> str:
    return "\n".join(["```mermaid", kind, *_indented(lines), "```"])


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)
