"""Cleans tabs by the contracts proposed for them, to learn what a run would do with each row."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa

from candid_assets.cleaning.cleaning_sql import CleaningTables, cleaning_sql, rows_alone
from candid_assets.cleaning.header_search import HeaderProblem, find_header, rows_to_search
from candid_assets.cleaning.judge_again_sql import Judged, again_sql
from candid_assets.cleaning.raw_content import raw_content
from candid_assets.cleaning.rows_sql import placed_columns
from candid_assets.cleaning.slices_sql import is_wide
from candid_assets.contracts.catalog import ContractProblem, Tab
from candid_assets.contracts.tab_file import read_tab
from candid_assets.discovery.contract_text import table_yaml
from candid_assets.discovery.proposal import TableProposal
from candid_assets.discovery.shown_rows import HeldRows
from candid_assets.sources.content_hash import letters_of
from candid_assets.sql import quoted
from candid_assets.warehouse.provenance import CELLS
from candid_assets.warehouse.raw_query import format_columns

MOST_KEPT: Final = 2_000_000
"""Cells of a tab up to which their values are kept for the next contract that is tried on it."""
_SHOWN: Final = 20


@dataclass(slots=True)
class Rehearsed:
    """What cleaning made of a table's tabs."""

    rows: int = 0
    clean: int = 0
    quarantined: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    summaries: dict[int, set[int]] = field(default_factory=dict)
    """Rows that were dropped as sums of others, by the tab's number."""
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Rows by column and reason."""
    dropped_rows: dict[int, dict[str, list[int]]] = field(default_factory=dict)
    """Rows of each tab by the rule that drops them."""
    held_rows: dict[int, list[HeldRows]] = field(default_factory=dict)
    """What of each tab would go to quarantine, one item for each column and reason."""
    header_rows: dict[int, int] = field(default_factory=dict)
    """Where each tab's header was found, by the tab's number."""
    problems: list[str] = field(default_factory=list)
    """Why the contract cannot be used; the other fields are empty then."""


class Rehearsal:
    """Holds the raw tables of a workbook's tabs and tries contracts on them."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path, workbook: str) -> None:
        """Use a connection that has the macros, and a folder of its own for contract files."""
        self.connection, self.folder, self.workbook = connection, folder, workbook
        self._rows: dict[int, int] = {}
        self._judged: dict[int, Judged] = {}
        """What the last cleaning of each tab made of its cells, by the tab's number."""
        folder.mkdir(parents=True, exist_ok=True)

    def load(self, member: int, table: pa.Table) -> None:
        """Make the raw table of one tab, as landing makes it."""
        names = letters_of(table.column_names)
        self._rows[member] = table.num_rows
        self._judged.pop(member, None)
        formats = format_columns(table.column_names)
        columns = ", ".join(["_row::INTEGER AS _row", "_kinds", *formats, *map(quoted, names)])
        self.connection.register("raw_arrow", table)
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE raw_{member} AS SELECT {columns}, "
            f"'rehearsal' AS _extract, TIMESTAMPTZ '{datetime.now(UTC).isoformat()}' AS _loaded_at "
            "FROM raw_arrow"
        )
        self.connection.unregister("raw_arrow")

    def try_on(
        self, table: TableProposal, number: int, members: Mapping[int, str], *, last: bool = False
    ) -> Rehearsed:
        """Clean a table's tabs and keep the clean rows as `temp.rehearsed_<number>`.

        Args:
            table: The proposal.
            number: The table's number.
            members: Titles of its tabs by the tabs' numbers.
            last: Whether nothing but the outcome is asked for; clean rows are not kept then.
        """
        outcome, kept = Rehearsed(), f"rehearsed_{number}"
        # Before the contract is read: of a wide table, either needs tens of megabytes.
        self.connection.execute(f"DROP TABLE IF EXISTS temp.{kept}")
        tab, problems = self._contract(table)
        if tab is None:
            outcome.problems = [f"line {p.line}: {p.message}; {p.fix}" for p in problems]
            return outcome
        for index, member in enumerate(members):
            self._clean(tab, member, outcome, last=last)
            if outcome.problems:
                break
            if last:
                continue
            verb = f"INSERT INTO temp.{kept} BY NAME" if index else f"CREATE TEMP TABLE {kept} AS"
            self.connection.execute(f"{verb} SELECT {member} AS _member, * FROM temp.staged_clean")
            # Of a wide table the copy takes tens of megabytes.
            self.connection.execute("DROP TABLE temp.staged_clean")
        return outcome

    def clean_by(self, tab: Tab, member: int) -> Rehearsed:
        """Clean one tab by a contract as it is; `temp.staged_*` hold the outcome until the next.

        Of quarantined rows there are the reasons alone.
        """
        outcome = Rehearsed()
        self._clean(tab, member, outcome)
        return outcome

    def _contract(self, table: TableProposal) -> tuple[Tab | None, Sequence[ContractProblem]]:
        path = self.folder / f"{table.name}.yaml"
        path.write_text(table_yaml(table, family=False), encoding="utf-8")
        tab, document = read_tab(path, self.workbook, "team:unknown")
        return tab, document.problems

    def _clean(self, tab: Tab, member: int, outcome: Rehearsed, *, last: bool = False) -> None:
        raw = f"temp.raw_{member}"
        head = self.connection.execute(
            f"SELECT [*{CELLS}] FROM {raw} WHERE _row <= {rows_to_search(tab)} ORDER BY _row"
        ).fetchall()
        header = find_header(tab, [cells for (cells,) in head])
        if isinstance(header, HeaderProblem):
            outcome.problems.append(str(header))
            return
        outcome.header_rows[member] = header.header_row
        content = raw_content(self.connection, raw, tab, header)
        sql = cleaning_sql(
            tab,
            header,
            raw=raw,
            extract="rehearsal",
            link_prefix="",
            content=content,
            staged=CleaningTables(reasons_alone=True),
        )
        placed = tuple(placed_columns(tab, header, content))
        judged = Judged(f"judged_{member}", header, placed)
        few = self._rows[member] * len(placed) <= MOST_KEPT
        keep = judged.table if few and not any(p.apart for p in placed) else ""
        if before := self._judged.pop(member, None):
            before = replace(before, stays=last and is_wide(placed))
            again = again_sql(self.connection, tab, header, placed, before, raw, content)
            sql = replace(sql, reading=again or sql.reading)
            if again and before.stays:
                judged, keep = before, ""
        sql = rows_alone(sql) if last else sql
        sql.run(self.connection, keep=keep)
        if keep or judged is before:
            self._judged[member] = judged
        counts = self.connection.execute(
            f"SELECT (SELECT count(*) FROM {raw}), (SELECT count(*) FROM temp.staged_clean),"
            " (SELECT count(*) FROM temp.staged_quarantine)"
        ).fetchone() or (0, 0, 0)
        outcome.rows += counts[0]
        outcome.clean += counts[1]
        outcome.quarantined += counts[2]
        dropped = self.connection.execute(
            "SELECT rule, list(_row ORDER BY _row) FROM temp.staged_dropped GROUP BY rule"
        )
        by_rule: dict[str, list[int]] = dict(dropped.fetchall())
        outcome.dropped_rows[member] = by_rule
        outcome.dropped.update({rule: len(rows) for rule, rows in by_rule.items()})
        sums = (by_rule.get(rule, ()) for rule in ("total_row", "summary_row"))
        outcome.summaries[member] = set().union(*sums)
        held = self.connection.execute(
            "SELECT coalesce(why.\"column\", ''), why.reason, count(*), "
            f"list(_row ORDER BY _row)[:{_SHOWN}], list(why.cell ORDER BY _row)[:{_SHOWN}], "
            f"list(why.message ORDER BY _row)[:{_SHOWN}], "
            f"list_sort(list(DISTINCT why.value) FILTER (why.value IS NOT NULL))[:{_SHOWN}] FROM "
            "(SELECT _row, unnest(_reasons) AS why FROM temp.staged_quarantine) "
            "GROUP BY ALL ORDER BY 3 DESC, 1, 2"
        )
        outcome.held_rows[member] = [
            HeldRows(column, reason, count, *(tuple(each or ()) for each in lists))
            for column, reason, count, *lists in held.fetchall()
        ]
        for each in outcome.held_rows[member]:
            outcome.reasons[each.column, each.reason] += each.count
