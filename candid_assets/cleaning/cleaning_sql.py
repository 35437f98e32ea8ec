"""Writes the SQL that cleans one tab: raw rows in; clean, quarantined and dropped rows out.

The statements run in order on one connection that has the macros. Three scratch tables hold what
happens on the way: `cleaning_rows` every row with its dropping rule, its typed values and what is
wrong with each (of a wide table this stands in `cleaning_faults`, a line for each cell);
`cleaning_repeats` the rows that repeat an earlier one in every cell; and `cleaning_problems` one
line per reason. A row with a rule or a repeat is dropped, one with a problem is quarantined, any
other is clean: each ends in exactly one table by construction.
"""

from dataclasses import dataclass, field, replace
from typing import Final

from duckdb import DuckDBPyConnection

from candid_assets.cleaning.drop_rules import repeats_sql
from candid_assets.cleaning.faults_sql import FAULTS
from candid_assets.cleaning.problems_sql import problems_sql
from candid_assets.cleaning.quarantine_sql import (
    no_quarantine_sql,
    quarantine_sql,
    reasons_sql,
)
from candid_assets.cleaning.raw_content import NOTHING_MORE, RawContent
from candid_assets.cleaning.rows_sql import placed_columns, rows_sql
from candid_assets.contracts.catalog import Tab
from candid_assets.contracts.header_map import HeaderMap
from candid_assets.sql import literal, quoted

SCRATCH: Final = ("cleaning_rows", "cleaning_repeats", "cleaning_problems")
_PROBLEMS: Final = f"SELECT 1 FROM temp.{SCRATCH[2]} LIMIT 1"
_DROPS: Final = (
    *(f"DROP TABLE temp.{table}" for table in SCRATCH),
    f"DROP TABLE IF EXISTS temp.{FAULTS}",
)

_CLEAN: Final = """\
FROM temp.cleaning_rows
ANTI JOIN temp.cleaning_repeats USING (_row)
ANTI JOIN temp.cleaning_problems USING (_row)
WHERE _rule IS NULL"""


@dataclass(frozen=True, slots=True)
class CleaningTables:
    """The temporary tables that cleaning leaves."""

    clean: str = "staged_clean"
    quarantine: str = "staged_quarantine"
    dropped: str = "staged_dropped"
    reasons_alone: bool = field(default=False, kw_only=True)
    """Whether of quarantined rows nothing but the reasons is kept."""


@dataclass(frozen=True, slots=True)
class SortingSql:
    """The statements that make the three outcomes of the scratch tables and drop these."""

    clean: tuple[str, ...]
    quarantine: str
    dropped: str

    @property
    def statements(self) -> tuple[str, ...]:
        """All statements in their order."""
        return (*self.clean, self.quarantine, self.dropped, *_DROPS)


@dataclass(frozen=True, slots=True)
class CleaningSql:
    """The statements that clean one tab, and the names of the outcome's tables."""

    reading: tuple[str, ...]
    """The statements that make `cleaning_rows`."""
    judging: tuple[str, ...]
    """The statements that fill the other scratch tables."""
    sorting: SortingSql
    """The statements that make the outcomes."""
    no_quarantine: str
    """The statement that makes the quarantine where nothing is wrong."""
    staged: CleaningTables = field(default_factory=CleaningTables)

    @property
    def statements(self) -> tuple[str, ...]:
        """All statements in their order."""
        return (*self.reading, *self.judging, *self.sorting.statements)

    def run(self, connection: DuckDBPyConnection, keep: str = "") -> None:
        """Run the statements on a connection that has the macros.

        Args:
            connection: Where the raw table is.
            keep: The temporary table that `cleaning_rows` is kept as; dropped where left out. The
                faults of a wide table are kept as what `kept_faults` says of it.
        """
        for statement in (*self.reading, *self.judging, *self.sorting.clean):
            connection.execute(statement)
        is_wrong = bool(connection.execute(_PROBLEMS).fetchall())
        connection.execute(self.sorting.quarantine if is_wrong else self.no_quarantine)
        connection.execute(self.sorting.dropped)
        kept = {SCRATCH[0]: keep, FAULTS: kept_faults(keep)} if keep else {}
        for table in (*SCRATCH, FAULTS):
            if name := kept.get(table):
                connection.execute(f"DROP TABLE IF EXISTS temp.{quoted(name)}")
                connection.execute(f"ALTER TABLE IF EXISTS temp.{table} RENAME TO {quoted(name)}")
            else:
                connection.execute(f"DROP TABLE IF EXISTS temp.{table}")


def kept_faults(rows: str) -> str:
    """Return the table that the faults of a wide table are kept as, from that of its rows."""
    return f"{rows}_faults"


def cleaning_sql(
    tab: Tab,
    header: HeaderMap,
    *,
    raw: str,
    extract: str,
    link_prefix: str,
    content: RawContent = NOTHING_MORE,
    staged: CleaningTables | None = None,
) -> CleaningSql:
    """Return the statements that clean one tab.

    Args:
        tab: The tab's contract.
        header: Where the contract's columns stand in this extract.
        raw: The raw relation, quoted as it stands in a FROM clause.
        extract: Hash of the extract, kept with every row.
        link_prefix: What the cell's name is put behind to open it in Google Sheets.
        content: What the raw table holds beside its texts.
        staged: The temporary tables to make.
    """
    names = staged or CleaningTables()
    placed = tuple(placed_columns(tab, header, content))
    reading = rows_sql(tab, header, placed, raw, content)
    judging = (
        repeats_sql(tab, header, placed, raw, content),
        problems_sql(tab, placed, raw),
    )
    tables = (raw, names.quarantine)
    if names.reasons_alone:
        quarantine = reasons_sql(tab, placed, tables, content)
    else:
        quarantine = quarantine_sql(tab, placed, tables, extract, link_prefix, content)
    sorting = sorting_sql(tab, names, quarantine, extract)
    return CleaningSql(reading, judging, sorting, no_quarantine_sql(tables, extract), names)


def sorting_sql(tab: Tab, names: CleaningTables, quarantine: str, extract: str) -> SortingSql:
    """Return the statements that make the three outcomes of the scratch tables and drop these.

    Args:
        tab: The tab's contract.
        names: Names of the temporary tables to make.
        quarantine: The statement that makes the quarantine.
        extract: Hash of the extract, kept with every row.
    """
    return SortingSql(
        (_clean_ddl(tab, names.clean), _clean_insert(tab, names.clean, extract)),
        quarantine,
        _dropped_sql(tab, names.dropped, extract),
    )


def rows_alone(sql: CleaningSql) -> CleaningSql:
    """Return the same cleaning where of the clean rows nothing but their numbers is kept."""
    clean = f"CREATE OR REPLACE TEMP TABLE {quoted(sql.staged.clean)} AS\nSELECT _row\n{_CLEAN}"
    return replace(sql, sorting=replace(sql.sorting, clean=(clean,)))


def _clean_ddl(tab: Tab, clean: str) -> str:
    columns = "".join(f"  {quoted(c.name)} {c.physical_type},\n" for c in tab.columns)
    return (
        f"CREATE OR REPLACE TEMP TABLE {quoted(clean)} (\n"
        f"{columns}  _row INTEGER,\n  _extract VARCHAR\n)"
    )


def _clean_insert(tab: Tab, clean: str, extract: str) -> str:
    columns = "".join(f"  {quoted(c.name)},\n" for c in tab.columns)
    return f"""\
INSERT INTO temp.{quoted(clean)}
SELECT
{columns}  _row,
  {literal(extract)}
{_CLEAN}
ORDER BY _row"""


def _dropped_sql(tab: Tab, dropped: str, extract: str) -> str:
    return f"""\
CREATE OR REPLACE TEMP TABLE {quoted(dropped)} AS
SELECT
  {literal(tab.workbook)} AS workbook,
  {literal(tab.name)} AS tab,
  {literal(tab.table)} AS "table",
  _row,
  rule,
  {literal(extract)} AS _extract
FROM (
  SELECT _row, _rule AS rule
  FROM temp.cleaning_rows
  WHERE _rule IS NOT NULL
  UNION ALL
  SELECT _row, 'exact_duplicate' AS rule
  FROM temp.cleaning_repeats
)
ORDER BY _row"""
