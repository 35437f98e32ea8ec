"""Each kind of faulty answer at one of the requests of a refresh; `torture.answers` tries all."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from candid_assets_tests.torture.answer_faults import FAULTS
from candid_assets_tests.torture.answers import Ground, cases
from candid_assets_tests.torture.small_server import small_server

pytestmark = pytest.mark.slow

STEP = 4
"""Every fourth kind of fault is tried in one test, half of them in two."""


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    folder: Path = tmp_path_factory.mktemp("answers")
    with small_server(folder) as (server, settings):
        made = Ground(server, settings)
        made.prepare()
        yield made


def test_there_are_many_kinds_and_every_request_is_met(ground: Ground) -> None:
    assert len(FAULTS) >= 60
    assert {call.kind for call in ground.calls} == {"token", "drive", "metadata", "values", "shown"}
    assert sum("SERIAL" in call.query and "Toko" in call.path for call in ground.calls) == 3


@pytest.mark.parametrize("share", range(2))
def test_an_answer_is_the_sheet_or_a_named_failure(ground: Ground, share: int) -> None:
    grouped = defaultdict(list)
    for name, *rest in cases(ground):
        grouped[name].append(rest)
    wrong = {}
    for number, (name, tries) in enumerate(list(grouped.items())[share::STEP]):
        call, how, fault = tries[(number * 7 + share) % len(tries)]
        word = ground.verdict(name, call, how, fault)
        if word not in ("same", "named", "late"):
            wrong[f"{name} {how} at {call.kind} {call.path}"] = word
    assert not wrong
