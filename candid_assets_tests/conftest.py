"""Shares tests out to workers, and remembers a run of all that was green, for `candid plan`."""

import gc
import signal
from collections.abc import Iterator
from typing import TYPE_CHECKING

import hypothesis
import pytest

from candid_assets.gate.content import Installation, content_of
from candid_assets.gate.evidence import remember, tests_key
from candid_assets.settings import Settings
from candid_assets_tests.distribution import ByGroup, longest_first

if TYPE_CHECKING:
    from candid_assets.sandbox.process import SandboxServer

# What tests of several rooms ask for, made once for all of them.
pytest_plugins = ("candid_assets_tests.postgres", "candid_assets_tests.deployment.gated_fixtures")

# How long an example takes is the machine's affair; `make bench-figures` measures.
hypothesis.settings.register_profile("candid", deadline=None)
hypothesis.settings.load_profile("candid")

# In the background of a shell Ctrl-C is ignored, also by what the tests start and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# One local server for the rooms that a worker has, since it takes seconds to start; what is
# imported for it is imported where it is asked for.


@pytest.fixture(scope="session")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator["SandboxServer"]:
    from candid_assets.sandbox.process import SandboxServer

    with SandboxServer(tmp_path_factory.mktemp("books"), quota=False) as server:
        yield server


NARROWING = ("keyword", "deselect", "ignore", "ignore_glob", "lf", "failedfirst")
WHOLE = ("not served and not slow and not engines", "")
"""What `make test` leaves to the slower targets, by pyproject.toml; or nothing."""


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


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object | None:
    """Share tests out by group, unless another way was asked for."""
    if config.getoption("dist") != "load":
        return None
    config.option.loadscopereorder = False
    return ByGroup(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Iterator[None]:
    """Leave what collecting imports out of the collector of garbage: it stays to the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        longest_first(items)


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
