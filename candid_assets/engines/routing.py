"""Which engine computes a table: the one in this process, unless something says otherwise."""

from dataclasses import dataclass

from candid_assets.contracts.catalog import Model
from candid_assets.engines.embedded import Embedded
from candid_assets.engines.protocol import Engine, States
from candid_assets.settings import Settings


@dataclass(frozen=True, slots=True)
class Engines:
    """The engines of one refresh; without settings there is the one in this process."""

    settings: Settings | None = None

    def of(self, model: Model, states: States) -> Engine:
        """Return the engine that computes a model from inputs of these states."""
        settings = self.settings
        largest = max((states[table].rows for table in model.inputs), default=0)
        if settings is None or not is_for_cluster(settings, model.engine, largest):
            return Embedded()
        from candid_assets.engines.spark_models import SparkModels

        return SparkModels(settings)


def is_for_cluster(settings: Settings, engine: str | None, rows: int) -> bool:
    """Whether a table goes to the cluster, where there is one: its contract or its rows say so."""
    if settings.engine_url is None:
        return False
    return engine is not None or rows >= settings.engine_rows
