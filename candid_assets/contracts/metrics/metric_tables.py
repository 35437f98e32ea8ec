"""The ready tables of metrics: one per spoke, the values of all, and their catalogue.

They are models like those written by hand, so that building, checking, swapping, lineage and the
graph treat them alike; only their SQL is compiled.
"""

from collections.abc import Sequence
from pathlib import Path

from candid_assets.contracts.catalog import Column, Model
from candid_assets.contracts.fingerprint import fingerprint
from candid_assets.contracts.metrics.compile import compile_metrics, compiled_inputs
from candid_assets.contracts.metrics.declarations import GRAINS, Metric, Registry
from candid_assets.names import HUB, METRIC_CATALOG, METRIC_VALUES, metric_table
from candid_assets.sql import literal

HUB_OWNER = "team:hub-data"
STATUSES = (
    "on_target",
    "near_target",
    "off_target",
    "incomplete",
    "invalid",
    "no_target",
    "no_data",
)


def _column(
    name: str,
    kind: str,
    description: str,
    *,
    key: int | None = None,
    enum: tuple[str, ...] = (),
    required: bool = False,
) -> Column:
    logical = {"DATE": "date", "VARCHAR": "string", "BOOLEAN": "boolean"}.get(kind, "number")
    return Column(
        name=name,
        header=name,
        logical_type=logical,  # type: ignore[arg-type]
        physical_type=kind,
        description=description,
        required=required or key is not None,
        primary_key_position=key,
        rules={"enum": enum} if enum else {},
    )


_VALUE_COLUMNS = (
    _column("metric", "VARCHAR", "Name of the metric.", key=1),
    _column("grain", "VARCHAR", "Length of the period.", key=2, enum=GRAINS),
    _column("period_start", "DATE", "First day of the period; weeks are ISO weeks and begin "
            "on Monday, days are those of Asia/Jakarta.", key=3),
    _column("dimension", "VARCHAR", "What the value is divided by; 'all' where it is not.",
            key=4),
    _column("member", "VARCHAR", "Member of the dimension; 'all' for the undivided value.",
            key=5),
    _column("value", "DECIMAL(38,6)", "The metric's value; 0 where what is counted did not "
            "happen in the period, blank where that cannot be known or a ratio has nothing to "
            "divide by."),
    _column("unit", "VARCHAR", "Unit of value and target; 'ratio' is a share of 1."),
    _column("target", "DECIMAL(38,6)", "What the value should reach, where one is declared."),
    _column("status", "VARCHAR", "How the value compares with its target: 'incomplete' in a "
            "period that still runs, 'invalid' where the value cannot be right.", enum=STATUSES),
    _column("is_complete", "BOOLEAN", "Whether every source of the metric reaches from the "
            "first day of the period to its last.", required=True),
    _column("target_so_far", "DECIMAL(38,6)", "Of a running period, the target's share of the "
            "worked days that the data reach; blank where the value does not grow by days."),
)  # fmt: skip


_CATALOG_COLUMNS = (
    _column("metric", "VARCHAR", "Name of the metric.", key=1),
    _column("spoke", "VARCHAR", "Spoke that answers for it."),
    _column("label_en", "VARCHAR", "Its name in English."),
    _column("label_id", "VARCHAR", "Its name in Indonesian."),
    _column("description", "VARCHAR", "What it measures and how."),
    _column("when_off", "VARCHAR", "What to do when its value is off."),
    _column("when_off_id", "VARCHAR", "The same in Indonesian."),
    _column("type", "VARCHAR", "Type of the metric: simple, ratio, derived or cumulative."),
    _column("owner", "VARCHAR", "Who answers for it."),
    _column("unit", "VARCHAR", "Unit of its values; 'ratio' is a share of 1."),
    _column("direction", "VARCHAR", "Whether more is better (up), less (down) or neither (none)."),
    _column("grains", "VARCHAR", "Grains that it is computed for."),
    _column("dimensions", "VARCHAR", "Dimensions that it is divided by."),
    _column("target", "VARCHAR", "Target of each grain."),
    _column("expression", "VARCHAR", "How it is computed from its inputs."),
    _column("inputs", "VARCHAR", "Measures that it is made of, with their tables and filters."),
)


def metric_models(registry: Registry, folder: Path) -> tuple[Model, ...]:
    """Return the models of all metrics in the order in which they are built.

    A spoke whose file has a problem is not among them, so that it keeps its last good table.
    """
    if not registry.spokes:
        return ()
    spokes = [s for s in registry.spokes if s not in registry.broken and registry.of(s)]
    groups = [_group(registry, s, folder / f"{s}.yaml") for s in spokes]
    return (*groups, _values(registry, folder), _catalog(registry, folder))


def _group(registry: Registry, spoke: str, path: Path) -> Model:
    metrics = registry.of(spoke)
    sql = compile_metrics(registry, metrics)
    columns = _VALUE_COLUMNS
    description = f"The values of the {len(metrics)} metrics of {spoke}."
    checked = [(m.name, str(m.minimum), str(m.maximum), str(m.jump)) for m in metrics]
    return Model(
        spoke=spoke,
        name=metric_table(spoke),
        description=description,
        grain="One row per metric, grain, period, dimension and member.",
        owner=metrics[0].owner,
        columns=columns,
        sql=sql,
        inputs=compiled_inputs(registry, metrics),
        path=path,
        fingerprint=fingerprint(sql, description, columns, tuple(checked)),
        kind="metrics",
    )


def _values(registry: Registry, folder: Path) -> Model:
    tables = [metric_table(s) for s in registry.spokes if registry.of(s) or s in registry.broken]
    columns = _VALUE_COLUMNS
    names = ", ".join(c.name for c in columns)
    union = "\nunion all\n".join(f"select {names}\nfrom ready.{table}" for table in tables)
    order = "order by metric, grain, dimension, member, period_start"
    sql = f"select {names}\nfrom (\n{union}\n) as spokes\n{order}"
    return _model(METRIC_VALUES, "The values of all metrics of all spokes.", sql, folder, columns,
                  tuple(("ready", table) for table in sorted(tables)))  # fmt: skip


def _catalog(registry: Registry, folder: Path) -> Model:
    rows = ",\n    ".join(f"({', '.join(map(literal, _facts(m)))})" for m in registry.metrics)
    names = ", ".join(c.name for c in _CATALOG_COLUMNS)
    values = (
        f"values\n    {rows}"
        if rows
        else f"select {', '.join(['null'] * len(_CATALOG_COLUMNS))} where false"
    )
    sql = f"select {names}\nfrom (\n    {values}\n) as declared ({names})"
    description = "Every metric with its definition, as the catalog declares it."
    return _model(METRIC_CATALOG, description, sql, folder, _CATALOG_COLUMNS, ())


def _model(
    name: str,
    description: str,
    sql: str,
    folder: Path,
    columns: tuple[Column, ...],
    inputs: tuple[tuple[str, str], ...],
) -> Model:
    grain = "One row per metric" + ("" if name == METRIC_CATALOG else " and what it is valued for")
    return Model(
        spoke=HUB,
        name=name,
        description=description,
        grain=f"{grain}.",
        owner=HUB_OWNER,
        columns=columns,
        sql=sql,
        inputs=inputs,
        path=folder,
        fingerprint=fingerprint(sql, description, columns),
        kind="metrics",
    )


def _facts(metric: Metric) -> Sequence[str]:
    targets = [f"{grain}: {level:f}" for grain, level in metric.target.items()]
    same = len(set(metric.target.values())) == 1 and metric.target_of_members
    return (
        metric.name,
        metric.spoke,
        metric.label,
        metric.label_id,
        metric.description,
        metric.when_off,
        metric.when_off_id,
        metric.type,
        metric.owner,
        metric.unit,
        metric.direction,
        ", ".join(metric.grains),
        ", ".join(metric.dimensions),
        f"{next(iter(metric.target.values())):f}" if same else ", ".join(targets),
        metric.expr if metric.type in {"ratio", "derived"} else _stretch(metric),
        "; ".join(described(alias, metric) for alias in metric.inputs),
    )


def _stretch(metric: Metric) -> str:
    if metric.type == "simple":
        return "value"
    if metric.window_days:
        return f"value of the last {metric.window_days} days"
    return f"value from the start of the {metric.to_date}" if metric.to_date else "value so far"


def described(alias: str, metric: Metric) -> str:
    """Return one input in words: `numerator = sum(qty) of ready.fct_order_lines where …`."""
    one = metric.inputs[alias]
    measure = one.measure
    words = f"{alias} = {measure.aggregation}({measure.expr}) of {measure.source.relation}"
    words += {"max": " on the period's last day", "min": " on its first day", None: ""}[measure.at]
    words += f" where {one.filter}" if one.filter else ""
    words += f", {one.offset[0]} {one.offset[1]} earlier" if one.offset else ""
    return words + (f", {one.fill} where the source has no row" if one.fill is not None else "")
