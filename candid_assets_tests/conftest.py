"""Remembers a run of all tests that was green, which `candid plan` asks for."""

import hypothesis
import pytest

from candid_assets.gate.content import Installation, content_of
from candid_assets.gate.evidence import remember, tests_key
from candid_assets.settings import Settings

# How long an example takes is the machine's affair; `make bench` measures.
hypothesis.settings.register_profile("candid", deadline=None)
hypothesis.settings.load_profile("candid")

NARROWING = ("keyword", "deselect", "ignore", "ignore_glob", "lf", "failedfirst")
WHOLE = ("not served", "")
"""What `make test` leaves to `make e2e`, by pyproject.toml; or nothing."""


def is_whole(config: pytest.Config) -> bool:
    """Whether a session was asked for everything, in the controller of its workers."""
    if hasattr(config, "workerinput") or config.option.collectonly:
        return False
    narrowed = [n for n in NARROWING if config.getoption(n, None)]
    if config.getoption("markexpr") not in WHOLE:
        return False
    return config.args_source is pytest.Config.ArgsSource.TESTPATHS and not narrowed


def key_now() -> str:
    installation = Installation.of(Settings())
    return tests_key(installation, content_of(installation))


def pytest_configure(config: pytest.Config) -> None:
    if is_whole(config):
        config.stash[BEFORE] = key_now()


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    before = session.config.stash.get(BEFORE, None)
    if before is None or exitstatus != 0 or session.testsfailed or before != key_now():
        return
    root = Installation.of(Settings()).root / "data"
    remember(root, "tests", before, {"tests": session.testscollected})


BEFORE = pytest.StashKey[str]()
