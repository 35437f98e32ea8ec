"""Which engine computes a table: the one in this process, unless something says otherwise."""

from dataclasses import dataclass, field

from candid_assets.contracts.catalog import Model
from candid_assets.engines.embedded import Embedded
from candid_assets.engines.protocol import Engine, States


@dataclass(frozen=True, slots=True)
class Engines:
    """The engines of one refresh."""

    embedded: Engine = field(default_factory=Embedded)

    def of(self, model: Model, states: States) -> Engine:
        """Return the engine that computes a model from inputs of these states."""
        return self.embedded
