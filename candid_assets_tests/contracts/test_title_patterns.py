"""A pattern of titles never takes long, whatever it repeats."""

import time
from contextlib import suppress

import pytest

from candid_assets.contracts.title_patterns import SlowPatternError, matches_title, pattern_problem

REPEATS = {
    "(a+)+b": "a" * 250,
    "(a|aa)+$": "a" * 90 + "!",
    "((a{1,100}){1,100}){1,100}b": "a" * 90,
    r"(\w+\s?)*!": "kata " * 200,
    "(.*)*x(.*)*y(.*)*z": "x" * 500,
    r"(?!Salinan)(.+)+\1Z": "Januari" * 100,
}


@pytest.mark.parametrize("pattern", REPEATS)
def test_pattern_that_repeats_what_is_repeated_ends_at_once_for_all_titles(pattern: str) -> None:
    began = time.monotonic()
    for _ in range(20):
        with suppress(SlowPatternError):
            assert not matches_title(pattern, REPEATS[pattern])
    assert time.monotonic() - began < 5


def test_pattern_may_leave_titles_out_by_looking_ahead() -> None:
    pattern = "(?!Salinan$)(?:jan|feb) [0-9]{2}|Salinan .+"
    assert [matches_title(pattern, t) for t in ("JAN 25", "Salinan", "Salinan 2")] == [1, 0, 1]


@pytest.mark.parametrize("pattern", ["(", "[", "a{99999999999999999999}", "(?P<a>x)(?P=b)"])
def test_what_is_no_pattern_is_named(pattern: str) -> None:
    assert pattern_problem(pattern)
