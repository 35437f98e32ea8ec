"""Checks across the whole catalog: foreign keys, inputs of models, and their order."""

from collections.abc import Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from candid_assets.contracts.catalog import Column, ContractProblem, Model
from candid_assets.contracts.model_file import ModelDraft
from candid_assets.contracts.workbook_file import WorkbookDraft
from candid_assets.names import tab_table
from candid_assets.near_names import nearest

Columns = Mapping[str, Column] | None
"""A table's columns by name, or None where its own contract could not be read."""


def check_references(books: Sequence[WorkbookDraft], models: Sequence[ModelDraft]) -> None:
    """Report foreign keys that lead to no table or column of the catalog."""
    tabs = _tab_columns(books)
    tables: dict[str, Columns] = dict(tabs)
    for draft in models:
        tables.setdefault(draft.name, _by_name(draft.model.columns) if draft.model else None)
    for book in books:
        for path, tab in book.tabs.items():
            for column in tab.columns if tab else ():
                fault = _reference_fault(column, tabs, tables)
                if fault:
                    book.tab_problems[path].append(ContractProblem(path, column.line, *fault))
    for draft in models:
        for column in draft.model.columns if draft.model else ():
            fault = _reference_fault(column, tables, tables)
            if fault:
                draft.problems.append(ContractProblem(draft.yaml_path, column.line, *fault))


def _tab_columns(books: Sequence[WorkbookDraft]) -> dict[str, Columns]:
    return {
        tab_table(book.head.name, path.stem): _by_name(tab.columns) if tab else None
        for book in books
        for path, tab in book.tabs.items()
    }


def _by_name(columns: Iterable[Column]) -> dict[str, Column]:
    return {column.name: column for column in columns}


def _reference_fault(
    column: Column, reachable: Mapping[str, Columns], tables: Mapping[str, Columns]
) -> tuple[str, str] | None:
    """Return what is wrong with a column's foreign key and the fix."""
    reference = column.reference
    if reference is None:
        return None
    target = f"{reference.table}.{reference.column}"
    if reference.table not in reachable:
        if reference.table in tables:
            message = f"{column.name!r} refers to the ready table {reference.table!r}"
            return message, "refer to the tab that it is made of: a tab cannot wait for a model"
        near = nearest(reference.table, set(reachable))
        message = f"{column.name!r} refers to {target!r}, but there is no such table"
        return message, f"the nearest known table is {near!r}"
    columns = reachable[reference.table]
    return None if columns is None else _column_fault(column, target, columns)


def _column_fault(
    column: Column, target: str, columns: Mapping[str, Column]
) -> tuple[str, str] | None:
    """Return what is wrong with the column that a foreign key leads to, and the fix."""
    _, _, name = target.partition(".")
    if name not in columns:
        message = f"{column.name!r} refers to {target!r}, but the table has no such column"
        return message, f"the nearest known column is {nearest(name, columns)!r}"
    other = columns[name].logical_type
    if other != column.logical_type:
        message = f"{column.name!r} is a {column.logical_type}, but {target!r} is a {other}"
        return message, "give both the same logicalType"
    return None


def check_inputs(books: Sequence[WorkbookDraft], models: Sequence[ModelDraft]) -> None:
    """Report undeclared tables that a model reads, and models of the same name."""
    known = {
        "clean": {tab_table(b.head.name, path.stem) for b in books for path in b.tabs},
        "ready": {draft.name for draft in models},
    }
    first: dict[str, ModelDraft] = {}
    for draft in models:
        other = first.setdefault(draft.name, draft)
        if other is not draft:
            message = f"table 'ready.{draft.name}' is made in models/{other.spoke} too"
            fix = "rename one of the two pairs of files"
            draft.problems.append(ContractProblem(draft.yaml_path, 1, message, fix))
        for item in draft.inputs:
            if item.table not in known[item.layer]:
                choices = {f"{layer}.{table}" for layer, names in known.items() for table in names}
                read = f"{item.layer}.{item.table}"
                message = f"the query reads {read!r}, which the catalog does not declare"
                fix = f"the nearest known table is {nearest(read, choices)!r}"
                draft.problems.append(ContractProblem(draft.sql_path, item.line, message, fix))


def ordered_models(models: Sequence[ModelDraft]) -> tuple[Model, ...]:
    """Return the valid models, each after those it reads; report those that form a circle."""
    good = {d.name: d for d in models if d.model is not None and not d.problems}
    while True:
        graph = {
            name: [item.table for item in draft.inputs if item.layer == "ready"]
            for name, draft in good.items()
        }
        try:
            order = list(TopologicalSorter(graph).static_order())
        except CycleError as error:
            _report_cycle(good, error.args[1])
            continue
        return tuple(m for name in order if name in good and (m := good[name].model) is not None)


def _report_cycle(good: dict[str, ModelDraft], cycle: Sequence[str]) -> None:
    """Report a circle on each of its models and remove them from `good`."""
    # graphlib names each model after the one that reads it last; start at the least for a
    # message that is the same on every run.
    ring = list(reversed(cycle))[:-1]
    start = ring.index(min(ring))
    ring = ring[start:] + ring[:start]
    message = f"the models read each other in a circle: {' reads '.join([*ring, ring[0]])}"
    for position, name in enumerate(ring):
        draft = good.pop(name)
        after = ring[(position + 1) % len(ring)]
        line = next(i.line for i in draft.inputs if (i.layer, i.table) == ("ready", after))
        fix = "take one of these reads out"
        draft.problems.append(ContractProblem(draft.sql_path, line, message, fix))
