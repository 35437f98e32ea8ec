"""Damaged and hostile input of each kind is taken or refused with a message, never a crash."""

import pytest

from candid_assets_tests.torture.fuzz import INPUTS, made
from candid_assets_tests.torture.fuzz_targets import outcome, targets

TARGETS = targets()
KEPT = sorted(path for path in INPUTS.glob("*/*") if path.is_file())
SEEDS = 25


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_every_seed_is_taken_as_it_is(name):
    target = TARGETS[name]
    if name in ("decision", "deployment"):  # they are given a plan's record
        return
    assert [outcome(target, seed) for seed in target.seeds] == ["taken"] * len(target.seeds)


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_changed_input_is_taken_or_refused(name):
    for seed in range(SEEDS):
        assert outcome(TARGETS[name], made(TARGETS[name], seed)) in {"taken", "refused"}


@pytest.mark.parametrize("path", KEPT, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_input_that_once_found_a_fault_is_taken_or_refused(path):
    assert outcome(TARGETS[path.parent.name], path.read_bytes()) in {"taken", "refused"}
