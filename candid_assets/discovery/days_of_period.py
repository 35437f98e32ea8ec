"""Types columns of days without a year (02/12) as dates where a period above the header has it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import duckdb

from candid_assets.cleaning.parser_calls import days_sql
from candid_assets.cleaning.period_above import labels_of_periods, period_above, rows_above
from candid_assets.cleaning.stated_period import StatedPeriod
from candid_assets.contracts.custom_properties import ANY_CELL, DateOrder
from candid_assets.discovery.find_tables import TableGroup, TableTab
from candid_assets.discovery.office_words import DATE_WORDS, names_codes, words_of
from candid_assets.discovery.proposal import ColumnProposal, TableProposal
from candid_assets.discovery.type_guess import fits, typed_guess
from candid_assets.sql import literal

_FEWEST: Final = 5
"""Different days that make dates of a column whose header does not say so."""
_COUNTS: Final = """\
SELECT
  count(*) FILTER (day IS NOT NULL),
  count(*) FILTER (day IS NOT NULL AND dated IS NULL),
  count(DISTINCT day),
  coalesce(bool_or(day IS NOT NULL AND (day(day) > 12 OR regexp_matches(small, month_pattern()))),
    FALSE)
FROM (
  SELECT
    parse_date_of_period(text, kind, {order}, {days}).value AS day,
    parse_date(text, kind, {order}).value AS dated,
    lower(text) AS small
  FROM (
    SELECT kind, without_guard(clean_text(content), kind) AS text
    FROM temp.found_cells
    WHERE tab = ? AND place = ? AND member = ? AND kind IN ('t', 'd', 's')
  )
)"""


@dataclass(frozen=True, slots=True)
class _PeriodReading:
    """A column read by the period beside one label."""

    label: str
    order: DateOrder
    fitting: int
    without_year: int
    different: int
    clear: bool
    """Whether no fraction or part of a code looks like its days."""


def add_years(
    connection: duckdb.DuckDBPyConnection,
    locale: str,
    groups: Mapping[int, TableGroup],
    tables: Mapping[int, TableProposal],
) -> None:
    """Make dates of columns of text that are days of the period above their header.

    Reads `temp.found_cells` and the raw tables of the rehearsal.

    Args:
        connection: Where they are.
        locale: The workbook's.
        groups: The tabs of each table.
        tables: The tables, whose columns are typed anew.
    """
    orders: Sequence[DateOrder] = ("dmy", "mdy")
    if locale.lower().startswith("en_us"):
        orders = ("mdy", "dmy")
    for number, table in tables.items():
        members = [member for member in groups[number].members if member.data_rows]
        columns = [(place, c) for place, c in enumerate(table.columns) if _may_be_days(c)]
        if not columns or not members or min(m.layout.header_row for m in members) == 1:
            continue
        periods = _periods(connection, members, orders)
        for place, column in columns:
            readings = [
                _read(connection, (number, place), members, key, stated)
                for key, stated in periods.items()
            ]
            best = max(readings, key=lambda reading: reading.fitting, default=None)
            if best is not None:
                _type(column, best)


def _may_be_days(column: ColumnProposal) -> bool:
    """Whether a column is text that names nothing, or in figures (05.12) under a word for days."""
    words, facts = words_of(column.header), column.facts
    dated = bool(words & DATE_WORDS)
    if column.logical != "string":
        return dated and facts.text == facts.cells and column.logical in {"number", "time"}
    named = (names_codes(words) and not dated) or column.guess.options.get("phone")
    return not named and facts.text * 2 > facts.cells


def _periods(
    connection: duckdb.DuckDBPyConnection,
    members: Sequence[TableTab],
    orders: Sequence[DateOrder],
) -> dict[tuple[str, DateOrder], list[StatedPeriod]]:
    """Return each tab's period by the label that all tabs have, and the order of its figures."""
    above = [rows_above(connection, f"temp.raw_{m.number}", m.layout.header_row) for m in members]
    periods: dict[tuple[str, DateOrder], list[StatedPeriod]] = {}
    for order in orders:
        for label in labels_of_periods(above[0], order):
            stated = [period_above(rows, label, order) for rows in above]
            known = [period for period in stated if period is not None]
            if len(known) == len(members):
                periods[label, order] = known
    return periods


def _read(
    connection: duckdb.DuckDBPyConnection,
    at: tuple[int, int],
    members: Sequence[TableTab],
    key: tuple[str, DateOrder],
    stated: Sequence[StatedPeriod],
) -> _PeriodReading:
    """Return how many cells of a column, by table and number, are days of the tabs' periods."""
    label, order = key
    counts = []
    for member, period in zip(members, stated, strict=True):
        query = _COUNTS.format(order=literal(order), days=days_sql(period))
        counts.append(
            connection.execute(query, [*at, member.number]).fetchone() or (0, 0, 0, False)
        )
    fitting, without_year, different, clear = zip(*counts, strict=True)
    return _PeriodReading(label, order, sum(fitting), sum(without_year), max(different), any(clear))


def _type(column: ColumnProposal, reading: _PeriodReading) -> None:
    """Make a date of a column whose cells are days of the period, nearly all of them."""
    options: dict[str, object] = {"yearFrom": reading.label}
    if reading.order != "dmy":
        options["dateOrder"] = reading.order
    if column.guess.options.get("guarded"):
        options["guarded"] = True
    guess = typed_guess(column.facts, "date", reading.fitting, options)
    sure = words_of(column.header) & DATE_WORDS or (
        reading.clear and reading.different >= _FEWEST and reading.fitting == guess.cells
    )
    if sure and reading.without_year and fits(guess, column.facts):
        column.guess, column.min_length = guess, None
        where = "above the header" if reading.label == ANY_CELL else f"beside '{reading.label}'"
        column.notes = [f"date: {guess.evidence}, days of the period {where}"]
