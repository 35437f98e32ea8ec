"""What a raw table holds beside its texts, so that SQL is only written for what is there."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import duckdb

from candid_assets.contracts.header_map import HeaderMap
from candid_assets.warehouse.provenance import MERGED, SHOWN

_DATES: Final = frozenset("ds")


@dataclass(frozen=True, slots=True)
class RawContent:
    """What formats and merges say of a raw table's cells, and the kinds of these."""

    shown: frozenset[str] = frozenset()
    """Letters of the columns in which a format says more than a number or date."""
    merged: frozenset[str] = frozenset()
    """Letters of the columns in which cells are merged with the one that holds their text."""
    kinds: Mapping[str, int] = field(default_factory=dict)
    """The kinds of the cells of a row, and how many rows have them."""

    def dates_and_texts(self, place: int) -> tuple[int, int]:
        """Return how many dates and how many texts a column holds, counted from 1."""
        counts: Counter[str] = Counter()
        for kinds, rows in self.kinds.items():
            counts[kinds[place - 1 : place]] += rows
        return sum(counts[kind] for kind in _DATES), counts["t"]


NOTHING_MORE: Final = RawContent()


def raw_content(connection: duckdb.DuckDBPyConnection, raw: str, header: HeaderMap) -> RawContent:
    """Return what a raw table holds beside its texts.

    Args:
        connection: Where the raw table is.
        raw: The relation, quoted.
        header: Where its header stands; kinds are counted below it.
    """
    described = {line[0] for line in connection.execute(f"describe {raw}").fetchall()}
    kinds = connection.execute(
        f"select _kinds, count(*) from {raw} where _row > {header.last_row} group by 1"
    ).fetchall()
    shown, merged = (
        _letters(connection, raw, name) if name in described else frozenset[str]()
        for name in (SHOWN, MERGED)
    )
    return RawContent(shown, merged, dict(kinds))


def _letters(connection: duckdb.DuckDBPyConnection, raw: str, name: str) -> frozenset[str]:
    letters = connection.execute(
        f"select distinct unnest(json_keys({name})) from {raw} where {name} is not null"
    ).fetchall()
    return frozenset(line[0] for line in letters)
