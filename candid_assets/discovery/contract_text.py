"""Writes proposals as contract files: one line for each column, its evidence behind it."""

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from candid_assets.contracts.custom_properties import ColumnOptions
from candid_assets.contracts.file_schemas import schema_line
from candid_assets.contracts.header_text import PARENT_HEADER, SECTION_HEADER
from candid_assets.discovery.descriptions import describe_column, describe_rows
from candid_assets.discovery.proposal import ColumnProposal, LineColumn, TableProposal

_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_NOT_TEXT: Final = frozenset(
    {"y", "n", "yes", "no", "on", "off", "true", "false", "null", "none", "nan", "inf"}
)
"""What YAML, or a person who knows it, reads as something else."""
_UNPRINTABLE: Final = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")
_CONTROLS: Final = re.compile("[\x00-\x1f]")
_VERSION: Final = "0.1.0"
_BELOW_CATALOG: Final = 2
"""Folders between the catalog and a contract: `workbooks/<workbook>`."""


def text(value: str) -> str:
    """Return text in double quotes, as YAML reads it back whatever it holds."""
    quoted = json.dumps(value, ensure_ascii=False)
    return _UNPRINTABLE.sub(lambda m: f"\\u{ord(m[0]):04x}", quoted)


def word(value: str) -> str:
    """Return a name bare where YAML reads it as text, else in quotes."""
    bare = _PLAIN.fullmatch(value) and value.lower() not in _NOT_TEXT
    return value if bare else text(value)


def comment(value: str) -> str:
    """Return text that can stand in a comment."""
    return _CONTROLS.sub("?", " ".join(_UNPRINTABLE.sub("?", value).split()))


def head_yaml(
    name: str, title: str, *, environment: str, server: str, other: str, owner: str, domain: str
) -> str:
    """Return the head contract of a workbook.

    Args:
        name: The workbook's.
        title: What people call it.
        environment: The environment that it is connected in.
        server: The server's type and place there, as keys of a flow mapping.
        other: The same for an environment where it is not connected.
        owner: Team or e-mail address.
        domain: The hub or a spoke.
    """
    servers = []
    for env in ("sample", "staging", "production"):
        if env == environment or (env == "production" and environment != "sample"):
            where = server if env == environment else other
            servers.append(f"  - {{server: {env}, environment: {env}, {where}}}")
    purpose = f"The workbook {title}, as discovered; say what it is for."
    lines = [
        schema_line("workbook", _BELOW_CATALOG),
        "# Proposed by `candid discover`; review owner, domain and purpose.",
        "apiVersion: v3.2.0",
        "kind: DataContract",
        f"id: {word(name)}",
        f"name: {text(title)}",
        f"version: {_VERSION}",
        "status: draft",
        f"domain: {domain}",
        f"description: {{purpose: {text(purpose)}}}",
        f"team: {{name: {text(owner)}}}",
        "servers:",
        *servers,
    ]
    return "\n".join(lines) + "\n"


def table_yaml(table: TableProposal, *, family: bool) -> str:
    """Return the contract of one table.

    Args:
        table: The proposal.
        family: Whether the title pattern and the column of the title are written.
    """
    family = family and table.pattern is not None
    lines = [schema_line("tab", _BELOW_CATALOG)]
    lines += [f"# {comment(note)}" for note in table.notes]
    lines += [f"name: {word(table.name)}", f"physicalName: {text(table.title)}"]
    lines.append(f"description: {text(describe_rows(table))}")
    custom = dict(table.options)
    if family:
        custom = {"titlePattern": table.pattern, **custom}
    if custom:
        lines.append("customProperties:")
        lines += [f"  - {{property: {key}, value: {yaml_value(v)}}}" for key, v in custom.items()]
    lines += _row_rules(table)
    lines.append("properties:")
    key = table.primary_key
    typed = any(column.facts.exact_text + column.facts.exact_number for column in table.columns)
    rows = [_column(column, key, typed=typed) for column in table.columns]
    if family:
        rows.insert(0, _tab_column(table))
    rows += [_column(column) for column in table.form_columns]
    rows += [_line_column(column) for column in table.line_columns]
    names = max(len(row[0]) for row in rows)
    headers = max(len(row[1]) for row in rows)
    for name, header, rest, evidence in rows:
        line = f"  - {{{name:<{names}} {header:<{headers}} {rest}}}"
        lines.append(f"{line}  # {comment(evidence)}" if evidence else line)
    return "\n".join(lines) + "\n"


def _row_rules(table: TableProposal) -> list[str]:
    """Return the quality rules of a table; as warnings, for a person decides what is kept out."""
    if not table.row_rules:
        return []
    lines = ["quality:"]
    for rule in table.row_rules:
        query = f"select count(*) from ${{object}} where {rule.broken}"
        item = f"type: sql, id: {rule.name}, description: {text(rule.text)}, query: {text(query)}"
        note = comment(f"{rule.evidence}; without severity, rows that break it are quarantined")
        lines.append(f"  - {{{item}, mustBe: 0, severity: warning}}  # {note}")
    return lines


def column_item(column: ColumnProposal) -> str:
    """Return one column as an item of a contract's properties, its evidence behind it."""
    typed = bool(column.facts.exact_text + column.facts.exact_number)
    name, header, rest, evidence = _column(column, typed=typed)
    note = f"  # {comment(evidence)}" if evidence else ""
    return f"{{{name} {header} {rest}}}{note}"


def _tab_column(table: TableProposal) -> tuple[str, str, str, str]:
    """Return the line of the column that holds the tab's title."""
    key = "primaryKey: true, " if table.title_in_key else ""
    what = 'required: true, description: "Title of the tab the row is from."'
    name = f"name: {table.title_column},"
    return name, "physicalName: _tab,", f"logicalType: string, {key}{what}", ""


def _line_column(column: LineColumn) -> tuple[str, str, str, str]:
    """Return the line of a column that holds a row's number, or the heading above it."""
    if column.header == SECTION_HEADER:
        need = "required: true, " if column.required else ""
        what = f'logicalType: string, {need}description: "Heading of the section above the row."'
        return f"name: {word(column.name)},", f"physicalName: {column.header},", what, ""
    own = column.header != PARENT_HEADER
    parts = ["logicalType: integer", "required: true"]
    parts += ["unique: true"] if own else []
    parts += [f"relationships: [{{to: {column.reference}}}]"] if column.reference else []
    what = "line's row" if own else "row of the line above that this one belongs to"
    parts.append(f'description: "Number of the {what} in the tab."')
    return f"name: {word(column.name)},", f"physicalName: {column.header},", ", ".join(parts), ""


def _column(
    column: ColumnProposal, key: Sequence[str] = (), *, typed: bool = False
) -> tuple[str, str, str, str]:
    """Return name, header and the rest of a column's line, and its evidence.

    Args:
        column: The column.
        key: The names of the table's key.
        typed: Whether the source types its values itself, so that nobody types them as text.
    """
    parts = [f"logicalType: {column.logical}"]
    if column.guess.physical:
        parts.append(f"physicalType: {text(column.guess.physical)}")
    parts += _rules(column)
    custom = {**({} if typed else _taken(column)), **column.guess.options}
    if column.optional:
        custom["optional"] = True
    if column.other_headers:
        custom["otherHeaders"] = column.other_headers
    if column.unit:
        custom["unit"] = column.unit
    if column.filled_cells:
        custom["fillMerged"] = True
    if column.blocked:
        custom["blocked"] = column.blocked
    if custom:
        properties = ", ".join(
            f"{{property: {k}, value: {yaml_value(v)}}}" for k, v in custom.items()
        )
        parts.append(f"customProperties: [{properties}]")
    parts.append(f"description: {text(column.description or describe_column(column, key))}")
    evidence = "; ".join(column.notes)
    name = f"name: {word(column.name)},"
    return name, f"physicalName: {text(column.header)},", ", ".join(parts), evidence


def _taken(column: ColumnProposal) -> dict[str, Any]:
    """Return in which notation or order the next text of a column is read, if not said otherwise.

    It is written where it is the contract's default too: who types it must not know that.
    """
    default = ColumnOptions()
    if column.logical in {"number", "integer"} and "duration" not in column.guess.options:
        return {"notation": default.notation}
    if column.logical in {"date", "timestamp"}:
        return {"dateOrder": default.date_order}
    return {}


def _rules(column: ColumnProposal) -> list[str]:
    """Return what a column's values must keep to."""
    parts = []
    if column.key_position is not None:
        parts.append("primaryKey: true")
    if column.required or column.key_position is not None:
        parts.append("required: true")
    if column.unique and column.key_position is None:
        parts.append("unique: true")
    if column.minimum is not None:
        parts.append(f"logicalTypeOptions: {{minimum: {column.minimum}}}")
    if column.min_length is not None:
        parts.append(f"logicalTypeOptions: {{minLength: {column.min_length}}}")
    if column.enum:
        values = ", ".join(f"{{value: {_enum_value(column, v)}}}" for v in column.enum)
        parts.append(f"enum: [{values}]")
    if column.reference:
        parts.append(f"relationships: [{{to: {column.reference}}}]")
    return parts


def _enum_value(column: ColumnProposal, value: str) -> str:
    return text(value) if column.logical == "string" else value


def yaml_value(value: Any) -> str:
    """Return a value in YAML's flow style, in one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{text(str(k))}: {yaml_value(v)}" for k, v in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(yaml_value(item) for item in value) + "]"
    return word(value) if _PLAIN.fullmatch(value) else text(value)
