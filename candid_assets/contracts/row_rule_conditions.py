"""Conditions of row rules: what they may hold, and which columns they compare.

Apart from the rules themselves, for its parser takes longer to import than a tab to read.
"""

from collections.abc import Sequence
from typing import Final

import sqlglot
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import SqlglotError

from candid_assets.contracts.catalog import Column
from candid_assets.contracts.deterministic_sql import name_of, unrepeatable
from candid_assets.contracts.duckdb_syntax import condition_type
from candid_assets.contracts.yaml_document import Step, YamlDocument
from candid_assets.near_names import nearest

_OF_MANY_ROWS: Final = (exp.AggFunc, exp.Window, exp.Query, exp.Star, exp.TableSample)
_FLOATING: Final = frozenset({"fdiv", "divide"})


def columns_of_condition(
    document: YamlDocument,
    where: tuple[Step, ...],
    condition: str,
    columns: Sequence[Column],
    fix: str,
) -> tuple[str, ...]:
    """Return the columns of a condition, in the contract's order; report what it may not hold.

    Args:
        document: The contract, which gets the problems.
        where: The place of the rule's query in it.
        condition: What stands behind the query's `where`.
        columns: The contract's columns.
        fix: How a rule is written.
    """
    before = len(document.problems)
    try:
        parsed = [part for part in sqlglot.parse(condition, dialect=DuckDB) if part is not None]
    except SqlglotError as error:
        text = str(error).splitlines()[0]
        document.fault(where, f"the condition cannot be read: {text}", "write it in plainer SQL")
        return ()
    if len(parsed) != 1 or any(node.comments for node in parsed[0].walk()):
        document.fault(where, "the condition is not one expression", fix)
        return ()
    for node in parsed[0].walk():
        _check_node(document, where, node)
    known = {column.name: column for column in columns}
    _check_casts(document, where, parsed[0], known)
    names = {column.name.casefold() for column in parsed[0].find_all(exp.Column)}
    for name in sorted(names - known.keys()):
        near = nearest(name, known) if known else ""
        message = f"there is no column {name!r} in the table"
        document.fault(where, message, f"the nearest known one is {near!r}")
    for name in sorted(names & known.keys()):
        if not known[name].in_sheet:
            message = f"column {name!r} holds no cell of the row"
            document.fault(where, message, "name columns of the table's cells only")
    if not names:
        document.fault(where, "the condition names no column", fix)
    if len(document.problems) == before:
        compared = [column for column in columns if column.name in names]
        _check_types(document, where, condition, compared, fix)
    return tuple(column.name for column in columns if column.name in names)


def _check_node(document: YamlDocument, where: tuple[Step, ...], node: exp.Expr) -> None:
    """Report a part of a condition that looks beyond the row, divides inexactly or varies."""
    if isinstance(node, _OF_MANY_ROWS):
        message = f"{node.sql(dialect=DuckDB)} looks at more than one row"
        document.fault(where, message, "compare columns of the same row only")
    elif isinstance(node, exp.Div) or (
        isinstance(node, exp.Func) and name_of(node).casefold() in _FLOATING
    ):
        message = f"{node.sql(dialect=DuckDB)} divides, which DuckDB does in floating point"
        document.fault(where, message, "multiply instead: a <= b * c for a / b <= c")
    elif isinstance(node, exp.Column) and node.table:
        message = f"column {node.sql(dialect=DuckDB)!r} names a table"
        document.fault(where, message, f"write {node.name}")
    elif isinstance(node, exp.Placeholder | exp.Parameter):
        document.fault(where, f"{node.sql(dialect=DuckDB)} stands for no value", "write the value")
    elif isinstance(node, exp.Func) and (name := unrepeatable(node)):
        message = f"{name} answers differently each time, so that a re-run is not identical"
        document.fault(where, message, "compare with a column or a fixed value")


def _check_casts(
    document: YamlDocument, where: tuple[Step, ...], condition: exp.Expr, known: dict[str, Column]
) -> None:
    """Report a cast of text that would fail for the whole table where one value does not fit."""
    for cast in condition.find_all(exp.Cast):
        names = [column.name.casefold() for column in cast.find_all(exp.Column)]
        texts = [n for n in names if n in known and known[n].logical_type == "string"]
        if texts and not isinstance(cast, exp.TryCast):
            message = f"{cast.sql(dialect=DuckDB)} fails where a text of {texts[0]!r} does not fit"
            document.fault(where, message, "write try_cast")


def _check_types(
    document: YamlDocument,
    where: tuple[Step, ...],
    condition: str,
    columns: Sequence[Column],
    fix: str,
) -> None:
    """Report a condition that DuckDB refuses for the columns' types, or that is no condition."""
    types = tuple((c.name, c.physical_type) for c in columns if c.physical_type)
    kind, fault = condition_type(condition, types)
    if fault:
        message = f"the condition does not suit the columns' types: {fault}"
        document.fault(where, message, "compare values of one type")
    elif kind != "BOOLEAN":
        message = f"the condition is {kind}, neither true nor false"
        document.fault(where, message, fix)
