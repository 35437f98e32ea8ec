"""Asset and check specs of every tab and model, from the catalog alone."""

import re
import warnings
from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta

import dagster as dg

from candid_assets.contracts.catalog import BrokenTab, Catalog, Column, Model, Tab, Workbook
from candid_assets.names import (
    BUILT_LAYERS,
    CHECKS,
    INVARIANT_CHECKS,
    CheckName,
    Layer,
    group,
    metric_check,
)
from candid_assets.quality.metric_checks import metric_promise
from candid_assets.quality.suite import planned_checks
from candid_assets.quality.table_rules import FAMILY_PROVENANCE
from candid_assets.quality.table_rules import PROVENANCE as CLEAN_PROVENANCE
from candid_assets.refresh.downstream import Table
from candid_assets.source_kinds.links import source_link
from candid_assets.source_kinds.registry import BY_LAYER, SOURCES
from candid_assets.warehouse.provenance import FAMILY_COLUMNS, PROVENANCE

KINDS: dict[Layer, set[str]] = {
    **{layer: {kind.name} for layer, kind in BY_LAYER.items()},
    "raw": {"duckdb", "table"},
    "clean": {"duckdb", "table"},
    "quarantine": {"duckdb", "table"},
    "ready": {"duckdb", "sql"},
}
SOURCE_CHECKS: tuple[CheckName, ...] = (
    "read_complete",
    "sheet_untouched",
    "contract_holds",
    "layout_unchanged",
)
CLEAN_CHECKS: tuple[CheckName, ...] = (
    "rows_conserved",
    "rerun_identical",
    "swapped_whole",
    "keys_kept",
)
READY_CHECKS: tuple[CheckName, ...] = ("rerun_identical", "swapped_whole")


def tab_layers(workbook: Workbook) -> tuple[Layer, ...]:
    """Return the layers in which each table of a workbook stands, its source first."""
    return (workbook.layer, *BUILT_LAYERS)


def asset_specs(
    catalog: Catalog, env: str, tables: Collection[Table] | None = None
) -> list[dg.AssetSpec]:
    """Return every asset of the catalog, four a tab and one a model, or those of some tables."""
    specs: list[dg.AssetSpec] = []
    for workbook in catalog.workbooks:
        tabs: list[Tab | BrokenTab] = [*workbook.tabs, *workbook.broken_tabs]
        for tab in tabs:
            layers = [n for n in tab_layers(workbook) if tables is None or (n, tab.table) in tables]
            specs += [_tab_spec(workbook, tab, layer, env) for layer in layers]
    models = [m for m in catalog.models if tables is None or ("ready", m.name) in tables]
    return specs + [_model_spec(model, env) for model in models]


def check_specs(catalog: Catalog) -> list[dg.AssetCheckSpec]:
    """Return every check of the catalog, each with one name of the closed set."""
    specs: list[dg.AssetCheckSpec] = []
    for workbook in catalog.workbooks:
        for broken in workbook.broken_tabs:
            specs += _named(broken.source, broken.table, SOURCE_CHECKS)
        for tab in workbook.tabs:
            specs += _named(tab.source, tab.table, SOURCE_CHECKS)
            specs += _named("clean", tab.table, CLEAN_CHECKS)
            specs += _planned("clean", tab)
            specs += _named("quarantine", tab.table, ("nothing_quarantined",))
    for model in catalog.models:
        specs += _named("ready", model.name, READY_CHECKS)
        specs += _planned("ready", model)
        specs += _measured(catalog, model)
    return specs


def _measured(catalog: Catalog, model: Model) -> Iterator[dg.AssetCheckSpec]:
    """Yield the check of each metric whose values a table holds."""
    for metric in catalog.registry.owning(model.name):
        yield dg.AssetCheckSpec(
            metric_check(metric.name),
            asset=["ready", model.name],
            description=metric_promise(metric),
            blocking=False,
        )


def _named(layer: Layer, table: str, names: Sequence[CheckName]) -> Iterator[dg.AssetCheckSpec]:
    for name in names:
        blocking = name in INVARIANT_CHECKS or name == "contract_holds"
        yield dg.AssetCheckSpec(
            name, asset=[layer, table], description=CHECKS[name], blocking=blocking
        )


def _planned(layer: Layer, subject: Tab | Model) -> Iterator[dg.AssetCheckSpec]:
    for check in planned_checks(subject):
        yield dg.AssetCheckSpec(
            check.name,
            asset=[layer, subject.table],
            description=check.description,
            blocking=check.blocking,
        )


def _tab_spec(workbook: Workbook, tab: Tab | BrokenTab, layer: Layer, env: str) -> dg.AssetSpec:
    sources: dict[Layer, list[Layer]] = {"raw": [tab.source], "clean": ["raw"]}
    upstream = sources.get(layer, ["raw"] if layer == "quarantine" else [])
    location = workbook.locations.get(env)
    metadata: dict[str, object] = {"workbook": workbook.title, "contract": _path_of(tab)}
    if location:
        metadata["dagster/uri"] = source_link(location)
    if layer not in SOURCES:
        metadata["dagster/relation_identifier"] = f"{layer}.{tab.table}"
    if isinstance(tab, Tab):
        metadata |= {"tab": tab.title, "grain": tab.grain}
        if layer in (tab.source, "clean"):
            metadata["dagster/column_schema"] = _schema(tab.columns, layer, family=tab.is_family)
    return dg.AssetSpec(
        [layer, tab.table],
        deps=[[name, tab.table] for name in upstream],
        group_name=group(layer, workbook.name),
        description=_tab_description(tab, layer) + _written_names(tab),
        owners=[tab.owner],
        kinds=KINDS[layer],
        tags={"workbook": workbook.name, "layer": layer, "env": env} | _written_tags(tab),
        metadata={**metadata, **_code_reference(tab)},
        code_version=tab.fingerprint[:12] if isinstance(tab, Tab) else None,
        freshness_policy=_promise(workbook) if layer == tab.source else None,
        skippable=True,
    )


def _promise(workbook: Workbook) -> dg.FreshnessPolicy | None:
    """Return how old a tab may be, read or seen unchanged; `alerts_sensor` says whether it is."""
    if workbook.fresh_hours is None:
        return None
    window = timedelta(hours=workbook.fresh_hours)
    # Dagster knows nothing shorter.
    return dg.FreshnessPolicy.time_window(fail_window=max(window, timedelta(minutes=1)))


def _tab_description(tab: Tab | BrokenTab, layer: Layer) -> str:
    if isinstance(tab, BrokenTab):
        problems = "\n".join(f"- {p.message}; {p.fix}" for p in tab.problems)
        return f"The contract cannot be read; the last good table stays.\n\n{problems}"
    if tab.is_family:
        return _family_description(tab, layer)
    what = {
        tab.source: f"{tab.words.table.format(tab.title)}, read-only, landed as an extract.",
        "raw": f"'{tab.title}' as it stands {tab.words.inside}: every row, all text.",
        "clean": tab.description,
        "quarantine": f"Rows of '{tab.title}' that did not pass, whole, with reasons and links.",
    }
    return what.get(layer, tab.description)


def _written_names(tab: Tab | BrokenTab) -> str:
    """Return the tab's title and headers as people write them, which Dagster's search reads."""
    if isinstance(tab, BrokenTab):
        return ""
    headers = ", ".join(dict.fromkeys(column.header for column in tab.columns if column.header))
    return f"\n\nTab: {tab.title}. Headers: {headers}."


def _written_tags(tab: Tab | BrokenTab) -> dict[str, str]:
    """Return a tag of the tab's title and one of each header, in the letters that tags may have."""
    if isinstance(tab, BrokenTab):
        return {}
    headers = (_tag_text(column.header) for column in tab.columns if column.header)
    title = _tag_text(tab.title)
    return ({"tab": title} if title else {}) | {f"header/{text}": "" for text in headers if text}


def _tag_text(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.]+", "-", text).strip("-.")[:63]


def _family_description(family: Tab, layer: Layer) -> str:
    members = f"tabs whose title matches `{family.options.title_pattern}`"
    what = {
        family.source: f"All {members}{family.words.tables}, read-only, each landed as an extract.",
        "raw": f"All {members} as they stand {family.words.inside}: every row, all text.",
        "quarantine": f"Rows of {members} that did not pass, whole, with reasons and links.",
    }
    return what.get(layer, family.description)


def _model_spec(model: Model, env: str) -> dg.AssetSpec:
    return dg.AssetSpec(
        ["ready", model.name],
        deps=[list(key) for key in model.inputs],
        group_name=group("ready", model.spoke),
        description=model.description,
        owners=[model.owner],
        kinds=KINDS["ready"],
        tags={"spoke": model.spoke, "layer": "ready", "env": env, "model": model.kind},
        metadata={
            "grain": model.grain,
            "dagster/relation_identifier": f"ready.{model.name}",
            "dagster/column_schema": _schema(model.columns, "ready"),
            **_code_reference(model),
        },
        code_version=model.fingerprint[:12],
        skippable=True,
    )


def _schema(columns: Sequence[Column], layer: Layer, *, family: bool = False) -> dg.TableSchema:
    def column(c: Column) -> dg.TableColumn:
        name, kind = (c.header, "cell") if layer in SOURCES else (c.name, c.physical_type)
        return dg.TableColumn(
            name,
            kind,
            description=c.description,
            constraints=dg.TableColumnConstraints(nullable=not c.required, unique=c.unique),
        )

    descriptions = PROVENANCE | FAMILY_COLUMNS
    provenance = [
        dg.TableColumn(name, kind, description=descriptions[name])
        for name, kind in (*(FAMILY_PROVENANCE if family else ()), *CLEAN_PROVENANCE)
        if layer == "clean"
    ]
    return dg.TableSchema([*(column(c) for c in columns), *provenance])


def _path_of(tab: Tab | BrokenTab) -> str:
    return f"{tab.path.parent.name}/{tab.path.name}"


def _code_reference(subject: Tab | BrokenTab | Model) -> dict[str, object]:
    """Return the link from an asset to its contract; the classes are marked beta in 1.13."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)
        reference = dg.LocalFileCodeReference(file_path=str(subject.path), label="contract")
        metadata = dg.CodeReferencesMetadataValue(code_references=[reference])
    return {"dagster/code_references": metadata}
