"""How a tab is laid out in one extract: its header, the kinds of its cells, its misread cells."""

from collections.abc import Mapping

import duckdb

from candid_assets.cleaning.family_cleaning import Member
from candid_assets.contracts.catalog import Tab
from candid_assets.contracts.header_text import joined
from candid_assets.contracts.other_headers import with_own_headers
from candid_assets.sql import literal, qualified, quoted
from candid_assets.warehouse.tab_changes import Layout, Misread

MISREAD = (
    "error_cell",
    "fault_word",
    "blocked_column",
    "not_a_number",
    "not_an_integer",
    "not_a_boolean",
    "not_a_date",
    "not_a_timestamp",
    "not_a_time",
    "not_a_duration",
    "out_of_range",
)
"""Reasons that say a cell is not of its column's type."""
RULING = 0.8
"""Share of a column's cells that must be of one kind for the column to have it."""


def observe(
    connection: duckdb.DuckDBPyConnection, tab: Tab, member: Member, clean: str, quarantine: str
) -> Layout:
    """Return the layout of a staged tab, or of one member of a staged family.

    Args:
        connection: Where the raw table and the staged tables are.
        tab: The contract.
        member: The extract and where its header stands.
        clean: The staged clean relation, quoted.
        quarantine: The staged quarantine, quoted.
    """
    extract, header = member.extract, member.header
    where = f"_sheet_id = {extract.sheet_id}" if tab.is_family else "true"
    raw = qualified("raw", tab.table)
    described = connection.execute(f"describe {raw}").fetchall()
    letters = [line[0] for line in described if not line[0].startswith("_")]
    columns = ", ".join(map(quoted, letters))
    lines = connection.execute(
        f"select {columns} from {raw} where {where}"
        f" and _row between {header.header_row} and {header.last_row} order by _row"
    ).fetchall()
    (texts,) = with_own_headers(tab, [joined(lines)])
    kinds = _kinds(connection, f"{raw} where {where} and _row > {header.last_row}")
    counted = connection.execute(
        f"select (select count(*) from {clean} where {where})"
        f" + (select count(*) from {quarantine} where {where})"
    ).fetchone()
    width = max((n for n, t in enumerate(texts, 1) if t), default=0)
    return Layout(
        content_hash=extract.content_hash,
        sheet_id=extract.sheet_id,
        title=extract.title,
        hidden=extract.hidden,
        header_row=header.header_row,
        headers=tuple(text or "" for text in texts[:width]),
        kinds=tuple(_ruling(kinds.get(place, {})) for place in range(1, width + 1)),
        rows_kept=int(counted[0]) if counted else 0,
        misread=_misread(connection, tab, member, (clean, quarantine), where),
    )


def _kinds(connection: duckdb.DuckDBPyConnection, rows: str) -> dict[int, dict[str, int]]:
    """Return how many cells of each kind a column has that is not blank, by its place."""
    counted = connection.execute(
        "select place, kind, sum(n)::bigint from ("
        "select n, unnest(range(1, length(_kinds) + 1)) as place,"
        " unnest(string_split(_kinds, '')) as kind"
        f" from (select _kinds, count(*) as n from {rows} group by all)"
        ") where kind <> '-' group by all order by all"
    ).fetchall()
    kinds: dict[int, dict[str, int]] = {}
    for place, kind, cells in counted:
        kinds.setdefault(place, {})[kind] = cells
    return kinds


def _ruling(counts: Mapping[str, int]) -> str:
    """Return the kind that nearly all cells of a column have."""
    kind, most = max(counts.items(), key=lambda item: item[1], default=("", 0))
    return kind if most >= RULING * sum(counts.values()) else ""


def _misread(
    connection: duckdb.DuckDBPyConnection,
    tab: Tab,
    member: Member,
    relations: tuple[str, str],
    where: str,
) -> dict[str, Misread]:
    """Return the number of misread cells of each column that has any."""
    clean, quarantine = relations
    reasons = ", ".join(map(literal, MISREAD))
    wrong = dict(
        connection.execute(
            f'select u.r."column", count(distinct _row) from {quarantine}, unnest(_reasons) as u(r)'
            f" where {where} and u.r.reason in ({reasons}) group by 1"
        ).fetchall()
    )
    misread = {}
    for column in tab.columns:
        letter = member.header.letter(column.name)
        if column.name in wrong and letter is not None:
            counted = connection.execute(
                f"select (select count({quoted(column.name)}) from {clean} where {where})"
                f" + (select count({quoted(letter)}) from {quarantine} where {where})"
            ).fetchone()
            misread[column.name] = Misread(wrong[column.name], int(counted[0]) if counted else 0)
    return misread
