"""A process lets itself open what files it may, and does not begin with too little."""

import resource

import pytest

from candid_assets.orchestration.execute_refresh import execute
from candid_assets.process_limits import (
    ProcessLimitError,
    allow_open_files,
    require_addresses,
)


@pytest.fixture
def limits(monkeypatch):
    """The limits of open files of this process, as far as it can tell."""
    now = [(256, 1024)]
    monkeypatch.setattr(resource, "getrlimit", lambda _: now[0])
    monkeypatch.setattr(resource, "setrlimit", lambda _, new: now.__setitem__(0, new))
    return now


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((256, 1024), (1024, 1024)),
        ((20, resource.RLIM_INFINITY), (4096, resource.RLIM_INFINITY)),
        ((8192, 8192), (8192, 8192)),
        ((resource.RLIM_INFINITY, resource.RLIM_INFINITY),) * 2,
    ],
)
def test_the_limit_is_raised_to_what_is_allowed(limits, before, after):
    limits[0] = before
    allow_open_files()
    assert limits == [after]


def test_few_files_are_named_with_what_to_type(limits):
    limits[0] = (20, 20)
    with pytest.raises(ProcessLimitError) as raised:
        allow_open_files()
    assert "a program may have 20 files open here" in raised.value.message
    assert "ulimit -n 1024" in raised.value.fix


@pytest.mark.parametrize("most", [1_600_000_000, resource.RLIM_INFINITY])
def test_enough_addresses_are_enough(limits, most):
    limits[0] = (most, most)
    require_addresses()


def test_few_addresses_are_named_with_what_to_type(limits):
    limits[0] = (1_250_000_000, 1_250_000_000)
    with pytest.raises(ProcessLimitError) as raised:
        require_addresses()
    assert "1.25 GB" in raised.value.message
    assert "ulimit -v unlimited" in raised.value.fix


def test_a_run_of_any_process_begins_with_the_same_question(limits):
    limits[0] = (20, 20)
    with pytest.raises(ProcessLimitError):
        next(execute(*[None] * 6))
