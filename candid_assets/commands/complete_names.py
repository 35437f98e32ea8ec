"""Names of the catalog that a shell completes; a catalog that cannot be read completes none."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from candid_assets.contracts.catalog import Catalog

Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def _completer(names: "Callable[[Catalog], Iterable[str]]") -> Completer:
    def complete(_: click.Context, __: click.Parameter, written: str) -> list[CompletionItem]:
        try:
            # Reading the catalog takes half a second; only a name that is completed needs it.
            from candid_assets.contracts.load import load_catalog
            from candid_assets.environment import prepare_environment

            catalog = load_catalog(prepare_environment(anywhere=True).catalog_dir)
            known = sorted(set(names(catalog)))
        except Exception:
            # A shell shows what a completion prints; the command itself says what is wrong.
            return []
        return [CompletionItem(name) for name in known if name.startswith(written)]

    return complete


def _tables(catalog: "Catalog") -> Iterable[str]:
    for tab in catalog.tabs:
        yield from (f"{layer}.{tab.table}" for layer in ("raw", "clean", "quarantine"))
    yield from (f"ready.{model.name}" for model in catalog.models)


workbook_names = _completer(lambda catalog: (w.name for w in catalog.workbooks))
tab_names = _completer(lambda catalog: (tab.table for tab in catalog.tabs))
table_names = _completer(_tables)
tab_and_table_names = _completer(
    lambda catalog: [*(tab.table for tab in catalog.tabs), *_tables(catalog)]
)
metric_names = _completer(lambda catalog: (m.name for m in catalog.registry.metrics))
spoke_names = _completer(lambda catalog: catalog.registry.spokes)
destination_names = _completer(lambda catalog: (d.name for d in catalog.destinations))
