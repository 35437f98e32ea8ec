"""The columns of one table in a tab that holds several, in SQL: what other tables hold is blank."""

Region = tuple[int, int]
"""First and last sheet column of a table, counted from 1."""


def region_kinds(region: Region, kinds: str = "_kinds") -> str:
    """Return the kinds of a row's cells with blanks in place of those outside a region."""
    first, last = region
    rest = f"repeat('-', greatest(length({kinds}) - {last}, 0))"
    return f"repeat('-', {first - 1}) || {kinds}[{first}:{last}] || {rest}"


def region_cells(region: Region, cells: str) -> str:
    """Return a list of a row's cells, given as SQL, without those outside a region."""
    first, last = region
    inside = f"place BETWEEN {first} AND {last}"
    return f"list_transform({cells}, lambda cell, place: CASE WHEN {inside} THEN cell END)"
