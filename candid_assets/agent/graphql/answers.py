"""Assets, checks, lineage and finished runs as the webserver answers them, shaped for JSON."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from candid_assets.agent.graphql import queries
from candid_assets.agent.graphql.client import UnknownNameError, Webserver
from candid_assets.agent.graphql.runs import chosen_assets, find_run, recent_runs, report_file
from candid_assets.near_names import hint

LINKS_SHOWN: Final = 10
PAGES: Final = 200


def status(web: Webserver, limit: int) -> dict[str, Any]:
    """Return the webserver's health and its newest runs."""
    answer = web.ask(queries.HEALTH)
    daemons = answer["instance"]["daemonHealth"]["allDaemonStatuses"]
    locations = answer["locationStatusesOrError"].get("entries", [])
    return {
        "env": web.settings.env,
        "url": web.url,
        "dagster": answer["version"],
        "daemon": all(d["healthy"] for d in daemons if d["required"]),
        "code_locations": {e["name"]: e["loadStatus"] for e in locations},
        "runs": recent_runs(web, limit),
    }


def assets(web: Webserver, names: Sequence[str]) -> list[dict[str, Any]]:
    """Return the state of assets, all of them where none is named."""
    states = []
    for node in web.ask(queries.ASSETS, keys=_keys(web, names))["assetNodes"]:
        last = (node["assetMaterializations"] or [None])[0]
        entries = {e["label"]: e for e in last["metadataEntries"]} if last else {}
        fresh = node["freshnessStatusInfo"]
        states.append(
            {
                "asset": _name(node["assetKey"]),
                "group": node["groupName"],
                "stale": node["staleStatus"],
                "freshness": fresh["freshnessStatus"] if fresh else None,
                "built_at": _moment(last["timestamp"]) if last else None,
                "rows": entries.get("dagster/row_count", {}).get("intValue"),
                "run_id": last["runId"] if last else None,
            }
        )
    return sorted(states, key=lambda a: a["asset"])


def checks(web: Webserver, names: Sequence[str], *, failed: bool) -> list[dict[str, Any]]:
    """Return the outcome of the checks of assets, with links to cells."""
    outcomes = []
    for node in web.ask(queries.CHECKS, keys=_keys(web, names))["assetNodes"]:
        for check in node["assetChecksOrError"].get("checks", []):
            outcome = _check(_name(node["assetKey"]), check)
            if not failed or outcome["passed"] is False:
                outcomes.append(outcome)
    return sorted(outcomes, key=lambda c: (c["asset"], c["check"]))


def lineage(web: Webserver, name: str, *, up: bool) -> dict[str, Any]:
    """Return the assets above or below one; for `layer.table.column` the columns above it.

    Raises:
        UnknownNameError: No such asset or column.
    """
    nodes = web.ask(queries.GRAPH)["assetNodes"]
    side = "dependencyKeys" if up else "dependedByKeys"
    edges = {_name(n["assetKey"]): [_name(k) for k in n[side]] for n in nodes}
    table = name.replace("/", ".")
    if table in edges:
        reached = _reached(edges, table)
        return {"asset": table, "direction": "up" if up else "down", "assets": reached}
    table, _, column = table.rpartition(".")
    if table not in edges:
        raise UnknownNameError(f"no asset is called {name!r}{hint(name, edges)}")
    above = {_name(n["assetKey"]): [_name(k) for k in n["dependencyKeys"]] for n in nodes}
    return {
        "column": f"{table}.{column}",
        "direction": "up",
        "columns": _columns_above(web, above, table, column),
    }


def report(web: Webserver, run_id: str) -> dict[str, Any]:
    """Return what a run did, what failed and why, and its report where this machine has it."""
    run = find_run(web, run_id)
    failures: list[str] = []
    failed: list[dict[str, Any]] = []
    cursor: str | None = None
    for _ in range(PAGES):
        page = web.ask(queries.FAILURES, id=run["run_id"], cursor=cursor)["logsForRun"]
        for event in page.get("events", []):
            if event["__typename"] == "AssetCheckEvaluationEvent":
                failed += _failed(event["evaluation"])
            # The failure of the run only repeats that of a step.
            elif event["__typename"] == "ExecutionStepFailureEvent" or (
                event["__typename"] == "RunFailureEvent" and not failures
            ):
                failures.append(_reason(event))
        cursor = page.get("cursor")
        if not page.get("hasMore"):
            break
    file = report_file(web, run["run_id"])
    return run | {
        "failures": list(dict.fromkeys(failures)),
        "checks_failed": failed,
        "report": str(file) if file else None,
        "text": file.read_text(encoding="utf-8") if file else None,
    }


def _keys(web: Webserver, names: Sequence[str]) -> list[dict[str, list[str]]] | None:
    return [{"path": p} for p in chosen_assets(web, names).values()] if names else None


def _check(asset: str, check: Mapping[str, Any]) -> dict[str, Any]:
    done = check["executionForLatestMaterialization"] or {}
    evaluation = done.get("evaluation") or {}
    links: list[str] = []
    for entry in evaluation.get("metadataEntries", []):
        links += [entry["url"]] if entry.get("url") else _links(entry.get("mdStr") or "")
    return {
        "asset": asset,
        "check": check["name"],
        "blocking": check["blocking"],
        "passed": evaluation.get("success"),
        "severity": evaluation.get("severity"),
        "message": evaluation.get("description"),
        "cells": links[:LINKS_SHOWN],
        "run_id": done.get("runId"),
        "checked_at": _moment(done.get("timestamp")),
    }


def _links(markdown: str) -> list[str]:
    return [part.split(")")[0] for part in markdown.split("](")[1:]]


def _reached(edges: Mapping[str, Sequence[str]], start: str) -> list[str]:
    seen: dict[str, None] = {}
    waiting = list(edges[start])
    while waiting:
        name = waiting.pop(0)
        if name not in seen:
            seen[name] = None
            waiting += edges.get(name, [])
    return list(seen)


def _columns_above(
    web: Webserver, above: Mapping[str, Sequence[str]], table: str, column: str
) -> list[str]:
    tables = [table, *_reached(above, table)]
    keys = [{"path": t.split(".")} for t in tables]
    edges: dict[str, list[str]] = {}
    for node in web.ask(queries.COLUMNS, keys=keys)["assetNodes"]:
        for last in node["assetMaterializations"]:
            for entry in last["metadataEntries"]:
                for column_deps in entry.get("lineage") or []:
                    edges[f"{_name(node['assetKey'])}.{column_deps['columnName']}"] = [
                        f"{_name(d['assetKey'])}.{d['columnName']}"
                        for d in column_deps["columnDeps"]
                    ]
    start = f"{table}.{column}"
    if start not in edges:
        known = [e for e in edges if e.startswith(f"{table}.")]
        raise UnknownNameError(f"no column is called {start!r}{hint(start, known)}")
    return _reached(edges, start)


def _failed(evaluation: Mapping[str, Any]) -> list[dict[str, Any]]:
    if evaluation["success"]:
        return []
    return [
        {
            "asset": _name(evaluation["assetKey"]),
            "check": evaluation["checkName"],
            "severity": evaluation["severity"],
            "message": evaluation["description"],
        }
    ]


def _reason(event: Mapping[str, Any]) -> str:
    error = event.get("error") or {}
    cause = error.get("cause") or {}
    message = str(cause.get("message") or error.get("message") or event["message"]).strip()
    return message.removeprefix("dagster._core.definitions.events.Failure: ")


def _name(key: Mapping[str, Sequence[str]]) -> str:
    return ".".join(key["path"])


def _moment(stamp: str | float | None) -> str | None:
    if stamp is None:
        return None
    seconds = float(stamp)
    seconds = seconds / 1000 if seconds > 1e11 else seconds
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
