"""Row rules of severity warning: the rows of a clean table that break them, with their cells."""

import duckdb

from candid_assets.contracts.catalog import RowRule, Tab
from candid_assets.contracts.wide_decimals import widened
from candid_assets.quality.frame import column_types, row_number
from candid_assets.quality.outcome import placed, planned_result, written
from candid_assets.quality.suite import row_rules_check, watched_rules
from candid_assets.sql import quoted
from candid_assets.warehouse.check_results import MAX_SAMPLES, Cells, CheckResult, Sample


def check_row_rules(
    connection: duckdb.DuckDBPyConnection, tab: Tab, relation: str, cells: Cells | None
) -> list[CheckResult]:
    """Return the check `row_rules_kept` of a clean table, or nothing if no rule is a warning.

    Args:
        connection: Where the table stands; nothing is written.
        tab: The contract.
        relation: The table's name as SQL, staged or published.
        cells: Leads from rows to the sheet; None where there is no sheet.
    """
    plan = row_rules_check(tab)
    if plan is None:
        return []
    messages: list[str] = []
    samples: list[list[Sample]] = []
    rows = broken_rows = 0
    for rule in watched_rules(tab):
        rows, broken, broken_cells = _broken(connection, rule, relation, cells)
        if broken:
            broken_rows += broken
            messages.append(f"{broken:,} of {rows:,} rows break {rule.name}: {rule.text}")
            samples.append(broken_cells)
    each = max(MAX_SAMPLES // max(len(samples), 1), 1)
    shown = [sample for broken_cells in samples for sample in broken_cells[:each]]
    counts: dict[str, int | float] = {
        "rules": len(watched_rules(tab)),
        "rules_broken": len(messages),
        "element_count": rows,
        "unexpected_count": broken_rows,
    }
    return [planned_result(plan, tab, " ".join(messages), counts, shown)]


def _broken(
    connection: duckdb.DuckDBPyConnection, rule: RowRule, relation: str, cells: Cells | None
) -> tuple[int, int, list[Sample]]:
    """Return how many rows there are, how many break a rule, and the cells of the first ones."""
    # A condition that cannot be computed for a row is reported like one that does not hold.
    types = column_types(connection, relation)
    wide = f"(SELECT {widened(types)} FROM {relation})"
    verdicts = f"(SELECT *, TRY({{'broken': (\n{rule.broken}\n)}}) AS _verdict FROM {wide})"
    fails = "(_verdict IS NULL OR coalesce(_verdict.broken, FALSE))"
    counted = connection.execute(
        f"SELECT count(*), coalesce(count_if({fails}), 0) FROM {verdicts}"
    ).fetchone()
    rows, broken = (int(count) for count in counted or (0, 0))
    if not broken:
        return rows, 0, []
    place = row_number(dict(types))
    columns = ", ".join(map(quoted, rule.columns))
    lines = connection.execute(
        f"SELECT {place}, {columns} FROM {verdicts} WHERE {fails} ORDER BY 1 LIMIT {MAX_SAMPLES}"
    ).fetchall()
    samples = [
        placed(cells, name, written(value) or None, row, f"{rule.name}: {rule.text}")
        for row, *values in lines
        for name, value in zip(rule.columns, values, strict=True)
    ]
    return rows, broken, samples
