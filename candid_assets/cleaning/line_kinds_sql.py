"""Several kinds of line in one tab, in SQL: whose a line is, and which line it belongs to."""

from candid_assets.cleaning.macros import folded
from candid_assets.contracts.catalog import Tab
from candid_assets.contracts.header_map import HeaderMap
from candid_assets.names import column_letter
from candid_assets.sql import literal, quoted, text_list


def kind_place(tab: Tab, header: HeaderMap) -> int:
    """Return the sheet column that says of which kind a line is, 0 where the tab has one kind."""
    column = next(iter(tab.options.lines_where), None)
    return header.positions.get(column, 0) if column else 0


def other_line_sql(tab: Tab, header: HeaderMap) -> str:
    """Return the test for a line that another table of the tab takes.

    The table that stands above the others leaves a line of an unknown kind to its column's rules,
    so that it ends in quarantine.
    """
    place, options = kind_place(tab, header), tab.options
    if not place:
        return ""
    kind = f"lower(_cleaned[{place}])"
    if options.lines_under is None:
        others = text_list([folded(kind) for kind in options.other_lines])
        return f"list_contains({others}, {kind})" if options.other_lines else ""
    own = next(iter(options.lines_where.values()))
    return f"{kind} IS DISTINCT FROM {literal(folded(own))}"


def parent_sql(tab: Tab, header: HeaderMap) -> str:
    """Return the column `_parent`: the row of the last line above of the kind that a line is under.

    It is blank where the tab has one kind of line, or the kind is under no other.
    """
    place, under = kind_place(tab, header), tab.options.lines_under
    if not (place and under):
        return ""
    cell = quoted(column_letter(place))
    test = f"_row > {header.last_row} AND lower(clean_text({cell})) = {literal(folded(under))}"
    above = "OVER (ORDER BY _row ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    return f"\n    max(CASE WHEN {test} THEN _row END) {above} AS _parent,"
