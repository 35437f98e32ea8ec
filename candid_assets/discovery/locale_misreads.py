"""Columns that a workbook's locale has misread: cells that Sheets took otherwise than typed.

Typed in Indonesian notation into a workbook of locale en_US, `12.500` becomes the number 12.5 while
`1.250.000` stays text, and `08/09/2025` becomes 9 August while `17/08/2025` stays text. What the
text cells prove, the number and date cells of the same column suffer from.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import duckdb

from candid_assets.discovery.office_words import MONEY_WORDS, words_of
from candid_assets.discovery.proposal import Blocked, ColumnProposal
from candid_assets.discovery.type_guess import TypingHabits, guess_type

_NAMED: Final = 50
_GROUPS: Final = {
    "en": r"^[^0-9]*[0-9]{1,3}(?:\.[0-9]{3}){2,}(?:,[0-9]+)?[^0-9.,]*$",
    "id": r"^[^0-9]*[0-9]{1,3}(?:,[0-9]{3}){2,}(?:\.[0-9]+)?[^0-9.,]*$",
}
"""Numbers in the other notation, which stay text, by the workbook's locale."""
Place = Callable[[int, int], tuple[str, str]]
"""Title and letter of a column in one tab, from the tab's and the column's number."""


def language(locale: str) -> str:
    """Return the notation of a workbook's locale: `id` for Indonesian, else `en`."""
    return "id" if locale.lower().startswith(("in", "id")) else "en"


class LocaleMisreads:
    """Looks for columns of one workbook whose cells were read in the wrong locale."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, locale: str) -> None:
        """Use the cells that stand in `temp.found_cells`."""
        self.connection, self.locale = connection, locale or "en_US"
        self.ours = language(self.locale)
        self.proven = False
        """Whether some column of the workbook has shown it."""

    def look_at(self, table: int, number: int, column: ColumnProposal) -> bool:
        """Block a column whose own text cells prove the other notation; return whether they do."""
        facts = column.facts
        if facts.number and facts.text and self._numbers(table, number, column):
            self._retype(column)
            column.blocked = self._reason("numbers", "a thousand times too small")
        elif (facts.date or facts.stamp) and facts.text and self._dates(table, number, column):
            column.blocked = self._reason("dates", "with day and month exchanged")
        self.proven = self.proven or column.blocked is not None
        return column.blocked is not None

    def look_again(self, table: int, number: int, column: ColumnProposal) -> bool:
        """Block a suspect column once other columns have proven the other notation."""
        facts = column.facts
        if not self.proven or column.blocked:
            return False
        if facts.number and not facts.text and words_of(column.header) & MONEY_WORDS:
            small, broken, total = self._small(table, number)
            if small == total and broken:
                column.blocked = self._reason("numbers", "a thousand times too small")
        elif facts.date >= 5 and not facts.text and self._days(table, number)[1] == 0:
            column.blocked = self._reason("dates", "with day and month exchanged")
        return column.blocked is not None

    def cells(self, table: int, number: int, column: str, place: Place, why: str) -> list[Blocked]:
        """Return the cells that a blocked column concerns, one item for each tab."""
        by_member = self.connection.execute(
            "SELECT member, list(row_number ORDER BY row_number) FROM temp.found_cells "
            f"WHERE tab = {table} AND place = {number} AND kind IN ('n', 'd', 's') "
            "GROUP BY member ORDER BY member"
        ).fetchall()
        blocked = []
        for member, rows in by_member:
            title, letter = place(member, number)
            cells = tuple(f"{letter}{row}" for row in rows[:_NAMED])
            blocked.append(Blocked(column, title, why, cells, len(rows)))
        return blocked

    def _numbers(self, table: int, number: int, column: ColumnProposal) -> bool:
        groups = self.connection.execute(
            "SELECT count(*) FROM temp.found_cells WHERE tab = ? AND place = ? AND kind = 't' "
            "AND regexp_matches(clean_text(content), ?)",
            [table, number, _GROUPS[self.ours]],
        ).fetchone()
        if not (groups and groups[0]):
            return False
        small, broken, total = self._small(table, number)
        return broken > 0 and small >= 0.8 * total

    def _small(self, table: int, number: int) -> tuple[int, int, int]:
        """Return how many number cells are below 1000, have decimals too, and there are."""
        row = self.connection.execute(
            "SELECT count(*) FILTER (abs(v) < 1000), "
            "count(*) FILTER (abs(v) < 1000 AND v <> round(v) AND round(v, 3) = v), count(*) "
            "FROM (SELECT try_cast(content AS DOUBLE) AS v FROM temp.found_cells "
            f"WHERE tab = {table} AND place = {number} AND kind = 'n')"
        ).fetchone()
        return (row[0], row[1], row[2]) if row else (0, 0, 0)

    def _dates(self, table: int, number: int, column: ColumnProposal) -> bool:
        facts = column.facts
        proof, against = facts.dmy_only, facts.mdy_only
        if self.ours == "id":
            proof, against = against, proof
        early, late = self._days(table, number)
        return proof > 0 and against == 0 and early > 0 and late == 0

    def _days(self, table: int, number: int) -> tuple[int, int]:
        """Return how many date cells have a day up to 12, and how many a later one."""
        row = self.connection.execute(
            "SELECT count(*) FILTER (day <= 12), count(*) FILTER (day > 12) FROM (SELECT "
            "day(try_cast(left(content, 10) AS DATE)) AS day FROM temp.found_cells "
            f"WHERE tab = {table} AND place = {number} AND kind IN ('d', 's'))"
        ).fetchone()
        return (row[0], row[1]) if row else (0, 0)

    def _retype(self, column: ColumnProposal) -> None:
        """Type a column by its text cells, which are as they were typed."""
        facts = column.facts
        rest = replace(
            facts, cells=facts.cells - facts.number, number=0, number_whole=0, number_places=0
        )
        other = TypingHabits("id" if self.ours == "en" else "en", "dmy")
        column.guess = guess_type(column.header, rest, other)

    def _reason(self, what: str, how: str) -> str:
        typist = "Indonesian" if self.ours == "en" else "English"
        return (
            f"locale {self.locale} read {typist} typist: {what} may be {how}; correct the cells "
            "and the locale, then remove this"
        )
