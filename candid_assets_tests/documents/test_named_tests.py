"""Every test that a written page names is there, under that name."""

import re

import pytest

from candid_assets.settings import REPOSITORY

TESTS = REPOSITORY / "candid_assets_tests"
NAMED = re.compile(r"`([a-z_/]+\.py)(?:::(test_[a-z0-9_]+))?`")
PAGES = sorted(
    page.relative_to(REPOSITORY).as_posix()
    for page in (REPOSITORY / "docs").rglob("*.md")
    if "/test_" in page.read_text(encoding="utf-8")
)


def named(page: str) -> set[tuple[str, str]]:
    """Return file and function of every test that a page names; a blank one is the whole file."""
    text = (REPOSITORY / page).read_text(encoding="utf-8")
    return {(file, test) for file, test in NAMED.findall(text) if "test_" in file}


def test_pages_name_tests() -> None:
    assert len(named("docs/torture.md")) > 30


@pytest.mark.parametrize("page", PAGES)
def test_every_test_that_a_page_names_is_there(page: str) -> None:
    for file, test in named(page):
        path = TESTS / file.removeprefix("candid_assets_tests/")
        assert path.is_file(), f"{page} names {file}"
        assert f"def {test}" in path.read_text(encoding="utf-8"), f"{page} names {file}::{test}"
