"""The command and setting tables of docs/reference.md."""

import pytest

from candid_assets.cli import COMMANDS, main
from candid_assets.documents.command_reference import SECTIONS, command_tables, setting_rows
from candid_assets.settings import Settings

ROWS = [row for rows in command_tables(main).values() for row in rows]


def test_every_command_is_in_one_section():
    names = [name for section in SECTIONS.values() for name in section]
    assert sorted(names) == sorted(COMMANDS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_command_says_what_it_does_in_one_sentence(row):
    assert row.meaning
    assert not row.meaning.endswith("...")


def test_options_are_bracketed_unless_they_are_required():
    usages = {row.name for row in ROWS}
    assert (
        "candid run [--workbook W]… [--tab T]… [--force] [--read-all] [--fail-on [error|warning]]"
        " [--accept-loss] [--json]" in usages
    )
    assert any("--workbook NAME" in usage and "[--workbook" not in usage for usage in usages)
    assert any("[--up|--down]" in usage for usage in usages)


def test_unknown_command_in_a_section_is_refused(monkeypatch):
    monkeypatch.setitem(SECTIONS, "Agents", ("no-such-command",))
    with pytest.raises(KeyError, match="no-such-command"):
        command_tables(main)


def test_every_setting_says_what_it_means():
    rows = setting_rows()
    assert [row.name for row in rows] == [
        str(field.validation_alias) for field in Settings.model_fields.values()
    ]
    assert all(len(row.meaning) > 10 for row in rows)
