"""Words that no command can do anything with: each is refused before any work begins."""

import pytest
from click.testing import CliRunner

from candid_assets.cli import main

DRIVE, DOCS = "https://drive.google.com", "https://docs.google.com"
REFUSED = {
    "an argument in another encoding": (["query", "select \udcff"], "is no UTF-8 text"),
    "a source without a letter": (["discover", " ", "-w", "baru"], "it is empty"),
    "a folder in Drive": (["discover", f"{DRIVE}/drive/folders/1aB", "-w", "baru"], "to a folder"),
    "the first page of Drive": (["discover", f"{DRIVE}/", "-w", "baru"], "to a folder or a page"),
    "a document": (["discover", f"{DOCS}/document/d/1aB/edit", "-w", "baru"], "(document)"),
    "a form": (["discover", f"{DOCS}/forms/d/1aB/edit", "-w", "baru"], "(forms)"),
    "an agent without a name": (["heartbeat", "--agent", ""], "name the agent"),
    "an entry about nothing": (["log-activity", "", "done", "data-eng", "x"], "TASK, STATUS"),
    "fewer contents than none": (["history", "orders", "--limit", "-5"], "not in the range"),
    "no row to explain": (["explain", "ready.x", "--where", "1", "--limit", "0"], "in the range"),
    "no run to list": (["agent", "status", "--limit", "0"], "not in the range"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_says_nothing_is_refused_as_wrong_use(name):
    words, message = REFUSED[name]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 2, done.output
    assert message in " ".join(done.output.split())
