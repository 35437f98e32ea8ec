"""Implausible values in SQL, for the columns whose contract sends them to quarantine."""

from collections.abc import Sequence

from candid_assets.cleaning.column_sql import Placed
from candid_assets.contracts.catalog import Tab
from candid_assets.quality.plausible_ranges import judged_columns, outside_sql, range_sql


def implausible_problems(tab: Tab, placed: Sequence[Placed], raw: str) -> dict[str, str]:
    """Return the queries, by name, that list the reasons of implausible values.

    Args:
        tab: The tab's contract.
        placed: Its columns with their places.
        raw: The raw relation, which knows the day of the read.
    """
    read_day = f"(SELECT make_timestamp(epoch_us(max(_loaded_at)))::DATE FROM {raw})"
    queries = {}
    for p in quarantined_columns(tab, placed):
        readable = f"(SELECT * FROM kept WHERE {p.why} IS NULL)"
        queries[f"implausible_problems_{p.position}"] = f"""\
  SELECT
    _row,
    {p.position} AS position,
    'implausible' AS reason,
    NULL::VARCHAR AS other
  FROM {readable}, ({range_sql(p.column, readable, read_day)})
  WHERE {outside_sql(p.column)}"""
    return queries


def quarantined_columns(tab: Tab, placed: Sequence[Placed]) -> list[Placed]:
    """Return the columns of the sheet whose implausible values go to quarantine."""
    judged = {column.name for column in judged_columns(tab)}
    return [
        p
        for p in placed
        if p.letter and p.column.name in judged and p.column.options.implausible == "quarantine"
    ]
