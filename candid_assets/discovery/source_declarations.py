"""What a source declares of its tables itself goes before what their rows look like."""

from dataclasses import replace
from typing import Final

from candid_assets.contracts.catalog import LogicalType
from candid_assets.contracts.column_types import logical_type, physical_type
from candid_assets.contracts.custom_properties import ColumnOptions
from candid_assets.contracts.header_text import normalise
from candid_assets.discovery.find_tables import TableGroup
from candid_assets.discovery.proposal import ColumnProposal, TableProposal
from candid_assets.discovery.questions import ContractAnswer, ContractQuestion, Damage
from candid_assets.names import tab_table
from candid_assets.sources.source_metadata import DeclaredConstraints

_NUMBERS: Final = frozenset({"number", "integer"})
_FEW: Final = 0.2


def declared_of(group: TableGroup) -> DeclaredConstraints | None:
    """Return what the source declares of a table; nothing is declared of a family."""
    return group.members[0].tab.declared if len(group.members) == 1 else None


def add_declared(table: TableProposal, declared: DeclaredConstraints) -> None:
    """Propose the declared key and columns that are never null, and no others."""
    if declared.required is None:
        return
    columns = _by_header(table)
    key = [columns.get(normalise(name)) for name in declared.key]
    if not declared.key:
        _ask_for_key(table, declared.by)
    elif all(key):
        _set_key(table, [column for column in key if column is not None], declared.by)
    required = {normalise(name) for name in declared.required}
    for header, column in columns.items():
        if header in required:
            column.required = True
            column.notes = [note for note in column.notes if note != "never blank"]
            column.notes.append(f"not null, says {declared.by}")
        elif column.required:
            column.required = False
            column.notes.append(f"but {declared.by} lets it be null")


def add_declared_types(table: TableProposal, declared: DeclaredConstraints) -> None:
    """Propose the declared type of each column of numbers, which holds its next one too.

    Of a column without a value nothing else is known.
    """
    columns = _by_header(table)
    for name, physical in declared.types.items():
        column = columns.get(normalise(name))
        logical = logical_type(physical)
        if column is None or (column.facts.cells and not _are_numbers(column, logical)):
            continue
        own = None if physical == physical_type(logical, None) else physical
        column.guess = replace(column.guess, logical=logical, physical=own, options={})
        column.notes.append(f"{physical}, says {declared.by}")
        if column.facts.cells and column.facts.text:
            _ask_for_no_numbers(table, column)


def _are_numbers(column: ColumnProposal, declared: LogicalType) -> bool:
    """Whether the cells of a column are numbers, but for few that are NaN or infinite."""
    few = column.facts.number and column.facts.text <= _FEW * column.facts.cells
    return declared in _NUMBERS and bool(column.logical in _NUMBERS or few)


def _ask_for_no_numbers(table: TableProposal, column: ColumnProposal) -> None:
    """Ask whether a float's NaN is a blank, which no table here holds as a number."""
    count = column.facts.text
    column.notes.append(f"{count:,} are NaN or infinite and go to quarantine")
    words = [*ColumnOptions().blank_words, "nan"]
    table.questions.append(
        ContractQuestion(
            Damage.LOST_ROWS,
            f"Is NaN a blank in '{column.header}'? {count:,} of its cells are no numbers.",
            "Their rows go to quarantine.",
            (ContractAnswer("yes: NaN is a blank", "blankWords", words, column.name),),
        )
    )


def add_declared_references(
    workbook: str, tables: dict[int, TableProposal], declared: dict[int, DeclaredConstraints]
) -> None:
    """Propose the declared foreign keys between tables that have contracts."""
    by_title = {table.title: table for table in tables.values()}
    for number, said in declared.items():
        columns = _by_header(tables[number])
        for name, (title, target) in said.references.items():
            column, other = columns.get(normalise(name)), by_title.get(title)
            key = _by_header(other).get(normalise(target)) if other is not None else None
            if column is None:
                continue
            column.notes = [note for note in column.notes if " found in " not in note]
            column.notes.append(f"foreign key to {title}.{target}, says {said.by}")
            if other is None or key is None:
                continue
            if not column.facts.cells:  # without a value its type is that of the key
                column.guess = key.guess
            if column.logical == key.logical:
                column.reference = f"{tab_table(workbook, other.name)}.{key.name}"


def _ask_for_key(table: TableProposal, by: str) -> None:
    """Make a question of a key that the rows have by chance, where the source declares none."""
    guessed = [c for c in table.columns if c.key_position is not None]
    if not guessed:
        return
    names = " and ".join(f"'{column.header}'" for column in guessed)
    _set_key(table, [], by)
    table.questions.append(
        ContractQuestion(
            Damage.LOST_ROWS,
            f"Is {names} the key? Each row has its own, but {by} declares none.",
            "The table has no key, so that every row is kept.",
            tuple(
                ContractAnswer("it is the key", "primaryKey", True, column.name)
                for column in guessed
            ),
        )
    )


def _set_key(table: TableProposal, key: list[ColumnProposal], by: str) -> None:
    for column in table.columns:
        column.key_position = None
        kept = (n for n in column.notes if not n.startswith(("key: ", "composite key: ")))
        column.notes = list(kept)
    for position, column in enumerate(key, start=1):
        column.key_position = position
        column.notes.append(f"primary key, says {by}")
        column.enum = ()
        column.guess.options.pop("synonyms", None)
    table.title_in_key = False


def _by_header(table: TableProposal) -> dict[str, ColumnProposal]:
    return {normalise(column.header): column for column in table.columns}
