"""A value of a metric and the cells behind it, as lines for the terminal."""

from collections.abc import Iterator
from decimal import Decimal

from candid_assets.contracts.metrics.declarations import TOTAL
from candid_assets.lineage.metric_cells import MetricCells, in_full


def cell_lines(answer: MetricCells, most: int) -> Iterator[str]:
    """Yield a value with its cells as lines for the terminal.

    Args:
        answer: The value.
        most: How many rows of each input are shown, and how many rows of sheets behind each.
    """
    place = answer.place
    of = "" if place.dimension == TOTAL else f", {place.dimension} {place.member}"
    value = "no value" if answer.value is None else f"{in_full(answer.value)} {answer.unit}"
    yield f"{answer.label}, {place.grain} of {place.start}{of}: {value} ({answer.status})"
    yield answer.says
    for one in answer.inputs:
        yield ""
        yield f"{one.words}: {in_full(one.amount)} of {one.row_count:,} rows"
        for row in one.rows[:most]:
            for sheet_row in row.sheet_rows[:most]:
                cells = ", ".join(f"{c['cell'] or c['column']} '{c['header']}'={c['value']}"
                                  for c in sheet_row["cells"])  # fmt: skip
                yield (f"  {sheet_row['workbook']}, tab '{sheet_row['tab']}' row"
                       f" {sheet_row['row']}: {cells}")  # fmt: skip
                yield f"    {sheet_row['link']}"
            if len(row.sheet_rows) > most:
                yield f"    … {len(row.sheet_rows) - most:,} more behind this row; --json gives all"
            if not row.sheet_rows:
                yield (
                    f"  {in_full(row.amount) if isinstance(row.amount, Decimal) else row.amount}:"
                    " no row of a source is behind it"
                )
        if one.row_count > most:
            yield f"  … {one.row_count - most:,} more; --json gives all"
        for note in one.notes:
            yield f"  only as a whole: {note}"
