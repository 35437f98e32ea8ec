"""Examples of `--help` that only read, run as they are written on the refreshed sample."""

from typing import Any

import pytest

from candid_assets_tests.commands.examples import Example, examples
from candid_assets_tests.end_to_end.conftest import Installation

pytestmark = pytest.mark.slow

READING = {
    ("completion",),
    ("contracts", "validate"),
    ("contracts", "diff"),
    ("diff",),
    ("explain",),
    ("history",),
    ("history", "show"),
    ("lineage",),
    ("metrics", "list"),
    ("metrics", "query"),
    ("metrics", "show"),
    ("query",),
    ("status",),
    ("users", "list"),
}
OWN_HISTORY = {"yesterday", "2026-11-01", "1f3a9c2b"}
"""Moments and extracts that the history of the reader has, and that of a first refresh has not."""
CHOSEN = [
    example
    for example in examples()
    if example.command in READING
    and "--write" not in example.words
    and "=" not in example.text.partition("candid")[0]
]


@pytest.mark.parametrize("example", CHOSEN, ids=lambda example: example.text)
def test_an_example_runs_as_written(
    sample: tuple[Installation, dict[str, Any]], example: Example
) -> None:
    done = sample[0].invoke(*example.words)
    if OWN_HISTORY & set(example.words):
        assert (done.exit_code, isinstance(done.exception, SystemExit)) == (2, True), done.output
        return
    settled = {0, 1} if example.command == ("contracts", "diff") else {0}
    assert done.exit_code in settled, done.output
    assert done.output.strip()
