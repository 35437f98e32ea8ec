"""What a discovery proposes, as one object: `--json` prints it, terminal and page show it."""

from typing import Any

from candid_assets.discovery.answer_lines import asked_questions
from candid_assets.discovery.descriptions import describe_rows
from candid_assets.discovery.discover import Discovery
from candid_assets.discovery.proposal import ColumnProposal, TableProposal
from candid_assets.names import column_letter


def discovery_facts(discovery: Discovery) -> dict[str, Any]:
    """Return the object of `candid discover --json`; docs/discover.md describes it."""
    proposal, written = discovery.proposal, discovery.written
    questions = {"": proposal.questions} | {t.name: t.questions for t in proposal.tables}
    asked = asked_questions(questions, written.contracts)
    return {
        "env": discovery.env,
        "workbook": discovery.workbook,
        "title": proposal.title,
        "spreadsheet_id": discovery.location,
        "folder": str(discovery.folder),
        "questions": [each.facts() for each in asked],
        "tables": [_table(table) for table in proposal.tables],
        "not_tables": [
            {"title": i.title, "code": i.code, "reason": i.reason} for i in proposal.left_out
        ],
        "kept": discovery.kept,
        "files": [str(path) for path in written.files],
        "problems": [str(problem) for problem in written.problems],
    }


def _table(table: TableProposal) -> dict[str, Any]:
    return {
        "title": table.title,
        "titles": list(table.titles),
        "table": table.name,
        "file": f"{table.name}.yaml",
        "description": describe_rows(table),
        "header_row": table.layout.header_row,
        "header_rows": table.layout.header_rows,
        "rows": table.rows,
        "clean": table.clean,
        "quarantined": table.quarantined,
        "columns": {column.name: column.logical for column in table.columns},
        "column_details": [_column(column) for column in table.columns],
        "primary_key": list(table.primary_key),
        "settings": table.options,
        "row_rules": [
            {"name": rule.name, "text": rule.text, "evidence": rule.evidence}
            for rule in table.row_rules
        ],
        "tabs": [each.facts() for each in table.evidence],
        "regions": [{"tab": title, "cells": r.cells, "rule": r.rule} for title, r in table.regions],
        "blocked": [
            {"column": b.column, "tab": b.title, "reason": b.reason, "cells": list(b.cells)}
            | {"count": b.count}
            for b in table.blocked
        ],
    }


def _column(column: ColumnProposal) -> dict[str, Any]:
    rules = [
        ("key", column.key_position is not None),
        ("required", column.required and column.key_position is None),
        ("unique", column.unique and column.key_position is None),
        (f"at least {column.minimum}", column.minimum is not None),
        (f"{column.min_length} figures", column.min_length is not None),
        (f"one of {', '.join(column.enum)}", bool(column.enum)),
        (f"found in {column.reference}", column.reference is not None),
        (f"in {column.unit}", column.unit is not None),
        ("some tabs lack it", column.optional),
        ("kept out until its cells are corrected", column.blocked is not None),
    ]
    return {
        "name": column.name,
        "header": column.header,
        "letter": column_letter(column.place),
        "type": column.logical,
        "rules": [words for words, holds in rules if holds],
        "evidence": "; ".join(column.notes),
    }
