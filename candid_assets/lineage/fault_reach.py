"""What hangs on a table: the ready tables and metrics that a fault in it reaches."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from candid_assets.contracts.catalog import Catalog
from candid_assets.names import METRIC_CATALOG, METRIC_VALUES


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a fault in a table reaches."""

    tables: int = 0
    """Ready tables that read it, directly or not; tables of metrics' values are none."""
    metrics: int = 0


NOWHERE: Final = Reach()


class FaultReach:
    """Answers how far a fault in a table reaches, from the catalog alone."""

    def __init__(self, catalog: Catalog) -> None:
        self._readers: Mapping[str, set[str]] = _readers(catalog)
        self._metrics: dict[str, set[str]] = defaultdict(set)
        for metric in catalog.registry.metrics:
            for source in metric.sources:
                self._metrics[source.relation].add(metric.name)
        self._of_metrics = {m.name for m in catalog.models if m.kind == "metrics"}
        self._of_metrics |= {METRIC_VALUES, METRIC_CATALOG}
        self._known: dict[str, Reach] = {}

    def of(self, *tables: str) -> Reach:
        """Return the reach of a fault in tables, named with their layer: `clean.toko__harian`."""
        if len(tables) == 1 and tables[0] in self._known:
            return self._known[tables[0]]
        reached, waiting = set(tables), list(tables)
        while waiting:
            for reader in self._readers.get(waiting.pop(), ()):
                if reader not in reached:
                    reached.add(reader)
                    waiting.append(reader)
        metrics = set().union(*(self._metrics.get(table, set()) for table in reached))
        below = {t for t in reached - set(tables) if t.partition(".")[2] not in self._of_metrics}
        reach = Reach(len(below), len(metrics))
        if len(tables) == 1:
            self._known[tables[0]] = reach
        return reach


def _readers(catalog: Catalog) -> Mapping[str, set[str]]:
    readers: dict[str, set[str]] = defaultdict(set)
    for model in catalog.models:
        for layer, table in model.inputs:
            readers[f"{layer}.{table}"].add(f"ready.{model.table}")
    return readers
