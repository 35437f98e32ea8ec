"""What changed in how a tab is laid out: one value for each change, found by comparing layouts."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from candid_assets.contracts.catalog import Column, Tab
from candid_assets.contracts.header_text import in_message, normalise
from candid_assets.contracts.tables_in_tab import is_one_of_several
from candid_assets.contracts.titles import folded_title
from candid_assets.names import column_letter
from candid_assets.warehouse.tab_changes import Change, Layout, Misread

LOST_TAB: Final[frozenset[str]] = frozenset({"tab_missing", "tab_not_grid", "tab_emptied"})
"""Changes after which the tab cannot be read; they are the codes of their failures."""
WHOLESALE: Final = 0.9
"""Share of a column's cells that must be of another type for the column to count as retyped."""
FEWEST: Final = 5
"""Filled cells below which a column is not judged."""
_KINDS: Final = {
    "n": "numbers",
    "m": "numbers",
    "t": "text",
    "x": "text",
    "b": "yes or no",
    "d": "dates",
    "s": "moments",
    "h": "times",
    "e": "formula errors",
}


def compare(tab: Tab, before: Layout, now: Layout) -> list[Change]:
    """Return what changed between the layout a table was made from and the one it would be."""
    return [*_of_tab(tab, before, now), *_of_columns(tab, before, now)]


def _of_tab(tab: Tab, before: Layout, now: Layout) -> Iterator[Change]:
    if before.title != now.title:
        detail = f"tab '{before.title}' is now called '{now.title}'"
        fix = "" if tab.is_family else f"write physicalName: {now.title} in {tab.path.name}"
        yield Change("tab_renamed", detail, to=now.title, fix=fix)
    if before.sheet_id != now.sheet_id:
        yield Change("tab_recreated", f"tab '{now.title}' was made anew (gid {now.sheet_id})")
    if now.hidden and not before.hidden:
        yield Change("tab_hidden", f"tab '{now.title}' is hidden now; it is read all the same")
    # A table below others moves with every row that they gain.
    if before.header_row != now.header_row and not is_one_of_several(tab):
        detail = f"the header moved from row {before.header_row} to row {now.header_row}"
        yield Change("header_moved", detail)


def _of_columns(tab: Tab, before: Layout, now: Layout) -> Iterator[Change]:
    old, new = _places(before.headers), _places(now.headers)
    claimed = {normalise(c.header): c for c in tab.columns}
    ignored = {normalise(text) for text in tab.options.ignored_headers}
    for key, place in new.items():
        if key not in old and key not in claimed and key not in ignored:
            header = now.headers[place - 1]
            detail = (
                f"column {column_letter(place)} {in_message(header)} is new and not in the contract"
            )
            fix = f"describe it in {tab.path.name}, or name it under ignoredHeaders there"
            yield Change("column_added", detail, header, fix=fix)
    retired = {key for key, column in claimed.items() if column.options.retired}
    taken_up = [key for key in claimed if key in new and key not in old]
    renamed = {key for key, place in old.items() if _stands_at(place, taken_up, new)}
    for key, place in old.items():
        if key not in new and key not in ignored | retired | renamed:
            yield _removed(before.headers[place - 1], claimed.get(key))
    stayed = [key for key in old if key in new]
    reordered = _reordered(stayed, sorted(stayed, key=new.__getitem__))
    if reordered:
        names = ", ".join(f"'{now.headers[new[key] - 1]}'" for key in reordered)
        yield Change("columns_moved", f"the order of the columns changed: {names}")
    for column in tab.columns:
        key = normalise(column.header)
        if key in new:
            kinds = (_kind(before, old.get(key)), _kind(now, new[key]))
            yield from _retyped(tab, column, kinds, (before, now))


def _stands_at(place: int, keys: Sequence[str], new: Mapping[str, int]) -> bool:
    """Whether a header that the contract has added since is in this place now."""
    return any(new[key] == place for key in keys)


def _removed(header: str, column: Column | None) -> Change:
    if column is None:
        return Change(
            "column_removed", f"column {in_message(header)}, not in the contract, is gone", header
        )
    detail = f"optional column {in_message(header)} is gone; {column.name} is blank from now on"
    return Change("column_removed", detail, header, column=column.name)


def _reordered(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """Return the fewest headers whose move explains the new order."""
    rank = {key: place for place, key in enumerate(old)}
    chains: list[list[str]] = []
    for key in new:
        best = max((c for c in chains if rank[c[-1]] < rank[key]), key=len, default=[])
        chains.append([*best, key])
    longest = max(chains, key=len, default=[])
    return [key for key in new if key not in longest]


def _retyped(
    tab: Tab, column: Column, kinds: tuple[str, str], layouts: tuple[Layout, Layout]
) -> Iterator[Change]:
    before, now = (layout.misread.get(column.name, Misread(0, 0)) for layout in layouts)
    was, became = (_KINDS.get(kind, "") for kind in kinds)
    if now.filled >= FEWEST and now.share >= WHOLESALE and before.share <= 0.5:
        seen = f", after {was}" if was and was != became else ""
        detail = (
            f"column {in_message(column.header)} of {column.name} ({column.logical_type}) holds"
            f" {became or 'other values'} now{seen}: {now.misread} of {now.filled} cells cannot"
            " be read"
        )
        fix = f"correct the column {tab.words.inside}, or change its logicalType in {tab.path.name}"
        yield Change(
            "column_retyped",
            detail,
            column.header,
            breaking=True,
            fix=fix,
            column=column.name,
            to=kinds[1],
        )
    elif was and became and was != became:
        detail = (
            f"column {in_message(column.header)} holds {became} now, after {was}; all the same read"
        )
        yield Change("column_retyped", detail, column.header, column=column.name, to=kinds[1])


def still_holds(kind: str, subject: str, to: str, tab: Tab, now: Layout) -> bool:
    """Whether an earlier change that nobody decided on still holds."""
    headers = set(_places(now.headers))
    if kind == "column_added":
        known = {normalise(c.header) for c in tab.columns}
        known |= {normalise(text) for text in tab.options.ignored_headers}
        return normalise(subject) in headers - known
    if kind == "column_removed":
        return normalise(subject) not in headers and any(
            normalise(c.header) == normalise(subject) and not c.options.retired for c in tab.columns
        )
    if kind == "tab_renamed":
        return not tab.is_family and now.title == to and folded_title(tab.title) != folded_title(to)
    return kind == "tab_hidden" and now.hidden


def _places(headers: Sequence[str]) -> dict[str, int]:
    """Return the place of each header, counted from 1; of equal ones that of the first."""
    places: dict[str, int] = {}
    for place, text in enumerate(headers, start=1):
        key = normalise(text)
        if key:
            places.setdefault(key, place)
    return places


def _kind(layout: Layout, place: int | None) -> str:
    return layout.kinds[place - 1] if place and place <= len(layout.kinds) else ""
