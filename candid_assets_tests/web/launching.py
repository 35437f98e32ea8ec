"""Generates what an agent may ask the webserver to run, and compares it with what Dagster would.

The document is judged by the webserver's own judge. What is left of it is read by Dagster's own
functions, and the assets and checks are those of the job that Dagster would execute.
"""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from random import Random

import dagster as dg
from dagster._core.errors import DagsterError
from dagster_graphql.implementation.utils import UserFacingGraphQLError
from dagster_graphql.schema.roots.mutation import execution_params_from_graphql
from dagster_shared.check import CheckError
from graphql import GraphQLError, GraphQLSchema, parse
from graphql.execution.values import get_argument_values, get_variable_values

from candid_assets.definitions import build_definitions
from candid_assets.web.graphql_documents import read_operation
from candid_assets.web.guard import GuardedRoute
from candid_assets.web.identity import Principal
from candid_assets.web.mutations import Judge
from candid_assets.web.refusal import Refused
from candid_assets.web.users import User
from candid_assets_tests.web.conftest import SELECTOR

LAUNCHES = ("launchRun", "launchPipelineExecution")
OTHERS = {
    "launchMultipleRuns": "executionParamsList: [%s]",
    "launchRunReexecution": 'reexecutionParams: {parentRunId: "x", strategy: ALL_STEPS}',
    "launchPipelineReexecution": "executionParams: %s",
    "launchPartitionBackfill": "backfillParams: {allPartitions: true}",
    "resumePartitionBackfill": 'backfillId: "x"',
}
REPORTS = ("ASSET_MATERIALIZATION", "ASSET_OBSERVATION")
PATTERNS = (
    *(("refresh_gudang",), ("refresh_toko",), ("export_files",), ("refresh_all",), (), None),
    *(("refresh_*",), ("refresh_gudang", "export_files"), ("refresh_g*",), ("__ASSET_JOB",)),
)
KINDS = {
    "launchRun": "ExecutionParams!",
    "reportRunlessAssetEvents": "ReportRunlessAssetEventsParams!",
}


@dataclass
class Tally:
    """What became of the generated launches."""

    tried: int = 0
    refused: int = 0
    nothing: int = 0
    """Allowed, and Dagster would execute nothing of it."""
    within: int = 0
    beyond: list[str] = field(default_factory=list)
    """Each that would touch an asset or check that the agent may not."""


class Launches:
    """One agent after the other asks for anything."""

    def __init__(self, web, seed: int) -> None:
        route = next(r for r in web.app.routes if isinstance(r, GuardedRoute))
        self.judge: Judge = replace(route.judge, client=Remembered(route.judge.client))
        self.schema: GraphQLSchema = route.judge.schema
        self.repository = build_definitions(web.settings).get_repository_def()
        self.random = Random(seed)  # noqa: S311
        self.jobs = [job.name for job in self.repository.get_all_jobs()]
        whole = self.repository.get_job("__ASSET_JOB").asset_layer
        self.assets = sorted(whole.selected_asset_keys)
        self.checks = sorted(whole.asset_graph.asset_check_keys, key=str)
        self._touched: dict[object, frozenset[object]] = {}

    def tally(self, count: int) -> Tally:
        """Generate so many launches and judge each."""
        tally = Tally()
        for _ in range(count):
            user = User(name="narrow", role="agent", jobs=self.random.choice(PATTERNS))
            request = self.request()
            tally.tried += 1
            try:
                operation = read_operation(request)
                scope = {"type": "http", "headers": [], "path": "/graphql", "method": "POST"}
                scope["candid.principal"] = Principal(user, "token")
                asyncio.run(self.judge._judge(scope, scope["candid.principal"], operation))
            except Refused:
                tally.refused += 1
                continue
            touched = frozenset().union(*self.touched_by(json.loads(operation.body)))
            beyond = touched - self.allowed(user)
            if beyond:
                tally.beyond.append(f"{user.jobs}: {request} touches {sorted(map(str, beyond))}")
            elif touched:
                tally.within += 1
            else:
                tally.nothing += 1
        return tally

    def allowed(self, user: User) -> frozenset[object]:
        """Return the assets and checks of the jobs that a user may launch."""
        patterns = ("refresh_*",) if user.jobs is None else user.jobs
        jobs = [job for job in self.jobs if any(fnmatchcase(job, p) for p in patterns)]
        return frozenset().union(*(self.touched_by_job(job, None, None) for job in jobs))

    def touched_by(self, request: dict) -> Iterator[frozenset[object]]:
        """Yield what Dagster would execute, or write events of, for each field of a request."""
        (operation,) = (d for d in parse(request["query"]).definitions if d.kind[0] == "o")
        fields = read_operation(request).fields
        values = get_variable_values(
            self.schema, operation.variable_definitions, request["variables"]
        )
        if isinstance(values, list):
            return
        for node in fields:
            kind = self.schema.mutation_type.fields[node.name.value]
            try:
                arguments = get_argument_values(kind, node, values)
                if "eventParams" in arguments:
                    path = arguments["eventParams"]["assetKey"]["path"]
                    yield frozenset([dg.AssetKey(path)])
                    continue
                params = execution_params_from_graphql(arguments["executionParams"])
            except (GraphQLError, UserFacingGraphQLError, CheckError, KeyError, TypeError):
                continue
            selector = params.selector
            assets, checks = selector.asset_selection, selector.asset_check_selection
            yield self.touched_by_job(
                selector.job_name,
                frozenset(assets) if assets else None,
                frozenset(checks) if checks is not None else None,
            )

    def touched_by_job(self, job, assets, checks) -> frozenset[object]:
        asked = (job, assets, checks)
        if asked not in self._touched:
            try:
                subset = self.repository.get_maybe_subset_job_def(job, None, assets, checks)
                layer = subset.asset_layer
                self._touched[asked] = (
                    layer.selected_asset_keys | layer.asset_graph.asset_check_keys
                )
            except (DagsterError, CheckError):
                self._touched[asked] = frozenset()
        return self._touched[asked]

    # What is asked for

    def request(self) -> dict:
        names = [self.name() for _ in range(self.random.choice([1, 1, 1, 2]))]
        variables: dict = {}
        defined: list[str] = []
        fields = []
        for number, name in enumerate(names):
            fields.append(f"f{number}: {name}({self.argument(name, variables, defined)})")
        body = " ".join(f"{text} {{ __typename }}" for text in fields)
        if self.random.random() < 0.2:
            body = f"...F }} fragment F on Mutation {{ {body}"
        elif self.random.random() < 0.2:
            body = f"... on Mutation {{ {body} }}"
        head = f"({', '.join(defined)})" if defined else ""
        return {"query": f"mutation M{head} {{ {body} }}", "variables": variables}

    def name(self) -> str:
        drawn = self.random.random()
        if drawn < 0.8:
            return self.random.choice(LAUNCHES)
        return "reportRunlessAssetEvents" if drawn < 0.94 else self.random.choice([*OTHERS])

    def argument(self, name: str, variables: dict, defined: list[str]) -> str:
        if name in OTHERS:
            text = OTHERS[name]
            return text % literal(self.params()) if "%s" in text else text
        report = name == "reportRunlessAssetEvents"
        argument = "eventParams" if report else "executionParams"
        value = self.report() if report else self.params()
        drawn, variable = self.random.random(), f"v{len(defined)}"
        kind = KINDS["reportRunlessAssetEvents" if report else "launchRun"]
        if drawn < 0.4:
            variables[variable] = value
            defined.append(f"${variable}: {kind}")
        elif drawn < 0.5:
            defined.append(f"${variable}: {kind.rstrip('!')} = {literal(value)}")
        elif drawn < 0.6 and not report:
            variables[variable] = value["selector"]
            defined.append(f"${variable}: JobOrPipelineSelector!")
            rest = literal({k: v for k, v in value.items() if k != "selector"})
            return f"{argument}: {{selector: ${variable}, {rest[1:]}"
        else:
            return f"{argument}: {literal(value)}"
        return f"{argument}: ${variable}"

    def report(self) -> dict:
        kind = Enum(self.random.choice(REPORTS))
        event = {"eventType": kind, "assetKey": self.key(self.random.choice(self.assets))}
        if self.random.random() < 0.2:
            event["partitionKeys"] = ["2026-01-01"]
        return event

    def params(self) -> dict:
        maybe = self.random.random
        selector = dict(SELECTOR)
        if maybe() < 0.95:
            selector["jobName"] = self.job()
        if maybe() < 0.15:
            selector["pipelineName"] = self.job()
        if maybe() < 0.6:
            selector["assetSelection"] = self.many(self.assets, self.key)
        if maybe() < 0.3:
            selector["assetCheckSelection"] = self.many(self.checks, self.check)
        if maybe() < 0.05:
            selector["solidSelection"] = self.random.choice([[], ["refresh"], ["*"]])
        params = {"selector": selector, "runConfigData": self.random.choice([{}, "{}", ""])}
        if maybe() < 0.05:
            params["stepKeys"] = self.random.choice([[], ["refresh"]])
        if maybe() < 0.3:
            params["executionMetadata"] = self.metadata()
        return params

    def metadata(self) -> dict:
        keys = (
            *("note", "candid/launched_by", "dagster/partition", "dagster/backfill"),
            *("dagster/asset_partition_range_start", ".dagster/x", "dagster/parent_run_id"),
        )
        metadata: dict = {"tags": [{"key": self.random.choice(keys), "value": "2026-01-01"}]}
        if self.random.random() < 0.2:
            metadata[self.random.choice(["parentRunId", "rootRunId"])] = "x"
        return metadata

    def job(self) -> str:
        strange = ("REFRESH_GUDANG", "", "refresh_gudang ", "refresh_*", "no_such")
        return self.random.choice([*self.jobs, *self.jobs, *strange])

    def many(self, items, how):
        size = self.random.choice([0, 1, 1, 1, 2, 3])
        drawn = [how(self.random.choice(items)) for _ in range(size)]
        # GraphQL takes one item for a list of one.
        return drawn[0] if size == 1 and self.random.random() < 0.3 else drawn

    def key(self, key: dg.AssetKey) -> dict:
        path = list(key.path)
        if self.random.random() < 0.05:
            path = self.random.choice([[*path, ""], [path[0]], ["/".join(path)], path[::-1]])
        return {"path": path}

    def check(self, key: dg.AssetCheckKey) -> dict:
        name = key.name if self.random.random() < 0.9 else "rows_conserved"
        return {"assetKey": self.key(key.asset_key), "name": name}


class Enum(str):
    """A word that a document writes without quotes."""


class Remembered:
    """Asks the real schema once for each question: it says the same to every agent."""

    def __init__(self, client) -> None:
        self.client, self.answers = client, {}

    def within(self, scope):
        ask = self.client.within(scope)

        async def run_query(query, variables):
            asked = json.dumps([query, variables], sort_keys=True)
            if asked not in self.answers:
                self.answers[asked] = await ask(query, variables)
            return self.answers[asked]

        return run_query


def literal(value) -> str:
    """Return a value as a GraphQL document writes it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {literal(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, value)) + "]"
    return str(value) if isinstance(value, Enum) else json.dumps(value)
