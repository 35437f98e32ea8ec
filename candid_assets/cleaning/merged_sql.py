"""Merged cells in SQL: a cell of a filled column takes its text from the merge's first cell."""

from collections.abc import Sequence

from candid_assets.cleaning.column_sql import Placed, cell_text_sql
from candid_assets.names import column_letter
from candid_assets.sql import literal, text_list
from candid_assets.warehouse.provenance import MERGED, SHOWN


def filled_sql(placed: Sequence[Placed], *, shown: bool) -> str:
    """Return the steps that end in `filled`: rows with the texts of their merges' first cells.

    They read `cells` and `ruled`; the rules that drop rows have been applied before, so that a
    filled text makes no data of a row. `_fills` says of each filled cell, by its place, which
    cell its text stands in.

    Args:
        placed: The contract's columns with their places.
        shown: Whether the raw table says what formats show.
    """
    filled = [p for p in placed if p.filled]
    if not filled:
        return ""
    places = ",\n      ".join(
        f"{{place: {p.place}, cell: json_extract_string({MERGED}, '$.{p.letter}')}}" for p in filled
    )
    letters = text_list([column_letter(n) for n in range(1, max(p.place for p in filled) + 1)])
    says = f"json_extract_string(cells.{SHOWN}, '$.' || letter)" if shown else "NULL::VARCHAR"
    texts = ",\n      ".join(f"coalesce({p.text}, {_filled_text(p)}) AS {p.text}" for p in filled)
    kinds = "".join(
        f",\n    coalesce({_fill(p, 'kind')}, _kinds[{p.place}]) AS {p.kind}" for p in filled
    )
    return f"""\
merges AS (
  SELECT _row, merged.place AS place, merged.cell AS cell
  FROM (
    SELECT _row, unnest([
      {places}
    ]) AS merged
    FROM cells
    WHERE {MERGED} IS NOT NULL
  )
  WHERE merged.cell IS NOT NULL
),
placed AS (
  SELECT
    _row,
    place,
    cell,
    regexp_extract(cell, '^[A-Z]+') AS letter,
    list_position({letters}, regexp_extract(cell, '^[A-Z]+')) AS first_place,
    regexp_extract(cell, '[0-9]+$')::INTEGER AS first_row
  FROM merges
),
fills AS (
  SELECT
    placed._row AS _row,
    map(
      list(place),
      list({{
        cell: cell,
        text: cells._cleaned[first_place],
        kind: cells._kinds[first_place],
        shown: {says}
      }})
    ) AS _fills
  FROM placed
  INNER JOIN cells ON placed.first_row = cells._row
  GROUP BY placed._row
),
filled AS (
  SELECT
    ruled.* REPLACE (
      {texts}
    ),
    _fills{kinds}
  FROM ruled
  LEFT JOIN fills ON ruled._row = fills._row
),
"""


def _filled_text(placed: Placed) -> str:
    return cell_text_sql(placed, *(_fill(placed, part) for part in ("text", "kind", "shown")))


def _fill(placed: Placed, part: str) -> str:
    return f"_fills[{placed.place}].{part}"


def cell_sql(placed: Placed) -> str:
    """Return the name of the cell that holds a column's text, in a row of `cleaning_rows`."""
    cell = f"{literal(placed.letter or '')} || _row"
    return f"coalesce(_fills[{placed.place}].cell, {cell})" if placed.filled else cell
