"""The custom properties that the tabs of a table ask for by their layout."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from candid_assets.contracts.header_text import normalise
from candid_assets.discovery.find_tables import TableGroup, TableTab


def tab_options(table: TableGroup) -> dict[str, Any]:
    """Return the custom properties that a table's layout asks for."""
    layouts = [m.layout for m in table.members]
    options: dict[str, Any] = {}
    which = next((m.which for m in table.members if m.which is not None), None)
    if which is not None:
        options["tableInTab"] = which
    if layouts[0].header_rows != 1:
        options["headerRows"] = layouts[0].header_rows
    if not layouts[0].header_rows and layouts[0].header_row > 1:
        options["headerRow"] = layouts[0].header_row
    ignored = _merged(
        [[*m.beside, *(m.layout.headers[p - 1] for p in m.layout.ignored)] for m in table.members]
    )
    claimed = set(table.headers)
    ignored = [text for text in ignored if normalise(text) not in claimed]
    if ignored:
        options["ignoredHeaders"] = ignored
    if any(layout.column_numbers for layout in layouts):
        options["columnNumbers"] = True
    end_words = _merged([layout.ends_at for layout in layouts])
    if end_words:
        options["endsAt"] = end_words
    if not all(m.data_rows for m in table.members):
        options["allowEmpty"] = True
    options |= kind_options(table.members[0])
    said = table.members[0].tab.declared
    if said is not None and len(table.members) == 1:
        options |= said.options
    options |= table.members[0].tab.reading
    return options


def kind_options(member: TableTab) -> dict[str, Any]:
    """Return the custom properties by which a table takes one kind of its tab's lines."""
    kind = member.kind
    if kind is None:
        return {}
    options: dict[str, Any] = {"linesWhere": {member.names[kind.place]: kind.name}}
    if kind.under is None:
        return options | {"otherLines": list(kind.others)}
    return options | {"linesUnder": kind.under}


def add_strangers(table: TableGroup, options: dict[str, Any], left_out: Mapping[str, str]) -> None:
    """Say of tabs that a family's pattern claims but that hold no table what a run should do.

    A blank one is next month's, prepared in advance; any other is not read.

    Args:
        table: The family.
        options: Its custom properties, which are added to.
        left_out: Title of each tab that is no table, and the code of the reason.
    """
    if table.pattern is None:
        return
    claimed = [t for t in left_out if re.fullmatch(table.pattern, t.strip(), re.IGNORECASE)]
    if any(left_out[title] == "empty" for title in claimed):
        options["allowEmpty"] = True
    strangers = [title for title in claimed if left_out[title] != "empty"]
    if strangers:
        options["retiredTabs"] = strangers


def _merged(lists: Sequence[Sequence[str]]) -> list[str]:
    return list(dict.fromkeys(item for some in lists for item in some))
