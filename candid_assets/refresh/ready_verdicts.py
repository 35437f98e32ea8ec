"""Checks ready tables against other tables, once every table of the refresh is built."""

from collections.abc import Iterator, Mapping

from candid_assets.contracts.catalog import Model
from candid_assets.quality.metric_checks import check_metrics
from candid_assets.quality.reconciliations import check_agreements
from candid_assets.quality.references import check_references
from candid_assets.quality.table_rules import referencing_columns
from candid_assets.refresh.contained import contained, of_ready
from candid_assets.refresh.context import Refresh
from candid_assets.refresh.events import Checked, Event
from candid_assets.refresh.foreign_keys import is_recorded
from candid_assets.sql import qualified
from candid_assets.warehouse.builds import TableState


def judge_ready(refresh: Refresh, before: Mapping[tuple[str, str], TableState]) -> Iterator[Event]:
    """Judge the ready tables that were built, and the foreign keys of those whose target was.

    Of the latter only a verdict that changed is yielded.

    Args:
        refresh: The refresh, with every table built.
        before: The states of all tables when it began.
    """
    changed = {key for key, state in refresh.states.items() if state != before.get(key)}
    names = {table for layer, table in changed if layer in ("clean", "ready")}
    for model in refresh.catalog.models:
        if ("ready", model.name) not in refresh.states:
            continue
        if ("ready", model.name) in changed:
            verdicts = _whole(refresh, model)
        elif names & {c.reference.table for c in referencing_columns(model) if c.reference}:
            verdicts = _keys(refresh, model)
        else:
            continue
        what = f"ready.{model.name} could not be judged"
        yield from contained(verdicts, what, refresh.settings, of_ready(model.name))


def _whole(refresh: Refresh, model: Model) -> Iterator[Event]:
    relation = qualified("ready", model.name)
    metrics = refresh.catalog.registry.owning(model.name)
    for result in (
        *check_references(refresh.connection, model, relation, None),
        *check_agreements(refresh.connection, model, relation),
        *check_metrics(refresh.connection, model.name, metrics),
    ):
        yield Checked(result)


def _keys(refresh: Refresh, model: Model) -> Iterator[Event]:
    for result in check_references(refresh.connection, model, qualified("ready", model.name)):
        if not is_recorded(refresh, result):
            yield Checked(result)
