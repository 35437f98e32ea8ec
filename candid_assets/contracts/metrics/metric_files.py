"""Reads the files of `catalog/metrics/` as written, with every problem in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Final

import sqlglot
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB

from candid_assets.contracts.catalog import Column, ContractProblem
from candid_assets.contracts.catalog_files import visible
from candid_assets.contracts.known_files import KnownFiles
from candid_assets.contracts.metrics.metricflow import MetricFile
from candid_assets.contracts.model_query import QueryProblem, read_query
from candid_assets.contracts.odcs_vocabulary import parse
from candid_assets.contracts.workbook_file import stray
from candid_assets.contracts.yaml_document import Step, YamlDocument, read_document
from candid_assets.names import HUB, SPOKES
from candid_assets.near_names import nearest

Tables = Mapping[tuple[str, str], Mapping[str, Column] | None]
"""Columns of every clean and ready table; None where its own contract could not be read."""


@dataclass(slots=True)
class MetricDraft:
    """One metric file while the rest of the registry is read."""

    spoke: str
    document: YamlDocument
    written: MetricFile | None

    @property
    def path(self) -> Path:
        """The file."""
        return self.document.path


_KNOWN_FILES: Final = KnownFiles[MetricDraft]()


def read_metric_files(folder: Path, strays: list[ContractProblem]) -> list[MetricDraft]:
    """Return every metric file as read; a catalog without the folder has no metrics."""
    drafts: list[MetricDraft] = []
    for path in visible(folder) if folder.is_dir() else ():
        if path.suffix != ".yaml" or not path.is_file():
            strays += stray(path, "metrics/ holds one <spoke>.yaml per spoke")
        elif path.stem not in {HUB, *SPOKES}:
            near = nearest(path.stem, (HUB, *SPOKES))
            message = f"{path.name} is named after neither hub nor spoke"
            strays.append(ContractProblem(path, 1, message, f"the nearest is {near}.yaml"))
        else:
            drafts.append(_read_file(path))
    return drafts


def _read_file(path: Path) -> MetricDraft:
    """Return one file as read; what other files make of it is added to a document of its own."""
    faulty: list[MetricDraft] = []

    def read() -> MetricDraft | None:
        document = read_document(path)
        draft = MetricDraft(path.stem, document, parse(document, MetricFile))
        faulty.extend([draft] if document.problems else [])
        return None if document.problems else draft

    known = _KNOWN_FILES.facts((str(path),), (path,), read)
    if known is None:
        return faulty[0]
    return replace(known, document=replace(known.document, problems=[]))


def check_expression(
    document: YamlDocument,
    where: tuple[Step, ...],
    text: str,
    known: Sequence[str] | None,
    what: str,
) -> tuple[str, ...]:
    """Return the names that an expression uses; report one that is not plain SQL over known names.

    Args:
        document: The file that holds it.
        where: Its place in the file.
        text: The expression.
        known: Names it may use; None where they are not known.
        what: What the names are, for the message.
    """
    problems, names = _analysed(text)
    for problem in problems:
        document.fault(where, f"{text!r}: {problem.message}", problem.fix)
    for name in names if known is not None else ():
        if name not in (known or ()):
            near = nearest(name, known or ())
            fix = f"the nearest is {near!r}" if near else "there is none to choose from"
            document.fault(where, f"{name!r} is not {what}", fix)
    return names


@lru_cache(maxsize=2048)
def _analysed(text: str) -> tuple[tuple[QueryProblem, ...], tuple[str, ...]]:
    """Return the problems of an expression and the names that it uses."""
    if text.isidentifier():
        return (), (text,)
    query = read_query(f"select {text} as value", may_divide=True)
    if query.problems:
        return query.problems, ()
    tree = sqlglot.parse_one(f"select {text}", dialect=DuckDB)
    return (), tuple(sorted({column.name for column in tree.find_all(exp.Column)}))
