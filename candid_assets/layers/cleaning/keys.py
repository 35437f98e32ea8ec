"""Keys and unique columns that two rows claim: the query of the rows and their reasons."""

from candid_assets.contracts.model import Column, HeaderMap, Tab
from candid_assets.warehouse.tables import literal, quoted

_NOTHING = "select null::integer as _row, null::{type}[] as _reasons where false"
_ORDER = {"keep_first": "asc", "keep_last": "desc"}
REASON_TYPE = (
    'struct("column" varchar, header varchar, cell varchar, "value" varchar,'
    " reason varchar, message varchar, link varchar)"
)


def duplicate_query(tab: Tab, header: HeaderMap, link_prefix: str) -> str:
    """Return rows of `staged_cells` that pass otherwise but claim what another row claims."""
    numbers = {c.name: n for n, c in enumerate(tab.columns)}
    claims: list[str] = []
    if tab.primary_key:
        key = [c for name in tab.primary_key for c in tab.columns if c.name == name]
        claims.append(_claim(tab, header, key, numbers, "duplicate_key", link_prefix))
    for column in tab.columns:
        if column.unique and tab.primary_key != (column.name,):
            claims.append(
                _claim(tab, header, [column], numbers, "duplicate_value", link_prefix)
            )
    if not claims:
        return _NOTHING.format(type=REASON_TYPE)
    passed = " and ".join(f"r{n} is null" for n in numbers.values())
    return f"""
with passed as (select * from staged_cells where {passed}),
claimed as ({" union all ".join(claims)})
select _row, list(reason) as _reasons from claimed group by _row"""


def _claim(
    tab: Tab,
    header: HeaderMap,
    columns: list[Column],
    numbers: dict[str, int],
    reason: str,
    link_prefix: str,
) -> str:
    values = [f"v{numbers[c.name]}" for c in columns]
    letter = header.letter(columns[0].name) or ""
    raw = " || ' / ' || ".join(
        f"coalesce({quoted(header.letter(c.name) or '')}, '')" for c in columns
    )
    headers = " + ".join(c.header for c in columns)
    over = f"partition by {', '.join(values)}"
    others = f"list(_row) over ({over})"
    order = _ORDER.get(tab.options.duplicate_keys) if reason == "duplicate_key" else None
    loser = f" and row_number() over ({over} order by _row {order}) > 1" if order else ""
    known = " and ".join(f"{v} is not null" for v in values)
    place = f"{literal(letter)} || _row"
    told = (
        f"{literal(headers)} || ' (' || {place} || '): ''' || {raw} || ''' also stands in row ' ||"
        f" array_to_string(list_filter({others}, lambda x: x <> _row), ', ')"
    )
    return f"""
select _row, {{'column': {literal(columns[0].name)}, 'header': {literal(columns[0].header)},
    'cell': {place}, 'value': {raw}, 'reason': {literal(reason)}, 'message': {told},
    'link': {literal(link_prefix)} || {place}}}::{REASON_TYPE} as reason
from passed where {known} qualify count(*) over ({over}) > 1{loser}"""
