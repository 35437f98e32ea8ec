"""The SQL that cleans a tab whose rows lie in parts, each part in a DuckDB of its own.

Nearly all that cleaning does is said of each row by itself, and runs over a part as it runs over
the whole table. What needs rows of other parts is one of three things:

- Rows that share a key, or a value of a unique column, wherever they lie: exact duplicates, and the
  reasons `duplicate_key` and `duplicate_value`. Each part lists the hashes of its keys; the rows
  whose hash stands twice are brought together and judged by the statements that judge a whole
  table; what that says of a row is then given to its part.
- The numbers of quarantined rows of one name, which are given when the parts are put together.
- What the coordinator reads off the raw table beforehand: the header, the form, the period, and
  all of `RawContent`.

Where rows are judged by their neighbours the table is cleaned in one part; `whole_because` says
which tables these are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from candid_assets.cleaning.bare_sums_sql import part_sql
from candid_assets.cleaning.cleaning_sql import CleaningTables, sorting_sql
from candid_assets.cleaning.column_sql import Placed
from candid_assets.cleaning.drop_rules import repeats_sql
from candid_assets.cleaning.line_kinds_sql import parent_sql
from candid_assets.cleaning.marks_sql import is_compared
from candid_assets.cleaning.plausible_sql import implausible_problems
from candid_assets.cleaning.problems_sql import (
    NOTHING_SHARED,
    key_columns,
    own_problems_sql,
    shared_columns,
    shared_problems_sql,
)
from candid_assets.cleaning.quarantine_sql import quarantine_sql
from candid_assets.cleaning.raw_content import RawContent
from candid_assets.cleaning.rows_sql import placed_columns, rows_sql
from candid_assets.cleaning.sections_sql import heading_sql
from candid_assets.cleaning.table_end_sql import below_sql
from candid_assets.contracts.catalog import Tab
from candid_assets.contracts.header_map import HeaderMap

RAW = "temp.cleaning_raw"
"""The rows that a task cleans, as raw rows."""
NO_REPEATS = "CREATE OR REPLACE TEMP TABLE cleaning_repeats (_row INTEGER)"


@dataclass(frozen=True, slots=True)
class DividedSql:
    """The statements that clean a tab in parts; each runs where `RAW` has the rows in question."""

    rows: tuple[str, ...]
    """Make `cleaning_rows`."""
    repeats: str
    """Makes `cleaning_repeats` of rows that share a key, from `cleaning_rows`."""
    shared: str
    """Makes `cleaning_shared` of rows that share a key or value."""
    hashes: str
    """A query of `number, hashed, _row`: rows with one number and hash may share a key or value."""
    sorting: tuple[str, ...]
    """List the rows' own problems, and make the three outcomes."""

    @property
    def is_shared(self) -> bool:
        """Whether rows of different parts can say something of one another."""
        return bool(self.hashes)


def whole_because(tab: Tab, header: HeaderMap, content: RawContent) -> str:
    """Return why a tab's rows cannot be cleaned in parts; blank where they can."""
    placed = tuple(placed_columns(tab, header, content))
    reasons = {
        "its rows are those of a family": tab.is_family,
        "its lines are under lines above": parent_sql(tab, header),
        "its rows may be the sums of rows above": part_sql(tab, header),
        "its rows stand in sections": heading_sql(tab, header),
        "a row says where the table ends": below_sql(tab, header, [p for p in placed if p.letter]),
        "its merged cells are filled": any(p.filled for p in placed),
        "the commonest unit of a column is looked for": any(map(is_compared, placed)),
        "values are compared with all of their column": implausible_problems(tab, placed, RAW),
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def divided_sql(
    tab: Tab, header: HeaderMap, content: RawContent, *, extract: str, link_prefix: str
) -> DividedSql:
    """Return the statements that clean a tab in parts.

    Args:
        tab: The tab's contract.
        header: Where the contract's columns stand in this extract.
        content: What the raw table holds beside its texts.
        extract: Hash of the extract, kept with every row.
        link_prefix: What the cell's name is put behind to open it.
    """
    names = CleaningTables()
    placed = tuple(placed_columns(tab, header, content))
    quarantine = quarantine_sql(
        tab, placed, (RAW, names.quarantine), extract, link_prefix, content, numbered=False
    )
    return DividedSql(
        rows=rows_sql(tab, header, placed, RAW, content),
        repeats=repeats_sql(tab, header, placed, RAW, content),
        shared=shared_problems_sql(tab, placed),
        hashes="\nUNION ALL\n".join(_hashes(tab, placed)),
        sorting=(
            own_problems_sql(tab, placed),
            *sorting_sql(tab, names, quarantine, extract).statements,
        ),
    )


NOTHING_FOUND = (NO_REPEATS, NOTHING_SHARED)
"""The statements that say of no row that it shares a key or value with another."""


def _hashes(tab: Tab, placed: Sequence[Placed]) -> Iterator[str]:
    """Yield a query for each key: the hashes of its values, in the rows that no rule drops.

    Two keys of one hash do no harm: whether rows share a key is judged by the keys themselves.
    """
    keys = key_columns(placed)
    for number, columns in enumerate(shared_columns(tab, placed)):
        names = ", ".join(p.name for p in columns)
        tests = ["_rule IS NULL"]
        if columns != keys or not tab.options.drop_exact_duplicates:
            tests += [f"{p.why} IS NULL AND {p.name} IS NOT NULL" for p in columns]
        yield (
            f"SELECT {number}::USMALLINT AS number, hash({names}) AS hashed, _row\n"
            f"FROM temp.cleaning_rows\nWHERE {' AND '.join(tests)}"
        )
