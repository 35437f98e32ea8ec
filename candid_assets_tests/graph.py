"""The asset graph as plain text: what a reviewer reads when a contract or model changes."""

from collections.abc import Iterator

import dagster as dg

from candid_assets.definitions import defs


def graph_text() -> str:
    """Return assets with group, upstream and checks, then jobs, schedules and sensors."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    graph = defs.resolve_asset_graph()
    checks: dict[dg.AssetKey, list[str]] = {}
    for check in graph.asset_check_keys:
        blocking = "!" if graph.get(check).blocking else ""
        checks.setdefault(check.asset_key, []).append(check.name + blocking)
    for key in sorted(graph.get_all_asset_keys(), key=lambda k: k.path):
        node = graph.get(key)
        upstream = ", ".join(sorted(k.to_user_string() for k in node.parent_keys))
        yield f"{key.to_user_string()}  [{node.group_name}]" + (
            f"  <- {upstream}" if upstream else ""
        )
        if key in checks:
            yield f"    checks {' '.join(sorted(checks[key]))}"
    repository = defs.get_repository_def()
    for job in sorted(j.name for j in repository.get_all_jobs() if not j.name.startswith("__")):
        yield f"job {job}"
    for schedule in repository.schedule_defs:
        yield f"schedule {schedule.name} {schedule.cron_schedule} {schedule.execution_timezone}"
    for sensor in repository.sensor_defs:
        yield f"sensor {sensor.name}"
