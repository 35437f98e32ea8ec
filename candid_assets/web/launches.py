"""With which inputs an agent may call the mutations of its role, and who launched a run."""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any, Final

from candid_assets.names import REFRESH_ALL
from candid_assets.settings import Environment
from candid_assets.web.graphql_documents import read_json
from candid_assets.web.policy import Policy
from candid_assets.web.refusal import Refused
from candid_assets.web.users import User

LAUNCHED_BY: Final = "candid/launched_by"
"""The tag that tells whose run it is; only the server sets it."""
ANY_ASSETS: Final = "__ASSET_JOB"
"""Dagster's job of a selection of assets, whichever."""

Ask = Callable[[str, dict[str, Any]], Awaitable[dict[str, Any]]]
"""Runs a GraphQL query on the server itself and returns its data."""

_JOBS_OF: Final = """query($keys: [AssetKeyInput!]) {
  assetNodes(assetKeys: $keys) { assetKey { path } jobNames } }"""
_TAGS_OF: Final = """query($run: ID!) {
  runOrError(runId: $run) { ... on Run { tags { key value } } } }"""
_LAUNCH: Final = ("launchRun", "launchPipelineExecution")


def sign_launches(user: User, arguments: Iterable[dict[str, Any]]) -> None:
    """Note in the tags of every launch whose it is, whatever the request says of that."""
    for asked in arguments:
        for holder, name in _places_of_tags(asked):
            tags = [tag for tag in _many(holder.get(name)) if _said(tag, "key") != LAUNCHED_BY]
            holder[name] = [*tags, {"key": LAUNCHED_BY, "value": user.name}]


def _places_of_tags(asked: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    for name in ("executionParams", "executionParamsList"):
        for params in _many(asked.get(name)):
            if isinstance(params, dict):
                if not isinstance(params.get("executionMetadata"), dict):
                    params["executionMetadata"] = {}
                yield params["executionMetadata"], "tags"
    again, backfill = asked.get("reexecutionParams"), asked.get("backfillParams")
    if isinstance(again, dict):
        yield again, "extraTags"
    if isinstance(backfill, dict):
        yield backfill, "tags"


async def examine(
    user: User, env: Environment, policy: Policy, name: str, asked: dict[str, Any], ask: Ask
) -> None:
    """Return if an agent may call a mutation of its role with these arguments.

    Raises:
        Refused: It may not; the reason names what it may.
    """
    if name in _LAUNCH:
        await _examine_launch(user, env, policy, asked, ask)
    elif name in ("terminateRun", "terminatePipelineExecution", "terminateRuns"):
        for run in [*_many(asked.get("runId")), *_many(asked.get("runIds"))]:
            await _examine_owner(user, str(run), ask)
    elif name == "reportRunlessAssetEvents":
        event = asked.get("eventParams")
        examine_report(env, policy, _said(event, "eventType"))
    else:
        raise Refused(403, f"an agent may not call {name}")


def examine_report(env: Environment, policy: Policy, kind: str) -> None:
    """Return if an agent may report this kind of event.

    Raises:
        Refused: It may not.
    """
    allowed = policy.agent.reports.get(env, frozenset())
    if kind not in allowed:
        told = ", ".join(sorted(allowed)) or "nothing"
        raise Refused(403, f"an agent may report {told} in {env}")


async def _examine_launch(
    user: User, env: Environment, policy: Policy, asked: dict[str, Any], ask: Ask
) -> None:
    params = asked.get("executionParams")
    if not isinstance(params, dict) or not isinstance(params.get("selector"), dict):
        raise Refused(400, "executionParams needs a selector")
    selector = params["selector"]
    spare = [n for n in ("stepKeys", "preset") if params.get(n)]
    spare += [n for n in ("solidSelection",) if selector.get(n)]
    metadata = params.get("executionMetadata") or {}
    spare += [n for n in ("rootRunId", "parentRunId") if metadata.get(n)]
    if spare:
        raise Refused(403, f"an agent launches without {', '.join(spare)}")
    _examine_tags(_many(metadata.get("tags")))
    params["runConfigData"] = _examined(params.get("runConfigData"), policy.agent.flags)
    assets = [*_keys(selector.get("assetSelection"))]
    assets += [
        key
        for check in _many(selector.get("assetCheckSelection"))
        for key in _keys(check.get("assetKey") if isinstance(check, dict) else None)
    ]
    jobs = {str(selector[n]) for n in ("jobName", "pipelineName") if selector.get(n) is not None}
    if not jobs:
        raise Refused(400, "the selector names no job")
    for job in sorted(jobs):
        if job == ANY_ASSETS:
            await _examine_assets(user, env, policy, assets, ask)
        elif not policy.may_launch(user, env, job):
            allowed = ", ".join(policy.jobs_of(user, env)) or "no job"
            raise Refused(403, f"{user.name} may launch {allowed} in {env}, not {job}")


async def _examine_assets(
    user: User, env: Environment, policy: Policy, assets: list[list[str]], ask: Ask
) -> None:
    if policy.may_launch(user, env, REFRESH_ALL):
        return
    if not assets:
        raise Refused(403, f"{user.name} must name the assets to launch")
    answer = await ask(_JOBS_OF, {"keys": [{"path": path} for path in assets]})
    jobs = {tuple(n["assetKey"]["path"]): n["jobNames"] for n in answer.get("assetNodes") or []}
    for path in assets:
        if not any(policy.may_launch(user, env, job) for job in jobs.get(tuple(path), [])):
            allowed = ", ".join(policy.jobs_of(user, env)) or "no job"
            raise Refused(403, f"{'/'.join(path)} is in no job of {user.name} ({allowed})")


async def _examine_owner(user: User, run: str, ask: Ask) -> None:
    answer = await ask(_TAGS_OF, {"run": run})
    tags = (answer.get("runOrError") or {}).get("tags") or []
    if {"key": LAUNCHED_BY, "value": user.name} not in tags:
        raise Refused(403, f"{user.name} did not launch run {run[:36]} and may not end it")


def _examine_tags(tags: list[Any]) -> None:
    reserved = sorted({_said(t, "key") for t in tags if _reserved(_said(t, "key"))})
    if reserved:
        raise Refused(403, f"an agent does not set the tags {', '.join(reserved)}")


def _reserved(key: str) -> bool:
    # Who launched a run may be said by anybody: what the server knows takes its place.
    said = key.lower().lstrip(".")
    return said.startswith(("dagster", "candid/")) and key != LAUNCHED_BY


def _examined(config: Any, flags: frozenset[str]) -> dict[str, Any]:
    """Return a run's configuration if it sets nothing but flags of the refresh.

    Resources are configuration too: another file as the warehouse would be a way around.
    """
    if isinstance(config, str) and config.strip():
        config = read_json(config)
    whole: Any = config or {}
    rest = whole
    for step in ("ops", "refresh", "config"):
        if not isinstance(rest, dict) or set(rest) - {step}:
            raise Refused(403, "an agent configures nothing but the flags of a refresh")
        rest = rest.get(step) or {}
    if not isinstance(rest, dict) or set(rest) - flags:
        raise Refused(403, f"an agent sets no flags but {', '.join(sorted(flags))}")
    return dict(whole)


def _keys(selection: Any) -> Iterator[list[str]]:
    for key in _many(selection):
        yield [str(part) for part in _many(key.get("path") if isinstance(key, dict) else None)]


def _many(value: Any) -> list[Any]:
    """Return a list as GraphQL does, which takes one item for a list of one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _said(value: Any, name: str) -> str:
    return str(value.get(name)) if isinstance(value, dict) else ""
