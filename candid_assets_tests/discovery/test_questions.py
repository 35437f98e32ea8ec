"""A question comes with the line of YAML that answers it, and the place where it goes."""

from pathlib import Path

import pytest
import yaml

from candid_assets.contracts.yaml_edits import YamlFile
from candid_assets.discovery.answer_lines import AnswerLine, answer_line, asked_questions
from candid_assets.discovery.questions import ContractAnswer, ContractQuestion, Damage

CONTRACT = """\
# Proposed
name: stok
physicalName: "Stok"
customProperties:
  - {property: endsAt, value: [catatan]}
properties:
  - {name: kode,  physicalName: "Kode",  logicalType: string, required: true, description: "x"}  # a
  - {name: harga, physicalName: "Harga", customProperties: [{property: unit, value: kg}]}
"""


def typed(answer: ContractAnswer, contract: str = CONTRACT) -> AnswerLine:
    return answer_line(answer, YamlFile(Path("stok.yaml"), contract))


@pytest.mark.parametrize(
    ("answer", "line", "place", "text"),
    [
        (ContractAnswer("", "primaryKey", True, "kode"), 7, "add", "primaryKey: true"),
        (
            ContractAnswer("", "logicalType", "integer", "kode"),
            7,
            "put in place",
            "logicalType: integer",
        ),
        (ContractAnswer("", "required", None, "kode"), 7, "take out", "required: true"),
        (
            ContractAnswer("", "notation", "en", "harga"),
            8,
            "add",
            "{property: notation, value: en}",
        ),
        (
            ContractAnswer("", "notation", "en", "kode"),
            7,
            "add",
            "customProperties: [{property: notation, value: en}]",
        ),
        (ContractAnswer("", "unit", None, "harga"), 8, "take out", "{property: unit, value: kg}"),
        (
            ContractAnswer("", "endsAt", ["catatan", "Saldo Akhir"]),
            5,
            "put in place",
            '{property: endsAt, value: [catatan, "Saldo Akhir"]}',
        ),
        (
            ContractAnswer("", "summaryRows", ["total hasil"]),
            5,
            "add",
            '- {property: summaryRows, value: ["total hasil"]}',
        ),
    ],
)
def test_an_answer_names_its_line_and_changes_nothing_else(
    answer: ContractAnswer, line: int, place: str, text: str
) -> None:
    shown = typed(answer)
    assert (shown.file, shown.line, shown.yaml) == ("stok.yaml", line, text)
    assert place in shown.place
    changed = set(shown.edited.splitlines()) - set(CONTRACT.splitlines())
    assert len(changed) == 1
    yaml.safe_load(shown.edited)


def test_the_first_custom_property_of_a_table_brings_its_list() -> None:
    bare = CONTRACT.replace("customProperties:\n  - {property: endsAt, value: [catatan]}\n", "")
    shown = typed(ContractAnswer("", "headerRow", 3), bare)
    assert (shown.line, shown.yaml) == (4, "customProperties:\n  - {property: headerRow, value: 3}")
    assert yaml.safe_load(shown.edited)["customProperties"] == [
        {"property": "headerRow", "value": 3}
    ]


def test_the_only_custom_property_takes_its_list_with_it() -> None:
    read = yaml.safe_load(typed(ContractAnswer("", "unit", None, "harga")).edited)
    assert "customProperties" not in read["properties"][1]
    assert "customProperties" not in yaml.safe_load(
        typed(ContractAnswer("", "endsAt", None)).edited
    )


def test_the_worst_damage_is_asked_about_first() -> None:
    answers = (ContractAnswer("it is", "primaryKey", True, "kode"),)
    asked = [
        ContractQuestion(damage, str(n), "", answers)
        for n, damage in enumerate([*Damage][::-1] * 2)
    ]
    contracts = {"stok.yaml": YamlFile(Path("stok.yaml"), CONTRACT)}
    facts = [each.facts() for each in asked_questions({"stok": asked}, contracts)]
    assert [(f["damage"], f["question"]) for f in facts] == [
        ("wrong_sums", "3"),
        ("wrong_sums", "7"),
        ("lost_rows", "2"),
        ("lost_rows", "6"),
        ("misread_values", "1"),
        ("misread_values", "5"),
        ("cosmetic", "0"),
        ("cosmetic", "4"),
    ]
    assert facts[0]["answers"][0]["line"] == 7


def test_contract_is_parsed_once_for_all_its_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    contract = CONTRACT.replace("# Proposed", "# Proposed for many questions")
    parsed: list[str] = []
    compose = yaml.compose

    def counted(content: str, loader: type) -> yaml.Node | None:
        parsed.append(content)
        return compose(content, loader)

    monkeypatch.setattr(yaml, "compose", counted)
    for column in ("kode", "harga"):
        assert typed(ContractAnswer("", "notation", "en", column), contract).line in (7, 8)
        assert typed(ContractAnswer("", "primaryKey", True, column), contract).line in (7, 8)
    assert parsed == [contract]
