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


THOUSANDS = [f"{n % 90 + 5}.000" for n in range(30)]


def test_thousands_that_are_whole_in_both_languages_are_asked_about(tmp_path: Path) -> None:
    table = read(tmp_path, ["Ref", "Qoz"], THOUSANDS)
    (question,) = questions(table)
    assert "30 cells" in question.text


@pytest.mark.parametrize(
    ("headers", "texts", "notation"),
    [
        (["Ref", "Amount"], THOUSANDS, None),
        (["Ref", "Amount"], [text.replace(".", ",") for text in THOUSANDS], "en"),
        (["Ekspedisi", "Qoz"], THOUSANDS, None),
        (["Ref", "Oktober"], THOUSANDS, None),
    ],
)
def test_money_and_indonesian_words_say_what_divides_thousands(
    tmp_path: Path, headers: list[str], texts: list[str], notation: str | None
) -> None:
    table = read(tmp_path, headers, texts)
    assert table.columns[1].guess.options.get("notation") == notation
    assert len(questions(table)) == 1


@pytest.mark.parametrize(
    ("header", "texts", "asked"),
    [
        ("Amount", THOUSANDS, 1),
        ("Amount", [*THOUSANDS, "5.25"], 0),
        ("Amount", [text.replace(".", ",") for text in THOUSANDS], 0),
        ("Weight", THOUSANDS, 0),
    ],
)
def test_money_with_three_decimals_is_asked_about_whatever_the_locale(
    tmp_path: Path, header: str, texts: list[str], asked: int
) -> None:
    table = read(tmp_path, ["Ref", header], texts, "en_US")
    asked_about = questions(table)
    assert len(asked_about) == asked
    assert all(question.answers[0].value == "id" for question in asked_about)
