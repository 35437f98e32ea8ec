"""Takes what the columns of a table without cells will hold from tables with the same headers."""

from collections.abc import Mapping, Sequence

from candid_assets.contracts.header_text import normalise
from candid_assets.discovery.proposal import ColumnProposal, TableProposal
from candid_assets.discovery.type_guess import TypeGuess

_Known = Mapping[str, Sequence[tuple[TableProposal, ColumnProposal]]]


def borrow_types(tables: Mapping[int, TableProposal]) -> None:
    """Type each column without cells as all columns of the same header are typed elsewhere."""
    known: dict[str, list[tuple[TableProposal, ColumnProposal]]] = {}
    for table in tables.values():
        for column in table.columns:
            if column.facts.cells:
                known.setdefault(normalise(column.header), []).append((table, column))
    for table in tables.values():
        for column in table.columns:
            if not column.facts.cells:
                _borrow(column, known)


def _borrow(column: ColumnProposal, known: _Known) -> None:
    others = known.get(normalise(column.header), ())
    kinds = {(other.logical, other.guess.physical) for _, other in others}
    if len(kinds) != 1:
        return
    lender, other = others[0]
    guess = other.guess
    if all(each.guess.options == guess.options for _, each in others):
        column.guess = TypeGuess(guess.logical, guess.physical, dict(guess.options))
        column.notes = [f"no cells yet; typed as {lender.name}.{other.name}"]


def borrow_keys(tables: Mapping[int, TableProposal]) -> None:
    """Give each table without rows the key of a table with exactly its headers."""
    known = {_headers(t): t for t in tables.values() if t.primary_key and not t.title_in_key}
    for table in tables.values():
        lender = known.get(_headers(table))
        if table.rows or lender is None:
            continue
        keyed = {normalise(c.header): c for c in lender.columns if c.key_position is not None}
        for column in table.columns:
            other = keyed.get(normalise(column.header))
            if other is not None:
                column.key_position, column.required = other.key_position, True
                column.notes.append(f"key as in {lender.name}")


def _headers(table: TableProposal) -> frozenset[str]:
    return frozenset(normalise(column.header) for column in table.columns)
