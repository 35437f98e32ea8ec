"""Compiles the query parameters of a request into one SELECT over declared columns.

Names are looked up among the declared columns; values are parsed as the column's type and bound as
parameters. An unknown name is refused with the nearest known ones.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final

from candid_assets.contracts.catalog import LogicalType
from candid_assets.near_names import hint
from candid_assets.settings import ZONE
from candid_assets.sql import quoted
from candid_assets.web.api.relations import Relation, RelationColumn
from candid_assets.web.refusal import Refused

ROWS: Final = 1_000
MOST_ROWS: Final = 10_000
MOST_DIGITS: Final = 38
MOST_INTEGER: Final = 2**63 - 1
MOST_OFFSET: Final = 1_000_000_000
MOST_VALUES: Final = 100
"""The most values of one condition."""
OWN: Final = frozenset({"columns", "sort", "limit", "offset", "format", "formulas", "snapshot"})
"""Parameters that are not columns; a condition on a column of such a name is `<name>.eq`."""
ORDERED: Final[Mapping[str, str]] = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
_NUMBER: Final = re.compile(r"[+-]?([0-9]{1,38})?(\.[0-9]{1,20})?")


@dataclass(frozen=True, slots=True)
class Statement:
    """One SELECT and the values bound to it."""

    sql: str
    values: tuple[Any, ...]
    fields: tuple[RelationColumn, ...]
    limit: int
    offset: int

    @property
    def text(self) -> str:
        """The whole statement, which reads one row past the limit to show whether more follow."""
        return f"{self.sql} limit {self.limit + 1:d} offset {self.offset:d}"


def operators(kind: LogicalType) -> tuple[str, ...]:
    """Return the operators that a column takes beside plain equality."""
    names = ["ne", "null"]
    if kind != "boolean":
        names += ORDERED
    if kind == "string":
        names.append("contains")
    return tuple(names)


def compile_query(relation: Relation, parameters: Sequence[tuple[str, str]]) -> Statement:
    """Return the statement for the query parameters of a request on a relation.

    Raises:
        Refused: A name is not declared, or a value is not of the column's type.
    """
    own = {name: value for name, value in parameters if name in OWN}
    require_once(parameters, own)
    conditions: dict[tuple[str, str], list[Any]] = {}
    for name, text in parameters:
        if name not in OWN:
            field, operator = _column(relation, name)
            value = _boolean(text, name) if operator == "null" else read_value(field, text)
            conditions.setdefault((field.name, operator), []).append(value)
    parts, values = [], []
    for (name, operator), given in conditions.items():
        part, bound = _condition(quoted(name), operator, given)
        parts.append(part)
        values += bound
    fields = _fields(relation, own.get("columns"))
    return select(relation, fields, parts, values, sort=_sort(relation, own.get("sort")), own=own)


def select(
    relation: Relation,
    fields: Sequence[RelationColumn],
    conditions: Sequence[str],
    values: Sequence[Any],
    *,
    sort: Sequence[str],
    own: Mapping[str, str],
) -> Statement:
    """Return a statement over declared columns; rows that sort equal keep their stored order."""
    names = ", ".join(_selected(field) for field in fields)
    where = f" where {' and '.join(conditions)}" if conditions else ""
    order = ", ".join([*sort, "rowid"])
    table = f"{quoted(relation.schema)}.{quoted(relation.table)}"
    return Statement(
        f"select {names} from {table}{where} order by {order}",
        tuple(values),
        tuple(fields),
        whole(own.get("limit"), "limit", ROWS, 1, MOST_ROWS),
        whole(own.get("offset"), "offset", 0, 0, MOST_OFFSET),
    )


def require_once(parameters: Sequence[tuple[str, str]], own: Iterable[str]) -> None:
    """Raise `Refused` if one of the named parameters occurs more than once."""
    for name in own:
        if sum(name == other for other, _ in parameters) > 1:
            raise Refused(400, f"`{name}` is given more than once; write it once")


def whole(text: str | None, name: str, default: int, least: int, most: int) -> int:
    """Return a parameter's whole number, or the default where it is not given.

    Raises:
        Refused: The text is not a whole number within the limits.
    """
    if text is None:
        return default
    if not re.fullmatch(r"[0-9]{1,12}", text, re.ASCII) or not least <= int(text) <= most:
        raise Refused(400, f"`{name}` is a whole number from {least:,} to {most:,}")
    return int(text)


def unknown(what: str, name: str, known: Iterable[str]) -> Refused:
    """Return the refusal of an undeclared name, with the nearest declared ones."""
    return Refused(400, f"there is no {what} {name[:100]!r}{hint(name, known)}")


def read_value(field: RelationColumn, text: str) -> Any:
    """Return the text parsed as the type of its column.

    Raises:
        Refused: The text is no value of the type.
    """
    form, read = _READERS[field.kind]
    try:
        return read(text)
    except ValueError as error:
        raise Refused(400, f"`{field.name}` takes {form}, not {text[:60]!r}") from error


def _column(relation: Relation, name: str) -> tuple[RelationColumn, str]:
    column, dot, operator = name.partition(".")
    fields = relation.field
    if column not in fields:
        raise unknown("column or parameter", column, [*fields, *sorted(OWN)])
    known = ("eq", *operators(fields[column].kind))
    if dot and operator not in known:
        raise Refused(400, f"`{column}` takes {', '.join(known)}; not {operator[:40]!r}")
    return fields[column], operator or "eq"


def _condition(column: str, operator: str, given: Sequence[Any]) -> tuple[str, list[Any]]:
    if operator in ("eq", "ne"):
        if len(given) > MOST_VALUES:
            raise Refused(400, f"{column} takes at most {MOST_VALUES} values at once")
        listed = ", ".join("?" for _ in given)
        if operator == "eq":
            return f"{column} in ({listed})", list(given)
        return f"({column} not in ({listed}) or {column} is null)", list(given)
    if len(given) > 1:
        raise Refused(400, f"`{operator}` is given more than once for {column}; write it once")
    if operator == "null":
        return f"{column} is {'' if given[0] else 'not '}null", []
    if operator == "contains":
        return f"contains({column}, ?)", list(given)
    return f"{column} {ORDERED[operator]} ?", list(given)


def _fields(relation: Relation, text: str | None) -> tuple[RelationColumn, ...]:
    if text is None:
        return relation.fields
    names = text.split(",")
    if len(set(names)) != len(names):
        raise Refused(400, "`columns` names a column twice")
    fields = relation.field
    for name in names:
        if name not in fields:
            raise unknown("column", name, fields)
    return tuple(fields[name] for name in names)


def _sort(relation: Relation, text: str | None) -> tuple[str, ...]:
    if text is None:
        return ()
    parts = text.split(",")
    if len(set(parts)) != len(parts):
        raise Refused(400, "`sort` names a column twice")
    terms = []
    for part in parts:
        name = part.removeprefix("-")
        if name not in relation.field:
            raise unknown("column", name, relation.field)
        terms.append(f"{quoted(name)} {'desc' if part[:1] == '-' else 'asc'} nulls last")
    return tuple(terms)


def _selected(field: RelationColumn) -> str:
    """Return the SQL of a selected column; timestamps are in Jakarta time, without zone."""
    name = quoted(field.name)
    return f"{name}::timestamp as {name}" if field.kind == "timestamp" else name


def _integer(text: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,19}", text, re.ASCII) or abs(int(text)) > MOST_INTEGER:
        raise ValueError(text)
    return int(text)


def _decimal(text: str) -> Decimal:
    if not _NUMBER.fullmatch(text) or not any(c in "0123456789" for c in text):
        raise ValueError(text)
    number = Decimal(text)
    _, digits, exponent = number.as_tuple()
    # DuckDB compares a number of more digits as a DOUBLE, which finds unequal numbers equal.
    if max(len(digits), -int(exponent)) > MOST_DIGITS:
        raise ValueError(text)
    return number


def _boolean(text: str, name: str = "") -> bool:
    if text not in ("true", "false"):
        if name:
            raise Refused(400, f"`{name}` takes true or false")
        raise ValueError(text)
    return text == "true"


def _date(text: str) -> date:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text, re.ASCII):
        raise ValueError(text)
    return date.fromisoformat(text)


def _timestamp(text: str) -> datetime:
    """Return a timestamp in Jakarta time; a text without zone is taken to be in it."""
    if not text.isascii():
        raise ValueError(text)
    moment = datetime.fromisoformat(text)
    try:
        return moment.astimezone(ZONE).replace(tzinfo=None) if moment.tzinfo else moment
    except OverflowError as error:
        raise ValueError(text) from error


def _time(text: str) -> time:
    clock = time.fromisoformat(text)
    if clock.tzinfo is not None or not text.isascii():
        raise ValueError(text)
    return clock


def _text(text: str) -> str:
    if "\0" in text:
        raise ValueError(text)
    text.encode()
    return text


_READERS: Final[Mapping[LogicalType, tuple[str, Callable[[str], Any]]]] = {
    "string": ("text without NUL", _text),
    "integer": ("a whole number", _integer),
    "number": ("a plain decimal such as 1250000.50", _decimal),
    "boolean": ("true or false", _boolean),
    "date": ("a day such as 2025-08-17", _date),
    "timestamp": ("a timestamp such as 2025-08-17T10:00:00+07:00", _timestamp),
    "time": ("a time such as 10:30:00", _time),
}
