"""Answers that keep what a proposal takes, and note in a description that a person said so."""

from candid_assets.discovery.descriptions import describe_column, describe_rows
from candid_assets.discovery.proposal import ColumnProposal, TableProposal
from candid_assets.discovery.questions import ContractAnswer


def noted_of_column(
    table: TableProposal, column: ColumnProposal, when: str, note: str
) -> ContractAnswer:
    """Return the answer that notes something of a column behind what its description says.

    Args:
        table: The column's.
        column: The column.
        when: The answer in words.
        note: What a person found, as a sentence.
    """
    said = column.description or describe_column(column, table.primary_key)
    return ContractAnswer(f"{when}: note it", "description", f"{said} {note}", column.name)


def noted_of_table(table: TableProposal, when: str, note: str) -> ContractAnswer:
    """Return the answer that notes something of a table behind what its description says."""
    return ContractAnswer(f"{when}: note it", "description", f"{describe_rows(table)} {note}")
