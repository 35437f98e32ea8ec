"""A tab's layout: its columns with header, type and the way they are typed.

Layouts are written as small tables of text, one line per column:
`field | Header | type | option; option=value`. Options: pk, req, fk=<table>, enum=<list>, min, max,
dec (decimals), pat (pattern), case (upper/lower), phone, pct, as (how the cells are typed),
fmt (the number format of its numbers).
"""

from dataclasses import dataclass, field, replace
from typing import Final, Literal

from candid_assets.sandbox.company.value_lists import ENUMS, KEYS

Kind = Literal["string", "integer", "number", "boolean", "date", "timestamp", "time"]
KINDS: Final[dict[str, Kind]] = {
    "string": "string",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp",
    "time": "time",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a tab."""

    name: str
    header: str
    kind: Kind
    key: bool = False
    required: bool = False
    points_to: str | None = None
    allowed: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    decimals: int = 2
    pattern: str | None = None
    case: str | None = None
    phone: bool = False
    percent: bool = False
    style: str = ""
    """How all cells of the column are typed; empty is the plain way of its kind."""
    number_format: str = ""
    """The format that the numbers of the column are shown through."""


@dataclass(frozen=True, slots=True)
class TabPlan:
    """One tab to write: title, columns and what surrounds the table."""

    name: str
    title: str
    fields: tuple[Field, ...]
    heading: tuple[str, ...] = ()
    """Lines above the header; an empty one is a blank row."""
    totals: Literal["", "end", "middle"] = ""
    """Where total rows stand: nowhere, below the table, or also between its rows."""
    hides_every: int = 0
    """Each how many-th row somebody hid; 0 is none."""
    filters_every: int = 0
    """Each how many-th row a filter hides; 0 is no filter."""
    merges: tuple[str, ...] = ()
    """Columns whose equal neighbours are merged: the value is in the first cell alone."""
    prepared: tuple[tuple[str, bool | int], ...] = ()
    """What the rows hold that somebody filled down in advance: column and value."""
    prepared_to: int = 0
    """The sheet row to which they reach; 0 is none."""
    table: str = ""
    """The name of the Sheets table that the tab's cells are; empty is none."""

    @property
    def header_row(self) -> int:
        """Sheet row of the header, from 1."""
        return len(self.heading) + 1


@dataclass(frozen=True, slots=True)
class Chart:
    """A tab that is a chart: its title, and the short name of the tab that it draws."""

    title: str
    draws: str


@dataclass(frozen=True, slots=True)
class WorkbookPlan:
    """One workbook to write; its name is its spreadsheet id."""

    name: str
    tabs: tuple[TabPlan, ...] = field(default_factory=tuple)
    charts: tuple[Chart, ...] = ()
    """Tabs without cells, behind all others."""


def layout(text: str) -> tuple[Field, ...]:
    """Read a layout table, one column a line."""
    return tuple(_field(line) for line in text.strip().splitlines())


def typed(fields: tuple[Field, ...], **styles: str) -> tuple[Field, ...]:
    """Return the same columns typed in another way: field name to style."""
    return tuple(replace(f, style=styles.get(f.name, f.style)) for f in fields)


def _field(line: str) -> Field:
    name, header, kind, *rest = (part.strip() for part in line.split("|"))
    options: dict[str, str] = {}
    for option in "|".join(rest).split(";"):
        word, _, value = option.strip().partition("=")
        options[word] = value
    return Field(
        name=name,
        header=header,
        kind=KINDS[kind],
        key="pk" in options,
        required="pk" in options or "req" in options,
        points_to=KEYS[options["fk"]] if "fk" in options else None,
        allowed=ENUMS[options["enum"]] if "enum" in options else (),
        minimum=_bound(options.get("min")),
        maximum=_bound(options.get("max")),
        decimals=int(options.get("dec", "4" if "pct" in options else "2")),
        pattern=options.get("pat"),
        case=options.get("case"),
        phone="phone" in options,
        percent="pct" in options,
        style=options.get("as", ""),
        number_format=options.get("fmt", ""),
    )


def _bound(text: str | None) -> float | None:
    return None if text is None else float(text)
