"""What a catalog changes for those who read its tables: each change with its class.

The classes are those of SQLMesh. *Breaking*: something that readers know is gone, has another
type, or may hold other values or rows. *Non-breaking*: columns were added, or words changed.
*Indirect*: the table is as it was, but is made from one that changed.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, Final, Literal

from candid_assets.contract_changes.sql_changes import only_adds
from candid_assets.contracts.catalog import Catalog, Column, Model, Tab, Workbook
from candid_assets.contracts.metrics.declarations import Metric
from candid_assets.gate.plans import CatalogChange, ChangeClass, ChangedRows
from candid_assets.lineage.catalog_lineage import CatalogLineage, Table
from candid_assets.lineage.walk import tables_from
from candid_assets.names import REFRESH_ALL, export_job, refresh_job, relation

_WORDS: Final = frozenset({"description", "owner", "title", "label", "label_id", "grain"})
"""Keys that only describe a thing; all others decide which rows and values there are."""
_PLACES: Final = frozenset({"path", "line", "fingerprint", "root"})
_HEAD: Final = (
    "title",
    "description",
    "owner",
    "version",
    "domain",
    "kind",
    "locations",
    "volatile",
)


def catalog_changes(before: Catalog, after: Catalog) -> list[CatalogChange]:
    """Return what differs between two catalogs, what is only reached by it at the end."""
    lineages = CatalogLineage(before), CatalogLineage(after)
    direct = [
        *_workbooks(before, after),
        *_tables("contract", "clean", _by_table(before.tabs), _by_table(after.tabs), lineages),
        *_tables("model", "ready", _by_table(_own(before)), _by_table(_own(after)), lineages),
        *_metrics(before, after),
        *_jobs(before, after),
        *_destinations(before, after),
    ]
    return [*direct, *_indirect(direct, after)]


def _own(catalog: Catalog) -> Iterable[Model]:
    """Return the models that are written by hand; those of metrics are reported as metrics."""
    return (model for model in catalog.models if model.kind != "metrics")


def _by_table(subjects: Iterable[Tab | Model]) -> dict[str, Tab | Model]:
    return {subject.table: subject for subject in subjects}


def _workbooks(before: Catalog, after: Catalog) -> Iterator[CatalogChange]:
    old, new = ({w.name: w for w in c.workbooks} for c in (before, after))
    for name in sorted({*old, *new}):
        if name not in old:
            what = _named("added", new[name])
            yield _change("workbook", name, "non-breaking", (what,))
        elif name not in new:
            yield _change("workbook", name, "breaking", [_named("removed", old[name])])
        else:
            pairs = [(n, getattr(old[name], n), getattr(new[name], n)) for n in _HEAD]
            differing = [(n, f"{n}: {a!r} → {b!r}") for n, a, b in pairs if a != b]
            if differing:
                hard = any(n in {"kind", "locations", "servers", "title"} for n, _ in differing)
                words = [text for _, text in differing]
                yield _change("workbook", name, "breaking" if hard else "non-breaking", words)


def _named(word: str, workbook: Workbook) -> str:
    return f"{word}: {workbook.title}, {len(workbook.tabs)} tabs"


def _tables(
    kind: str,
    layer: Literal["clean", "ready"],
    old: Mapping[str, Tab | Model],
    new: Mapping[str, Tab | Model],
    lineages: tuple[CatalogLineage, CatalogLineage],
) -> Iterator[CatalogChange]:
    for name in sorted({*old, *new}):
        table: Table = (layer, name)
        if name not in old:
            what, change, reaches = ["added"], False, True
        elif name not in new:
            what, change, reaches = ["removed"], True, True
        else:
            what, change, reaches = _subject(old[name], new[name])
        if what:
            down = {t for lineage in lineages for t in tables_from(lineage.readers, table)}
            downstream = sorted(relation(layer, t) for layer, t in down) if reaches else []
            word: ChangeClass = "breaking" if change else "non-breaking"
            yield _change(kind, relation(layer, name), word, what, downstream)


def _subject(old: Tab | Model, new: Tab | Model) -> tuple[list[str], bool, bool]:
    """Return in words what changed of a table, whether it breaks readers, and reaches further."""
    what, breaking = _columns(old.columns, new.columns)
    reaches = breaking or len(new.columns) > len(old.columns)
    if isinstance(old, Model) and isinstance(new, Model) and old.sql != new.sql:
        added = only_adds(old.sql, new.sql)
        wording = {True: "its SQL adds columns", False: "its SQL makes other values or rows"}
        what.append(
            "its SQL reads otherwise but means the same" if added is None else wording[added]
        )
        breaking |= added is False
        reaches |= added is not None
    skipped = {"columns", "sql", "inputs"}
    for name, a, b in _facts_that_differ(old, new, skipped):
        what.append(f"{name}: {_short(a)} → {_short(b)}")
        breaking |= name not in _WORDS or (isinstance(old, Tab) and name == "title")
    return what, breaking, reaches or breaking


def _columns(old: tuple[Column, ...], new: tuple[Column, ...]) -> tuple[list[str], bool]:
    before, after = ({c.name: c for c in columns} for columns in (old, new))
    what, breaking = [], False
    for name in (n for n in before if n not in after):
        what.append(f"column {name} removed")
        breaking = True
    for name, column in after.items():
        if name not in before:
            what.append(f"column {name} {column.physical_type} added")
            breaking |= column.primary_key_position is not None
            continue
        for fact, a, b in _facts_that_differ(before[name], column, set()):
            what.append(f"column {name}, {fact}: {_short(a)} → {_short(b)}")
            breaking |= fact not in _WORDS
    if not what and [c.name for c in old] != [c.name for c in new]:
        what, breaking = ["its columns are in another order"], True
    return what, breaking


def _metrics(before: Catalog, after: Catalog) -> Iterator[CatalogChange]:
    old, new = ({m.name: m for m in c.registry.metrics} for c in (before, after))
    for name in sorted({*old, *new}):
        if name not in old:
            yield _metric(new[name], ["added"], "non-breaking")
        elif name not in new:
            yield _metric(old[name], ["removed"], "breaking")
        else:
            differing = [
                (fact, f"{fact}: {_short(a)} → {_short(b)}")
                for fact, a, b in _facts_that_differ(old[name], new[name], set())
            ]
            if differing:
                soft = all(fact in _WORDS for fact, _ in differing)
                words = [text for _, text in differing]
                yield _metric(new[name], words, "non-breaking" if soft else "breaking")


def _metric(metric: Metric, what: list[str], change: ChangeClass) -> CatalogChange:
    downstream = (relation("ready", metric.table), relation("ready", "metric_values"))
    return _change("metric", metric.name, change, what, downstream)


def _jobs(before: Catalog, after: Catalog) -> Iterator[CatalogChange]:
    old, new = (
        {
            REFRESH_ALL,
            *(refresh_job(w.name) for w in c.workbooks),
            *(export_job(d.name) for d in c.destinations),
        }
        for c in (before, after)
    )
    for name in sorted(old ^ new):
        word: ChangeClass = "breaking" if name in old else "non-breaking"
        yield _change("job", name, word, ("removed" if name in old else "added",))


def _destinations(before: Catalog, after: Catalog) -> Iterator[CatalogChange]:
    """Yield what goes elsewhere, or otherwise, than before: a person is to see each place."""
    old, new = ({d.name: d for d in c.destinations} for c in (before, after))
    for name in sorted({*old, *new}):
        if name not in old or name not in new:
            word: ChangeClass = "breaking" if name in old else "non-breaking"
            words = [f"{'removed' if name in old else 'added'}: {_short((old | new)[name].places)}"]
        else:
            differing = _facts_that_differ(old[name], new[name], set())
            words = [f"{fact}: {_short(a)} → {_short(b)}" for fact, a, b in differing]
            word = "breaking"
        if words:
            yield _change("destination", name, word, words)


def _indirect(direct: list[CatalogChange], after: Catalog) -> Iterator[CatalogChange]:
    own = {change.name for change in direct}
    reached: dict[str, list[str]] = {}
    for change in direct:
        for table in change.downstream:
            if table not in own:
                reached.setdefault(table, []).append(change.name)
    existing = {relation("ready", model.name) for model in after.models}
    for table in sorted(set(reached) & existing):
        what = (f"made from {', '.join(sorted(set(reached[table])))}",)
        yield _change("model", table, "indirect", what)


def _facts_that_differ(old: Any, new: Any, skipped: set[str]) -> Iterator[tuple[str, Any, Any]]:
    for item in fields(old):
        if item.name in skipped or item.name in _PLACES:
            continue
        a, b = _plain(getattr(old, item.name)), _plain(getattr(new, item.name))
        if a != b:
            yield item.name, a, b


def _plain(value: Any) -> Any:
    """Return a value without where in which file it stands."""
    if is_dataclass(value) and not isinstance(value, type):
        values = {f.name: getattr(value, f.name) for f in fields(value) if f.name not in _PLACES}
        return {name: _plain(part) for name, part in values.items()}
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(part) for part in value]
    return str(value) if isinstance(value, Path) else value


def _short(value: Any) -> str:
    text = "none" if value in (None, "", [], {}) else str(value)
    return text if len(text) <= 120 else f"{text[:117]}…"


def _change(
    kind: str, name: str, change: ChangeClass, what: Iterable[str], downstream: Iterable[str] = ()
) -> CatalogChange:
    return CatalogChange(
        kind=kind,
        name=name,
        change=change,
        what=tuple(what),
        downstream=tuple(downstream),
        rows=ChangedRows(),
    )
