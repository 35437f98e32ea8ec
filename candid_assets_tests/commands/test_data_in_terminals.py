"""What a cell, a name or an error holds reaches a terminal as data, and controls nothing."""

import json
import os
import sys
import unicodedata
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.table import Table

from candid_assets.cli import main
from candid_assets.console import Output
from candid_assets.output_streams import ResultStream
from candid_assets.terminal_text import DataConsole, json_text, marked, visible
from candid_assets_tests.sources.installation import Installation, discovered

HOSTILE = "[/x] [red]:warning: \x1b]0;owned\x07\x9b31m\u202egnp.exe\u2066\rok\b [link=http://a]"
TABLE = """name: nota
physicalName: {title}
description: {text}
dataGranularityDescription: One row per id.
properties:
  - {{name: id, physicalName: id, logicalType: integer, primaryKey: true, description: {text}}}
  - {{name: isi, physicalName: {text}, logicalType: string, description: Text.}}
"""


def controls(text: str) -> set[str]:
    """Characters by which a text controls a terminal or the direction of what is shown."""
    kinds = {"Cc", "Cf", "Cs", "Co"}
    return {c for c in text if unicodedata.category(c) in kinds and c not in "\n\t"}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """An installation whose tab, header, cells and catalog hold what is hostile."""
    made = Installation(tmp_path)
    folder = tmp_path / "ekspor"
    folder.mkdir()
    title = HOSTILE.replace("/", "").strip()
    quoted = '"' + HOSTILE.replace("\r", "") + '"'
    content = f"id,{quoted}\n" + "".join(f"{n},{quoted}\n" for n in range(1, 30))
    (folder / f"{title}.csv").write_text(content + f"x{HOSTILE[:8]},{quoted}\n")
    (folder / f"lain {title}.csv").write_text("\0")
    for path in folder.iterdir():
        os.utime(path, (1, 1))
    made.head("ekspor", f"type: local, path: {folder}")
    text = json.dumps(HOSTILE.replace("\r", ""))
    made.table("ekspor", "nota", TABLE.format(title=json.dumps(title), text=text))
    for name, value in (("ENV", "staging"), ("DATA_DIR", tmp_path / "data")):
        monkeypatch.setenv(f"CANDID_{name}", str(value))
    monkeypatch.setenv("CANDID_CATALOG_DIR", str(made.settings.catalog_dir))
    return made


COMMANDS = (
    ("query", "from raw.ekspor__nota"),
    ("query", "select * from quarantine.ekspor__nota"),
    ("query", f"select '{HOSTILE}' as \"{HOSTILE}\""),
    ("query", f"select {HOSTILE}"),
    ("status",),
    ("doctor",),
    ("history", "show", "ekspor__nota"),
    ("history", "show", HOSTILE),
    ("lineage", "clean.ekspor__nota.isi"),
    ("lineage", HOSTILE),
    ("explain", "clean.ekspor__nota", "--where", "id = 1"),
    ("explain", "clean.ekspor__nota", "--where", HOSTILE),
    ("diff", "ekspor__nota", "--from", HOSTILE),
    ("contracts", "validate"),
    ("contracts", "diff", HOSTILE),
    ("metrics", "show", HOSTILE),
    ("holds",),
    ("rebuild", "--as-of", HOSTILE),
)


def test_no_command_lets_data_control_the_terminal(
    place: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.run()
    for command in COMMANDS:
        for arguments in (command, (*command, "--json")):
            done = CliRunner().invoke(main, list(arguments))
            assert done.exception is None or isinstance(done.exception, SystemExit), arguments
            assert not controls(done.output), arguments
    shown = CliRunner().invoke(main, ["query", "select isi from clean.ekspor__nota where id = 1"])
    assert "[/x] [red]:warning: \\x1b]0;owned" in shown.output
    as_json = CliRunner().invoke(main, ["query", f"select '{HOSTILE}' as a", "--json"])
    assert json.loads(as_json.stdout) == [{"a": HOSTILE}]
    answer: Result = discovered(place, monkeypatch, str(place.root / "ekspor"), "baru")
    assert not controls(answer.output)


def test_every_way_of_printing_shows_data_as_data(capsys: pytest.CaptureFixture[str]) -> None:
    console = DataConsole(ResultStream(sys.stdout))
    grid = Table(HOSTILE, title=marked("[bold]{}[/]", HOSTILE))
    grid.add_row(HOSTILE)
    console.print(grid)
    console.print(HOSTILE, style="red")
    console.print(marked("[red]{}[/] {}", HOSTILE, HOSTILE))
    output = Output(as_json=False)
    output.print(HOSTILE)
    output.note(HOSTILE)
    output.show(HOSTILE)
    written = "".join(capsys.readouterr())
    assert not controls(written)
    assert written.count("[/x]") >= 8
    assert written.count(":warning:") >= 8


def test_words_of_every_script_stay_as_they_are() -> None:
    text = "Rp 1.250,50 – ĀĒ 日本語 العربية हिन्दी 👩\u200d🔧 é\ttab\nline"
    assert visible(text) == text
    assert json.loads(json_text(json.dumps(text + HOSTILE, ensure_ascii=False))) == text + HOSTILE


def test_a_terminal_that_says_it_is_0_wide_shows_everything(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "0")
    Output(as_json=False).print("total 496")
    assert capsys.readouterr().out == "total 496\n"
