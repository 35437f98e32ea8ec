"""Whatever an agent's launch names, Dagster touches only what is in the agent's jobs."""

import pytest

from candid_assets_tests.web.launching import Launches


@pytest.mark.parametrize(
    ("count", "seed"),
    [(400, 18), pytest.param(10_000, 1806, marks=pytest.mark.served)],
)
def test_no_generated_launch_touches_an_asset_that_the_agent_may_not(web, count, seed):
    tally = Launches(web, seed).tally(count)
    print(f"{tally.tried} launches: {tally.refused} refused, {tally.within} within")
    assert tally.beyond == []
    assert tally.tried == count
    # It is no use refusing everything.
    assert tally.within > count / 25
    assert tally.refused > count / 4
