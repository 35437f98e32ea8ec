"""Answers that keep what a proposal takes, and note in a description that a person said so."""

from candid_assets.discovery.descriptions import describe_column, describe_rows
from candid_assets.discovery.proposal import ColumnProposal, TableProposal
from candid_assets.discovery.questions import ContractAnswer


def noted_answer(
    table: TableProposal, column: ColumnProposal | None, when: str, note: str
) -> ContractAnswer:
    """Return the answer that notes something behind what a description says.

    Args:
        table: The table.
        column: Its column that the note is about; None for the table itself.
        when: The answer in words.
        note: What a person found, as a sentence.
    """
    said, name = describe_rows(table), None
    if column is not None:
        said, name = column.description or describe_column(column, table.primary_key), column.name
    return ContractAnswer(f"{when}: note it", "description", f"{said} {note}", name)
