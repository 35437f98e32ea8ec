"""Checks the inputs of an agent's mutations, and tags each launched run with its user."""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from candid_assets.names import LAUNCHED_BY, refresh_operation
from candid_assets.settings import Environment
from candid_assets.web.graphql_documents import read_json
from candid_assets.web.policy import Policy
from candid_assets.web.refusal import Refused
from candid_assets.web.users import User

"""The tag with the user who launched a run; only the server sets it."""
ANY_ASSETS: Final = "__ASSET_JOB"
"""Dagster's implicit job of any selection of assets."""

RunQuery = Callable[[str, dict[str, Any]], Awaitable[dict[str, Any]]]
"""Runs a GraphQL query on this server and returns its data."""

_JOBS_OF: Final = """query($keys: [AssetKeyInput!]) {
  assetNodes(assetKeys: $keys) { assetKey { path } jobNames } }"""
_TAGS_OF: Final = """query($run: ID!) {
  runOrError(runId: $run) { ... on Run { tags { key value } } } }"""
_LAUNCH: Final = ("launchRun", "launchPipelineExecution")


def sign_launches(user: User, arguments: Iterable[dict[str, Any]]) -> None:
    """Set the tag of the launching user on every launch, replacing one that the request gives."""
    for given in arguments:
        for holder, name in _tag_lists(given):
            tags = [tag for tag in _many(holder.get(name)) if _text_of(tag, "key") != LAUNCHED_BY]
            holder[name] = [*tags, {"key": LAUNCHED_BY, "value": user.name}]


def _tag_lists(given: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    for name in ("executionParams", "executionParamsList"):
        for params in _many(given.get(name)):
            if isinstance(params, dict):
                if not isinstance(params.get("executionMetadata"), dict):
                    params["executionMetadata"] = {}
                yield params["executionMetadata"], "tags"
    again, backfill = given.get("reexecutionParams"), given.get("backfillParams")
    if isinstance(again, dict):
        yield again, "extraTags"
    if isinstance(backfill, dict):
        yield backfill, "tags"


@dataclass(frozen=True, slots=True)
class Reported:
    """What an agent reports: the kind of event, and the path of the asset's key."""

    kind: str
    path: list[str]


async def examine(
    user: User,
    env: Environment,
    policy: Policy,
    name: str,
    given: dict[str, Any],
    run_query: RunQuery,
) -> None:
    """Check that an agent may call a mutation of its role with these arguments.

    Raises:
        Refused: It may not; the reason names what is allowed.
    """
    if name in _LAUNCH:
        await _examine_launch(user, env, policy, given, run_query)
    elif name in ("terminateRun", "terminatePipelineExecution", "terminateRuns"):
        for run in [*_many(given.get("runId")), *_many(given.get("runIds"))]:
            await _examine_owner(user, str(run), run_query)
    elif name == "reportRunlessAssetEvents":
        event = given.get("eventParams")
        key = event.get("assetKey") if isinstance(event, dict) else None
        reported = Reported(_text_of(event, "eventType"), next(_keys(key), []))
        await examine_report(user, env, policy, reported, run_query)
    else:
        raise Refused(403, f"an agent may not call {name}")


async def examine_report(
    user: User, env: Environment, policy: Policy, reported: Reported, run_query: RunQuery
) -> None:
    """Check that an agent may report this event of this asset.

    Raises:
        Refused: It may not; the reason names what is allowed.
    """
    allowed = policy.agent.reports.get(env, frozenset())
    if reported.kind not in allowed:
        kinds = ", ".join(sorted(allowed)) or "nothing"
        raise Refused(403, f"an agent may report {kinds} in {env}")
    if not reported.path:
        raise Refused(400, "the asset that is reported is not named")
    await _examine_assets(user, env, policy, [reported.path], run_query)


async def _examine_launch(
    user: User, env: Environment, policy: Policy, given: dict[str, Any], run_query: RunQuery
) -> None:
    params = given.get("executionParams")
    if not isinstance(params, dict) or not isinstance(params.get("selector"), dict):
        raise Refused(400, "executionParams needs a selector")
    selector = params["selector"]
    refused = [n for n in ("stepKeys", "preset") if params.get(n)]
    refused += [n for n in ("solidSelection",) if selector.get(n)]
    metadata = params.get("executionMetadata") or {}
    refused += [n for n in ("rootRunId", "parentRunId") if metadata.get(n)]
    if refused:
        raise Refused(403, f"an agent launches without {', '.join(refused)}")
    _examine_tags(_many(metadata.get("tags")))
    assets = [*_keys(selector.get("assetSelection"))]
    assets += [
        key
        for check in _many(selector.get("assetCheckSelection"))
        for key in _keys(check.get("assetKey") if isinstance(check, dict) else None)
    ]
    jobs = {str(selector[n]) for n in ("jobName", "pipelineName") if selector.get(n) is not None}
    if not jobs:
        raise Refused(400, "the selector names no job")
    operation = refresh_operation(min(jobs))
    config = params.get("runConfigData")
    params["runConfigData"] = _checked_config(config, operation, policy.agent.flags)
    for job in sorted(jobs - {ANY_ASSETS}):
        if not policy.may_launch(user, env, job):
            allowed = ", ".join(policy.jobs_of(user, env)) or "no job"
            raise Refused(403, f"{user.name} may launch {allowed} in {env}, not {job}")
    # Dagster takes a selection for what is run, whether or not the job that is named has it.
    selects = any(selector.get(n) is not None for n in ("assetSelection", "assetCheckSelection"))
    if ANY_ASSETS in jobs or selects:
        if not _many(selector.get("assetSelection")):
            # Without assets it is checks alone, or all that the job has: neither is asked for.
            assets = []
        await _examine_assets(user, env, policy, assets, run_query)


async def _examine_assets(
    user: User, env: Environment, policy: Policy, assets: list[list[str]], run_query: RunQuery
) -> None:
    if not assets:
        raise Refused(403, f"{user.name} must name the assets")
    answer = await run_query(_JOBS_OF, {"keys": [{"path": path} for path in assets]})
    jobs = {tuple(n["assetKey"]["path"]): n["jobNames"] for n in answer.get("assetNodes") or []}
    for path in assets:
        if not any(policy.may_launch(user, env, job) for job in jobs.get(tuple(path), [])):
            allowed = ", ".join(policy.jobs_of(user, env)) or "no job"
            raise Refused(403, f"{'/'.join(path)} is in no job of {user.name} ({allowed})")


async def _examine_owner(user: User, run: str, run_query: RunQuery) -> None:
    answer = await run_query(_TAGS_OF, {"run": run})
    tags = (answer.get("runOrError") or {}).get("tags") or []
    if {"key": LAUNCHED_BY, "value": user.name} not in tags:
        raise Refused(403, f"{user.name} did not launch run {run[:36]} and may not end it")


def _examine_tags(tags: list[Any]) -> None:
    reserved = sorted({_text_of(t, "key") for t in tags if _reserved(_text_of(t, "key"))})
    if reserved:
        raise Refused(403, f"an agent does not set the tags {', '.join(reserved)}")


def _reserved(key: str) -> bool:
    # LAUNCHED_BY may be given: the server replaces it by the authenticated user.
    plain = key.lower().lstrip(".")
    return plain.startswith(("dagster", "candid/")) and key != LAUNCHED_BY


def _checked_config(config: Any, operation: str, flags: frozenset[str]) -> dict[str, Any]:
    """Return a run's configuration, which may set only flags of the refresh.

    Resources are configuration too: a run could otherwise write to another warehouse.

    Raises:
        Refused: It sets anything else.
    """
    if isinstance(config, str) and config.strip():
        config = read_json(config)
    whole: Any = config or {}
    rest = whole
    for step in ("ops", operation, "config"):
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
    """Return the value as a list, one item as a list of one, as GraphQL coerces lists."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _text_of(value: Any, name: str) -> str:
    return str(value.get(name)) if isinstance(value, dict) else ""
