"""Which engine computes a table, and what is said of a cluster that is away."""

from dataclasses import replace
from pathlib import Path

import pytest

from candid_assets.contracts.catalog import Model
from candid_assets.engines.embedded import Embedded
from candid_assets.engines.errors import EngineError
from candid_assets.engines.routing import Engines
from candid_assets.engines.spark_models import SparkModels
from candid_assets.engines.spark_session import session_of
from candid_assets.settings import Settings
from candid_assets.warehouse.builds import TableState
from candid_assets_tests.engines.cluster import free_port

MODEL = Model(
    spoke="hub",
    name="dim_item",
    description="Items.",
    grain="One row per item.",
    owner="team:data",
    columns=(),
    sql="select 1 as item_id",
    inputs=(("clean", "shop__items"), ("ready", "dim_brand")),
    path=Path("dim_item.yaml"),
    fingerprint="",
)
STATES = {
    ("clean", "shop__items"): TableState("a", "b", 1_000),
    ("ready", "dim_brand"): TableState("a", "b", 10),
}


def engine_of(model: Model = MODEL, **settings: object) -> type:
    return type(Engines(Settings(**settings)).of(model, STATES))


def test_without_a_cluster_every_table_is_computed_in_this_process() -> None:
    marked = replace(MODEL, engine="spark")
    assert type(Engines().of(marked, STATES)) is Embedded
    assert engine_of(marked, CANDID_ENGINE_ROWS=1) is Embedded


def test_table_goes_to_the_cluster_where_its_contract_says_so() -> None:
    url = "sc://127.0.0.1:15002"
    assert engine_of(CANDID_ENGINE_URL=url) is Embedded
    assert engine_of(replace(MODEL, engine="spark"), CANDID_ENGINE_URL=url) is SparkModels


def test_table_goes_to_the_cluster_with_its_largest_input() -> None:
    url = "sc://127.0.0.1:15002"
    assert engine_of(CANDID_ENGINE_URL=url, CANDID_ENGINE_ROWS=1_001) is Embedded
    assert engine_of(CANDID_ENGINE_URL=url, CANDID_ENGINE_ROWS=1_000) is SparkModels


def test_cluster_that_is_away_is_named_with_its_address_and_the_fix() -> None:
    url = f"sc://127.0.0.1:{free_port()}"
    with pytest.raises(EngineError, match=r"the cluster at .* does not answer") as away:
        session_of(url)
    assert url in away.value.message
    assert "start the cluster, or correct CANDID_ENGINE_URL" in away.value.fix
