"""Units, currencies and percent signs by number format: proposed for columns, others are named."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, get_args

import duckdb

from candid_assets.contracts.custom_properties import RUPIAH, Currency
from candid_assets.discovery.column_facts import ColumnFacts
from candid_assets.discovery.find_tables import TableGroup
from candid_assets.discovery.proposal import ColumnProposal, TableProposal

_NAMED: Final = 5
_CURRENCIES: Final = frozenset(get_args(Currency))


@dataclass(slots=True)
class MarkCounts:
    """The marks that the numbers of one column are shown with; blank for none."""

    counts: Counter[str] = field(default_factory=Counter)
    cells: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    """The first cells of each mark, by tab and row."""

    @property
    def usual(self) -> str:
        """The mark that cleaning would take for the column's."""
        marks = Counter({mark: n for mark, n in self.counts.items() if mark})
        most = max(marks.items(), key=lambda item: (item[1], item[0]), default=("", 0))
        return "" if most[0] == "%" and self.counts[""] > most[1] else most[0]

    def is_other(self, mark: str) -> bool:
        """Return whether a number with this mark is refused."""
        return mark != self.usual and (mark != "" or self.usual == "%")


class NumberFormats:
    """The marks that the numbers of a workbook are shown with, by table and column number."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Count the marks of each column with a format or a percent sign in `temp.found_cells`."""
        rows = connection.execute(
            "WITH marked AS (SELECT DISTINCT tab, place FROM temp.found_cells"
            " WHERE shown IS NOT NULL OR (kind = 't' AND contains(content, '%')"
            " AND content ~ '^[-+0-9., ]*%\\s*$')),"
            " cells AS (FROM temp.found_cells SEMI JOIN marked USING (tab, place)"
            " WHERE kind IN ('n', 't')),"
            # Many cells hold the same: what each says is worked out once.
            " said AS (SELECT kind, shown, content, CASE kind"
            " WHEN 'n' THEN number_mark(shown, clean_text(content))"
            " WHEN 't' THEN text_mark(clean_text(content)) END AS mark"
            " FROM (SELECT DISTINCT kind, shown, content FROM cells)),"
            " marks AS (SELECT tab, place, member, row_number, mark FROM cells JOIN said"
            " ON cells.kind = said.kind AND cells.shown IS NOT DISTINCT FROM said.shown"
            " AND cells.content IS NOT DISTINCT FROM said.content)"
            " SELECT tab, place, mark, count(*), list((member, row_number)"
            f" ORDER BY member, row_number)[:{_NAMED}]"
            " FROM marks WHERE mark IS NOT NULL GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        self._marks: dict[tuple[int, int], MarkCounts] = {}
        for tab, place, mark, count, cells in rows:
            marks = self._marks.setdefault((tab, place), MarkCounts())
            marks.counts[mark] = count
            marks.cells[mark] = [tuple(cell) for cell in cells]

    def with_money(
        self, facts: Mapping[tuple[int, int], ColumnFacts]
    ) -> dict[tuple[int, int], ColumnFacts]:
        """Return the facts of columns with the amounts that are money by their format."""
        money = {
            at: sum(n for mark, n in marks.counts.items() if mark in _CURRENCIES)
            for at, marks in self._marks.items()
        }
        return {at: replace(f, money=f.money + money.get(at, 0)) for at, f in facts.items()}

    def propose(self, table: TableProposal, number: int, tabs: TableGroup) -> None:
        """Propose what the numbers of a table's columns are shown with; name the cells of others.

        Args:
            table: The proposal, whose columns are added to.
            number: The table's number.
            tabs: The tabs that make it.
        """
        members = {tab.number: tab for tab in tabs.members}
        for place, (header, column) in enumerate(zip(tabs.headers, table.columns, strict=True)):
            marks = self._marks.get((number, place))
            numeric = column.logical in {"number", "integer"}
            if marks is None or not numeric or not any(marks.counts):
                continue

            def cell_name(member: int, row: int, header: str = header) -> str:
                title = f"{members[member].tab.title}!" if len(members) > 1 else ""
                return f"{title}{members[member].letter(header)}{row}"

            _propose_mark(column, marks, cell_name)


def _propose_mark(
    column: ColumnProposal, marks: MarkCounts, cell_name: Callable[[int, int], str]
) -> None:
    usual = marks.usual
    column.guess.options["shownAs"] = usual
    if usual in _CURRENCIES and usual != RUPIAH:
        column.guess.options["currency"] = usual
    total = sum(marks.counts.values())
    note = f"shown as {usual or 'plain numbers'} in {marks.counts[usual]:,} of {total:,} cells"
    for mark, count in sorted(marks.counts.items()):
        if marks.is_other(mark):
            named = ", ".join(cell_name(*cell) for cell in marks.cells[mark])
            more = " …" if count > len(marks.cells[mark]) else ""
            note += f", to quarantine as {mark or 'a plain number'}: {named}{more}"
    column.notes.append(note)
