"""A new Dagster may bring routes and mutations; until the policy names them nobody has them."""

import pytest
from dagster_graphql.schema import create_schema
from starlette.routing import Match, Route

from candid_assets.web.guard import GuardedRoute
from candid_assets.web.policy import load_policy

SCHEMA = create_schema().graphql_schema
OURS = {"/login", "/logout"}


def named(kind, web):
    routes = [r for r in web.app.routes if isinstance(r, GuardedRoute) and r.kind == kind]
    return {route.path for route in routes}


def test_every_route_of_the_webserver_is_guarded_or_a_page_of_login(web):
    bare = {r.path for r in web.app.routes if not isinstance(r, GuardedRoute)}
    assert bare == OURS


@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_the_policy_names_every_route_of_dagster_and_no_other(web, kind):
    assert named(kind, web) == set(getattr(load_policy(), kind))


def test_the_policy_names_every_mutation_of_dagster_and_no_other():
    assert set(SCHEMA.mutation_type.fields) == set(load_policy().mutations)


def test_the_policy_names_every_subscription_of_dagster_and_no_other():
    assert set(SCHEMA.subscription_type.fields) == set(load_policy().subscriptions)


def test_every_mutation_that_takes_what_a_launch_takes_counts_as_a_launch():
    inputs = ("ExecutionParams", "ReexecutionParams", "LaunchBackfillParams")
    launches = {
        name
        for name, field in SCHEMA.mutation_type.fields.items()
        if any(kind in str(arg.type) for arg in field.args.values() for kind in inputs)
    }
    assert launches | {"resumePartitionBackfill"} == load_policy().launches


def test_a_viewer_has_no_mutation_and_an_agent_no_more_than_six():
    mutations = load_policy().mutations
    assert not [name for name, roles in mutations.items() if "viewer" in roles]
    assert {name for name, roles in mutations.items() if "agent" in roles} == {
        *("launchRun", "launchPipelineExecution", "reportRunlessAssetEvents"),
        *("terminateRun", "terminatePipelineExecution", "terminateRuns"),
    }


def test_route_that_the_policy_does_not_name_is_refused_to_everybody(web):
    known = next(r for r in web.app.routes if isinstance(r, GuardedRoute))
    new = GuardedRoute(Route("/brand_new", lambda _: None), known.judge, known.subscriptions)
    scope = {"type": "http", "path": "/brand_new", "method": "GET", "root_path": ""}
    assert new.matches(scope)[0] is Match.FULL
    assert new.roles == ()


def test_an_agent_is_refused_every_mutation_but_those_of_its_role(web):
    for name, roles in load_policy().mutations.items():
        if "agent" in roles:
            continue
        answer = web.ask("data-eng", f"mutation {{ {name} }}")
        assert answer.status == 403, name
        assert f"may not call {name}" in answer.json["errors"][0]["message"]


def test_a_viewer_is_refused_every_mutation_of_dagster_by_its_name(web):
    for name in SCHEMA.mutation_type.fields:
        assert web.ask("dimas", f"mutation {{ {name} }}").status == 403, name
