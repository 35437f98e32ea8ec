"""Names of agents as people write them."""

import pytest

from candid_assets.agent.tasks.status_words import agent_name, is_name_of


@pytest.mark.parametrize(
    "written", ["data-eng", "@data_eng", "Data Eng", "Data Engineer", "`data-eng`"]
)
def test_a_name_written_out_is_the_agents(written: str) -> None:
    assert is_name_of(agent_name(written), "data-eng")


@pytest.mark.parametrize("written", ["data-entry", "data", "gas-dev", "eng", ""])
def test_another_name_is_not(written: str) -> None:
    assert not is_name_of(agent_name(written), "data-eng")
