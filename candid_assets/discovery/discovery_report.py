"""How a discovery looks in the terminal: tables as read, what is left out, then the questions."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from candid_assets.console import shown
from candid_assets.terminal_text import marked

_COLUMNS: Final = ("tab", "table", "header", "rows", "columns", "key", "to quarantine")
_RIGHT: Final = frozenset({"header", "rows", "columns", "to quarantine"})
_SHOWN_TABLES: Final = 5
"""Of so many tables the first rows are shown in the terminal; of more, on the page alone."""
_SHOWN_COLUMNS, _SHOWN_ROWS, _SHOWN_CHARACTERS = 8, 9, 18
_COLOURS: Final = {"wrong_sums": "red", "lost_rows": "red", "misread_values": "yellow"}


def show(console: Console, facts: Mapping[str, Any], commands: Sequence[str]) -> None:
    """Print what is proposed: an overview, each table, what is left out, questions, files.

    Args:
        console: Where to print.
        facts: The object of `candid discover --json`, with the place of the page.
        commands: What to type next.
    """
    _show_overview(console, facts["tables"])
    if len(facts["tables"]) <= _SHOWN_TABLES:
        for table in facts["tables"]:
            _show_rows(console, table)
    for table in facts["tables"]:
        _show_left_out(console, table)
    for title, name in facts["kept"].items():
        console.print(
            f"kept      {title}: {name}.yaml exists already (--again looks for what is new,"
            " --force overwrites it)"
        )
    for item in facts["not_tables"]:
        console.print(f"no table  {item['title']}: {item['reason']}")
    _show_questions(console, facts["questions"])
    for problem in facts["problems"]:
        console.print(problem, style="red")
    if facts["page"]:
        console.print(f"\nthe page of all this: {shown(Path(facts['page']))}")
    if facts["files"]:
        folder = shown(Path(facts["folder"]))
        console.print(f"{len(facts['files'])} files written to {folder}")
        console.print(f"review them, then: {' && '.join(commands)}")
    elif not facts["problems"]:
        console.print(f"nothing written for {facts['title']}")


def _show_overview(console: Console, tables: Sequence[Mapping[str, Any]]) -> None:
    overview = Table(box=None, pad_edge=False, header_style="bold")
    for title in _COLUMNS:
        side = "right" if title in _RIGHT else "left"
        overview.add_column(title, justify=side, no_wrap=title == "table")  # type: ignore[arg-type]
    for table in tables:
        more = len(table["titles"]) - 1
        overview.add_row(
            f"{table['title']}{f' and {more} more' if more else ''}",
            table["table"],
            str(table["header_row"]),
            f"{table['rows']:,}",
            str(len(table["columns"])),
            ", ".join(table["primary_key"]) or "-",
            f"{table['quarantined']:,}",
        )
    console.print(overview)


def _show_rows(console: Console, table: Mapping[str, Any]) -> None:
    """Print the first rows of a table's first tab with the sheet's row numbers and letters."""
    tab = table["tabs"][0]
    letters = tab["letters"][:_SHOWN_COLUMNS]
    more = len(tab["letters"]) - len(letters) + tab["more_columns"]
    grid = Table(box=None, pad_edge=False, header_style="dim", title_justify="left")
    grid.title = marked("\n[bold]{}[/]  {}, as read", table["table"], tab["tab"])
    grid.add_column("", justify="right", style="dim", no_wrap=True, min_width=4)
    for letter in letters:
        grid.add_column(letter, no_wrap=True, overflow="ellipsis")
    grid.add_column(f"+{more}" if more else "", style="dim", no_wrap=True, overflow="ellipsis")
    for row in tab["first_rows"][:_SHOWN_ROWS]:
        cells = [_cut(cell) for cell in row["cells"][:_SHOWN_COLUMNS]]
        style = {"header": "bold", "data": "", "quarantine": "red"}.get(row["kind"], "dim")
        grid.add_row(str(row["row"]), *cells, _cut(row["why"] or "", 40), style=style)
    console.print(grid)


def _show_left_out(console: Console, table: Mapping[str, Any]) -> None:
    """Print what of a tab is no part of its table, and which cells are blocked."""
    for tab in table["tabs"]:
        title = tab["tab"]
        for item in tab["left_out"]:
            where = f"{item['count']:,} row{'s' if item['count'] > 1 else ''} ({item['rows']})"
            console.print(f"left out  {title}: {where}, {item['why']} [{item['rule']}]")
    for region in table["regions"]:
        if region["rule"].startswith("side"):
            console.print(f"left out  {region['tab']} {region['cells']}: {region['rule']}")
    for block in table["blocked"]:
        cells = ", ".join(block["cells"][:10]) + (" …" if block["count"] > 10 else "")
        what = "[red]blocked[/]   {} {}: {}"
        console.print(marked(what, block["tab"], cells, block["reason"]))


def _show_questions(console: Console, questions: Sequence[Mapping[str, Any]]) -> None:
    """Print the questions, the worst damage first, each with the lines that answer it."""
    if questions:
        many = f"{len(questions)} question{'s' if len(questions) > 1 else ''}"
        console.print(marked("\n[bold]{}[/], what would damage most first", many))
    for number, question in enumerate(questions, start=1):
        colour = _COLOURS.get(question["damage"], "default")
        about = " ".join(filter(None, (question["table"], ", ".join(question["cells"][:4]))))
        what = f"{number:>3}. [{colour}]{{}}[/]  {{}}\n     [bold]{{}}[/]\n     {{}}"
        texts = (question["damage_words"], about, question["question"], question["taken"])
        console.print(marked(what, *texts))
        for when, lines in groupby(question["answers"], key=lambda answer: answer["when"]):
            console.print(f"     if {when}:")
            for line in lines:
                place = f"{line['file']}:{line['line']} {line['place']}"
                console.print(f"       {place}")
                for typed in line["yaml"].splitlines():
                    console.print(f"         {typed}", style="cyan")


def _cut(text: str, most: int = _SHOWN_CHARACTERS) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
