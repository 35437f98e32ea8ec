"""Takes from a tab what a person compares: its first rows, and some of each kind left out."""

from collections.abc import Mapping, Sequence
from typing import Final

from candid_assets.discovery.find_tables import TableTab
from candid_assets.discovery.read_source import grid_of
from candid_assets.discovery.shown_rows import EvidenceRow, HeldRows, TabEvidence, rule_words
from candid_assets.names import column_letter

_ABOVE, _BELOW, _OF_EACH = 4, 6, 2
"""Rows that are shown above and below the header, and of each rule and reason."""
_COLUMNS: Final = 40
_CHARACTERS: Final = 60


def tab_evidence(
    member: TableTab,
    columns: Mapping[str, str],
    dropped: Mapping[str, Sequence[int]],
    held: Sequence[HeldRows],
) -> TabEvidence:
    """Return what to show of a tab.

    Args:
        member: The tab.
        columns: Name of each column of its table by the folded header.
        dropped: Its rows by the rule that drops them, as rehearsed.
        held: Those that would go to quarantine.
    """
    grid = grid_of(member.tab, member.extract)
    layout = member.layout
    header = tuple(range(layout.header_row, layout.header_row + layout.header_rows))
    rules = {row: rule for rule, rows in dropped.items() for row in rows}
    reasons = {r: why for h in held for r, why in zip(h.rows, h.messages, strict=True)}
    first, last = layout.header_row, layout.header_row + layout.header_rows - 1
    below = [row for row in range(last + 1, grid.rows + 1) if rules.get(row) != "blank_row"]
    chosen = {*range(max(1, first - _ABOVE), last + 1), *below[:_BELOW]}
    for rule, rows in dropped.items():
        if rule not in {"above_header", "header", "blank_row"}:
            chosen.update(rows[:_OF_EACH])
    for each in held:
        chosen.update(each.rows[:_OF_EACH])
    places = sorted({p for row in chosen for p in grid.filled(row)}.union(layout.places))
    names = {place: columns[header] for header, place in member.headers.items()}
    shown = places[:_COLUMNS]

    def row_of(number: int) -> EvidenceRow:
        kind = "header" if number in header else rules.get(number, "data")
        why = "" if kind == "data" else rule_words(kind)
        if number in reasons:
            kind, why = "quarantine", reasons[number]
        cells = tuple(_short(grid.text(number, place)) for place in shown)
        return EvidenceRow(number, kind, why, cells)

    return TabEvidence(
        title=member.tab.title,
        header_rows=header,
        letters=tuple(map(column_letter, shown)),
        names=tuple(names.get(place, "") for place in shown),
        more_columns=len(places) - len(shown),
        rows=tuple(row_of(number) for number in sorted(chosen) if number <= grid.rows),
        data_rows=len(member.data_rows),
        dropped=dropped,
        held=held,
    )


def _short(text: str) -> str:
    return text if len(text) <= _CHARACTERS else f"{text[: _CHARACTERS - 1]}…"
