"""Numbers that are two numbers each, where neither a locale nor another cell says which."""

from pathlib import Path
from typing import Any

import pytest

from candid_assets.discovery.proposal import TableProposal
from candid_assets.discovery.questions import ContractQuestion
from candid_assets_tests.discovery.kit import table_of


def read(scratch: Path, headers: list[str], texts: list[str], locale: str = "") -> TableProposal:
    """Return a table of codes and numbers typed as text."""
    rows = [[f"K{n:03d}", text] for n, text in enumerate(texts)]
    return table_of(scratch, [headers, *rows], locale)


def questions(table: TableProposal) -> list[ContractQuestion]:
    """Return the questions about commas and points."""
    return [q for q in table.questions if "divide thousands" in q.text]


WEIGHTS = [f"{n % 90 + 5},{n * 37 % 900 + 101}" for n in range(30)]
PRICES = [f"{n % 90 + 5}.500" for n in range(30)]


@pytest.mark.parametrize(
    ("headers", "texts", "logical", "notation"),
    [
        (["Kode", "Berat"], WEIGHTS, "number", None),
        (["Kode", "Harga"], PRICES, "number", None),
        (["Item", "Weight"], WEIGHTS, "integer", "en"),
        (["Item", "Weight"], PRICES, "number", "en"),
    ],
)
def test_the_language_of_the_headers_is_taken_and_asked_about(
    tmp_path: Path, headers: list[str], texts: list[str], logical: str, notation: str | None
) -> None:
    table = read(tmp_path, headers, texts)
    column = table.columns[1]
    assert (column.logical, column.guess.options.get("notation")) == (logical, notation)
    (question,) = questions(table)
    assert question.text.endswith("nothing says in which language they were typed.")
    assert "30 cells" in question.text
    answered = {answer.key: answer.value for answer in question.answers}
    assert answered["notation"] == ("en" if notation is None else "id")


def test_the_answer_brings_the_type_that_keeps_all_decimals(tmp_path: Path) -> None:
    (question,) = questions(read(tmp_path, ["Item", "Weight"], WEIGHTS))
    answered: dict[str, Any] = {answer.key: answer.value for answer in question.answers}
    assert answered == {
        "notation": "id",
        "logicalType": "number",
        "physicalType": "DECIMAL(18,3)",
    }


@pytest.mark.parametrize(
    ("texts", "locale"),
    [([*WEIGHTS, "1,5"], ""), ([*WEIGHTS, "1,234,567"], ""), (WEIGHTS, "in_ID")],
)
def test_nothing_is_asked_where_a_cell_or_the_locale_decides(
    tmp_path: Path, texts: list[str], locale: str
) -> None:
    assert questions(read(tmp_path, ["Kode", "Berat"], texts, locale)) == []
