"""Merged cells among rows of data in columns that are not filled: their blanks are reported."""

from collections.abc import Iterator, Sequence

from candid_assets.cleaning.family_cleaning import Member
from candid_assets.contracts.catalog import Column, Tab
from candid_assets.refresh.context import Refresh
from candid_assets.source_kinds.links import cell_link
from candid_assets.sql import literal, qualified
from candid_assets.warehouse.check_results import Sample
from candid_assets.warehouse.provenance import MERGED


def unfilled_merges(
    refresh: Refresh, tab: Tab, members: Sequence[Member], kept: Sequence[str]
) -> tuple[Sample, ...]:
    """Return the merged cells of clean and quarantined rows that stay blank.

    Args:
        refresh: The refresh.
        tab: The contract.
        members: The tab, or the members of a family, with their headers.
        kept: The clean relation and the quarantine, staged or swapped in.
    """
    raw = qualified("raw", tab.table)
    described = refresh.connection.execute(f"describe {raw}").fetchall()
    if all(line[0] != MERGED for line in described):
        return ()
    return tuple(sample for member in members for sample in _of_member(refresh, tab, member, kept))


def _of_member(
    refresh: Refresh, tab: Tab, member: Member, relations: Sequence[str]
) -> Iterator[Sample]:
    extract = member.extract
    letters = {c.name: letter for c in _unfilled(tab) if (letter := member.header.letter(c.name))}
    if not letters:
        return
    here = f" and _sheet_id = {extract.sheet_id}" if tab.is_family else ""
    cells = ", ".join(
        f"{{'name': {literal(name)}, 'letter': {literal(letter)},"
        f" 'first': json_extract_string({MERGED}, '$.{letter}')}}"
        for name, letter in letters.items()
    )
    kept = " union all ".join(
        f"select _row from {relation} where true{here}" for relation in relations
    )
    rows = refresh.connection.execute(
        f"select cell.name, cell.letter || _row, cell.first from (select _row, unnest([{cells}])"
        f" as cell from {qualified('raw', tab.table)} semi join ({kept}) using (_row)"
        f" where {MERGED} is not null{here}) where cell.first is not null order by _row"
    ).fetchall()
    for name, cell, first in rows:
        link = cell_link(extract.spreadsheet_id, extract.sheet_id, cell, extract.title)
        yield Sample(name, None, cell, link, f"merged with {first}")


def _unfilled(tab: Tab) -> Iterator[Column]:
    return (c for c in tab.columns if not c.options.fill_merged and c.in_sheet)
