"""Edits at each request of a reading; `torture.meanwhile` tries all, and pairs of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from candid_assets_tests.torture.edits_at_once import EDITS
from candid_assets_tests.torture.meanwhile import RIGHT, Watched, cases
from candid_assets_tests.torture.small_server import small_server

pytestmark = pytest.mark.slow

MIXED = (
    *("tabs exchange titles", "columns until the grid is wider", "column moved"),
    *("row in the middle", "row to another tab", "cells of two tabs", "numbers of two tabs"),
    *("formatted number", "tab emptied", "tab made anew"),
)
"""Edits of which a mixture was read once."""


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder: Path = tmp_path_factory.mktemp("meanwhile")
    with small_server(folder) as (server, settings):
        made = Watched(server, settings)
        made.prepare()
        yield made


@pytest.mark.parametrize("name", MIXED)
def test_an_edit_at_any_request_never_mixes_two_moments(watched: Watched, name: str) -> None:
    assert len(EDITS) > 30
    assert watched.requests > 12
    versions = watched.versions([EDITS[name]])
    assert versions
    wrong = {}
    for case in cases(watched.requests, 0, 0):
        if case.name == name and (word := watched.verdict(case, versions)) not in RIGHT:
            wrong[str(case)] = word
    assert not wrong
