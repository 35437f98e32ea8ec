"""Reads what a catalog's files declare; a fault in one affects only what that file declares."""

from collections.abc import Mapping
from pathlib import Path

from candid_assets.contracts.catalog import Catalog, Column, ContractProblem
from candid_assets.contracts.catalog_files import visible
from candid_assets.contracts.columns import IDENTIFIER
from candid_assets.contracts.cross_references import check_inputs, check_references, ordered_models
from candid_assets.contracts.destination import Destination
from candid_assets.contracts.destination_file import read_destination
from candid_assets.contracts.metrics.metric_files import Tables, read_metric_files
from candid_assets.contracts.metrics.metric_tables import metric_models
from candid_assets.contracts.metrics.resolve import build_registry
from candid_assets.contracts.model_file import ModelDraft, read_model
from candid_assets.contracts.workbook_file import WorkbookDraft, read_workbook, stray
from candid_assets.names import HUB, SPOKES, tab_table
from candid_assets.near_names import nearest


def read_catalog(root: Path, files: Mapping[str, bytes]) -> Catalog:
    """Return what the files below a folder declare, with every problem in them.

    Args:
        root: The catalog's folder.
        files: The content of every file below it, for those who ask the catalog for it.
    """
    strays: list[ContractProblem] = []
    books = _read_workbooks(root / "workbooks", strays)
    models = _read_models(root / "models", strays)
    check_references(books, models)
    check_inputs(books, models)
    ordered = ordered_models(models)
    drafts = read_metric_files(root / "metrics", strays)
    registry = build_registry(drafts, _tables(books, models))
    problems = [*strays, *(p for book in books for p in book.problems)]
    problems += [problem for draft in models for problem in draft.problems]
    problems += [problem for draft in drafts for problem in draft.document.problems]
    workbooks = tuple(book.finished() for book in books if IDENTIFIER.fullmatch(book.head.name))
    tables = metric_models(registry, root / "metrics")
    destinations = _read_destinations(
        root / "destinations",
        {m.name for m in (*ordered, *tables)},
        {m.name for m in registry.metrics},
        problems,
    )
    problems = sorted(dict.fromkeys(problems), key=lambda p: (str(p.path), p.line))
    return Catalog(
        root, workbooks, (*ordered, *tables), tuple(problems), files, registry, destinations
    )


def _read_destinations(
    folder: Path, tables: set[str], metrics: set[str], problems: list[ContractProblem]
) -> tuple[Destination, ...]:
    """Return every valid destination; add the problems of all to `problems`."""
    destinations: list[Destination] = []
    for path in visible(folder) if folder.is_dir() else ():
        if path.suffix != ".yaml" or path.is_dir():
            problems += stray(path, "destinations/ holds one .yaml for each destination")
            continue
        destination, faults = read_destination(path, tables, metrics)
        problems += faults
        destinations += [destination] if destination else []
    return tuple(destinations)


def _tables(books: list[WorkbookDraft], models: list[ModelDraft]) -> Tables:
    """Return the columns of every clean and ready table; None where a contract is broken."""
    tables: dict[tuple[str, str], dict[str, Column] | None] = {}
    for book in books:
        for path, tab in book.tabs.items():
            columns = {c.name: c for c in tab.columns} if tab else None
            tables["clean", tab_table(book.head.name, path.stem)] = columns
    for draft in models:
        columns = {c.name: c for c in draft.model.columns} if draft.model else None
        tables["ready", draft.name] = columns
    return tables


def _read_workbooks(folder: Path, strays: list[ContractProblem]) -> list[WorkbookDraft]:
    """Return every workbook's folder as read."""
    if not folder.is_dir():
        fix = "point CANDID_CATALOG_DIR to a catalog, or make the folder"
        strays.append(ContractProblem(folder, 1, "there is no folder of workbooks", fix))
        return []
    books: list[WorkbookDraft] = []
    for path in visible(folder):
        if path.is_dir():
            books.append(read_workbook(path))
        else:
            strays += stray(path, "workbooks/ holds one folder per workbook")
    return books


def _read_models(folder: Path, strays: list[ContractProblem]) -> list[ModelDraft]:
    """Return every model as read; a catalog without models has no ready layer."""
    models: list[ModelDraft] = []
    for path in visible(folder) if folder.is_dir() else ():
        if path.is_dir() and path.name in {HUB, *SPOKES}:
            models += _read_spoke(path, strays)
        elif path.is_dir():
            near = nearest(path.name, (HUB, *SPOKES))
            message = f"folder {path.name!r} is neither hub nor spoke"
            strays.append(ContractProblem(path, 1, message, f"the nearest known one is {near!r}"))
        else:
            strays += stray(path, "models/ holds one folder for the hub and each spoke")
    return models


def _read_spoke(folder: Path, strays: list[ContractProblem]) -> list[ModelDraft]:
    """Return the models of one spoke."""
    stems: set[Path] = set()
    for path in visible(folder):
        if path.suffix in {".sql", ".yaml"} and path.is_file():
            stems.add(path.with_suffix(".yaml"))
        else:
            strays += stray(path, "a spoke's folder holds <table>.sql and <table>.yaml")
    return [read_model(folder.name, path) for path in sorted(stems)]
