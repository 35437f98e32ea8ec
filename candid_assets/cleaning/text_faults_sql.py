"""What can be wrong with any cell of a text column: it holds an error, or a damaged id."""

from collections.abc import Set as AbstractSet


def error_or_damage_sql(
    text: str, kind: str, kinds: AbstractSet[str] | None, whole_figures: bool
) -> str:
    """Return the reason against a cell, tested for as far as the column's kinds allow it.

    Most columns hold nothing but texts without a plus sign: what cannot be there costs no planning.

    Args:
        text: The cell's text as SQL.
        kind: Its kind as SQL.
        kinds: The kinds of the column's cells, and `+` where one has a plus sign; None where they
            are not known.
        whole_figures: Whether its numbers of 16 figures have kept the last ones.
    """
    if kinds is None or "n" in kinds:
        return f"text_reason({text}, {kind}, {whole_figures})"
    tests = []
    if "e" in kinds:
        tests.append(f"WHEN {kind} = 'e' AND {text} IS NOT NULL THEN 'error_cell'")
    if {"t", "+"} <= kinds:
        tests.append(f"WHEN is_cut_number({text}, {kind}) THEN 'damaged_id'")
    return f"CASE {' '.join(tests)} END" if tests else "CAST(NULL AS VARCHAR)"
