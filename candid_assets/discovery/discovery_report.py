"""Shows what a discovery proposes: as tables in the terminal, or as one JSON object."""

from typing import Any

from rich.console import Console
from rich.table import Table

from candid_assets.console import shown
from candid_assets.discovery.answer_lines import AskedQuestion, asked_questions
from candid_assets.discovery.discover import Discovery
from candid_assets.discovery.proposal import TableProposal

_COLUMNS = ("tab", "table", "header", "rows", "columns", "key", "to quarantine")
_RIGHT = frozenset({"header", "rows", "columns", "to quarantine"})


def show(console: Console, discovery: Discovery, run: str) -> None:
    """Print the tables, the tabs that are none, what is left out and blocked, and the files.

    Args:
        console: Where to print.
        discovery: What was proposed and written.
        run: The command that refreshes the workbook now.
    """
    proposal, written = discovery.proposal, discovery.written
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in _COLUMNS:
        side = "right" if title in _RIGHT else "left"
        table.add_column(title, justify=side, no_wrap=title == "table")  # type: ignore[arg-type]
    for proposed in proposal.tables:
        table.add_row(*_line(proposed))
    console.print(table)
    for title, name in discovery.kept.items():
        console.print(
            f"kept      {_plain(title)}: {name}.yaml exists already (--force overwrites it)"
        )
    for item in proposal.left_out:
        console.print(f"no table  {_plain(item.title)}: {_plain(item.reason)}", soft_wrap=True)
    for proposed in proposal.tables:
        _show_left_out(console, proposed)
    for asked in _asked(discovery):
        _show_question(console, asked)
    for problem in written.problems:
        console.print(f"[red]{_plain(str(problem))}[/]", soft_wrap=True)
    if written.files:
        console.print(f"{len(written.files)} files written to {shown(written.files[0].parent)}")
        console.print(f"review them, then: candid contracts validate && {run}", soft_wrap=True)
    elif not written.problems:
        console.print(f"nothing written for {_plain(proposal.title)}")


def _line(proposed: TableProposal) -> tuple[str, ...]:
    more = f" and {len(proposed.titles) - 1} more" if len(proposed.titles) > 1 else ""
    return (
        _plain(f"{proposed.title}{more}"),
        proposed.name,
        str(proposed.layout.header_row),
        f"{proposed.rows:,}",
        str(len(proposed.columns)),
        ", ".join(proposed.primary_key) or "-",
        f"{proposed.quarantined:,}",
    )


def _show_left_out(console: Console, proposed: TableProposal) -> None:
    """Print what of a tab is no part of its table, and which cells are blocked."""
    for title, region in proposed.regions:
        console.print(f"left out  {_plain(title)} {region.cells}: {region.rule}")
    for block in proposed.blocked:
        cells = ", ".join(block.cells[:10]) + (" …" if block.count > 10 else "")
        line = f"[red]blocked[/]   {_plain(block.title)} {cells}: {_plain(block.reason)}"
        console.print(line, soft_wrap=True)


def _asked(discovery: Discovery) -> list[AskedQuestion]:
    proposal = discovery.proposal
    questions = {"": proposal.questions} | {t.name: t.questions for t in proposal.tables}
    return asked_questions(questions, discovery.written.contracts)


def _show_question(console: Console, asked: AskedQuestion) -> None:
    """Print a question with what is taken for now, and the lines that say otherwise."""
    question = asked.question
    about = ", ".join(filter(None, (question.tab or asked.table, *question.cells[:4])))
    head = f"[bold]question[/]  {_plain(about)}: {_plain(question.text)}"
    console.print(f"{head} ({question.damage.value})", soft_wrap=True)
    console.print(f"          {_plain(question.taken)}", soft_wrap=True)
    for line in asked.lines:
        where = f"{line.file}:{line.line}, {line.place}"
        console.print(f"          if {_plain(line.when)}: {where}", soft_wrap=True)
        for row in line.yaml.splitlines():
            console.print(f"            {_plain(row)}", soft_wrap=True)


def _plain(text: str) -> str:
    return text.replace("[", r"\[")


def as_json(discovery: Discovery) -> dict[str, Any]:
    """Return what `--json` prints."""
    proposal, written = discovery.proposal, discovery.written
    tables = [
        {
            "title": table.title,
            "titles": list(table.titles),
            "table": table.name,
            "header_row": table.layout.header_row,
            "header_rows": table.layout.header_rows,
            "rows": table.rows,
            "columns": {c.name: c.logical for c in table.columns},
            "primary_key": list(table.primary_key),
            "clean": table.clean,
            "quarantined": table.quarantined,
            "regions": [
                {"tab": title, "cells": r.cells, "rule": r.rule} for title, r in table.regions
            ],
            "blocked": [
                {"column": b.column, "tab": b.title, "reason": b.reason, "cells": list(b.cells)}
                | {"count": b.count}
                for b in table.blocked
            ],
        }
        for table in proposal.tables
    ]
    return {
        "env": discovery.env,
        "workbook": discovery.workbook,
        "spreadsheet_id": discovery.location,
        "tables": tables,
        "not_tables": [
            {"title": i.title, "code": i.code, "reason": i.reason} for i in proposal.left_out
        ],
        "questions": [asked.facts() for asked in _asked(discovery)],
        "kept": discovery.kept,
        "files": [str(path) for path in written.files],
        "problems": [str(problem) for problem in written.problems],
    }
