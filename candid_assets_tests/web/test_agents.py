"""What an agent may launch, end and report, and what it may not however it is written."""

import pytest

from candid_assets_tests.web.conftest import LAUNCH, SELECTOR

END = "mutation($r: String!) { terminateRun(runId: $r) { __typename } }"
REPORT = """mutation($e: ReportRunlessAssetEventsParams!) {
  reportRunlessAssetEvents(eventParams: $e) { __typename } }"""
ASSET = {"path": ["raw", "gudang__harian"]}
ELSEWHERE = {"path": ["raw", "toko__harian"]}


def launched(answer):
    data = answer.json["data"]["launchRun"]
    assert data["__typename"] == "LaunchRunSuccess", data
    return data["run"]["runId"]


def ask(web, params, by="narrow"):
    return web.ask(by, LAUNCH, {"p": params})


def selecting(**how):
    return {"selector": SELECTOR | {"jobName": "refresh_gudang"} | how, "runConfigData": {}}


@pytest.fixture
def shut(web):
    before = web.runs()
    yield web
    assert web.runs() == before


def test_agent_terminates_only_runs_that_it_launched(web):
    run = launched(web.launch("narrow", "refresh_gudang"))
    assert web.ask("data-eng", END, {"r": run}).status == 403
    ended = web.ask("narrow", END, {"r": run})
    assert ended.json["data"]["terminateRun"]["__typename"] == "TerminateRunSuccess"


def test_an_agent_launches_assets_of_its_jobs_in_dagsters_own_job(web):
    launched(web.launch("narrow", "__ASSET_JOB", assetSelection=[ASSET]))
    launched(web.launch("narrow", "refresh_gudang", assetSelection=[ASSET]))


def test_an_agent_sets_flags_of_the_refresh(web):
    config = {"ops": {"refresh": {"config": {"read_all": True}}}}
    run = launched(web.launch("data-eng", config=config))
    assert web.instance.get_run_by_id(run).run_config == config


def test_an_agent_sets_flags_of_a_workbooks_refresh_under_its_operation(web):
    job = "refresh_gudang"
    config = {"ops": {"refresh_of_refresh_gudang": {"config": {"read_all": True}}}}
    run = launched(web.launch("narrow", job, config=config))
    assert web.instance.get_run_by_id(run).run_config == config
    lost = {"ops": {"refresh_of_refresh_gudang": {"config": {"accept_loss": True}}}}
    assert web.launch("narrow", job, config=lost).refused


def test_launching_user_is_taken_from_the_session_and_not_from_the_request(web):
    run = launched(web.launch("data-eng", tags=[("candid/launched_by", "rina")]))
    assert web.instance.get_run_by_id(run).tags["candid/launched_by"] == "data-eng"


def test_each_alias_of_a_launch_is_checked_and_tagged_with_its_user(web):
    one = 'launchRun(executionParams: {selector: {jobName: "%s", repositoryLocationName: '
    one += '"candid_assets", repositoryName: "__repository__"}, runConfigData: {}}) '
    one += "{ ... on LaunchRunSuccess { run { tags { key value } } } }"
    allowed, other = one % "refresh_gudang", one % "refresh_toko"
    assert web.ask("narrow", f"mutation {{ a: {allowed} b: {other} }}").status == 403
    answer = web.ask("narrow", f"mutation {{ a: {allowed} }}")
    tags = answer.json["data"]["a"]["run"]["tags"]
    assert {"key": "candid/launched_by", "value": "narrow"} in tags


@pytest.mark.parametrize(
    "params",
    [
        selecting(jobName="refresh_toko"),
        selecting(jobName="refresh_all"),
        selecting(pipelineName="refresh_toko"),
        selecting(jobName="refresh_toko", pipelineName="refresh_gudang"),
        selecting(jobName="REFRESH_GUDANG"),
        selecting(jobName=""),
        selecting(jobName="__ASSET_JOB"),
        selecting(jobName="__ASSET_JOB", assetSelection=[]),
        selecting(jobName="__ASSET_JOB", assetSelection=[ELSEWHERE]),
        selecting(jobName="__ASSET_JOB", assetSelection=[ASSET, ELSEWHERE]),
        selecting(jobName="__ASSET_JOB", assetSelection=ELSEWHERE),
        selecting(jobName="__ASSET_JOB", assetSelection=[{"path": ["no", "such"]}]),
        selecting(
            jobName="__ASSET_JOB",
            assetSelection=[ASSET],
            assetCheckSelection=[{"assetKey": ELSEWHERE, "name": "x"}],
        ),
        selecting(assetSelection=[ELSEWHERE]),
        selecting(assetSelection=[ASSET, ELSEWHERE]),
        selecting(assetSelection=ELSEWHERE),
        selecting(assetSelection=[]),
        selecting(
            assetSelection=[ASSET], assetCheckSelection=[{"assetKey": ELSEWHERE, "name": "x"}]
        ),
        selecting(assetCheckSelection=[{"assetKey": ELSEWHERE, "name": "x"}]),
        selecting(
            jobName="__ASSET_JOB",
            assetCheckSelection=[{"assetKey": ASSET, "name": "rows_conserved"}],
        ),
        selecting(solidSelection=["refresh"]),
        selecting() | {"stepKeys": ["refresh"]},
        selecting() | {"preset": "x"},
        selecting() | {"executionMetadata": {"parentRunId": "x"}},
        selecting() | {"executionMetadata": {"tags": [{"key": "dagster/priority", "value": "9"}]}},
        selecting() | {"executionMetadata": {"tags": {"key": ".dagster/x", "value": "9"}}},
        selecting() | {"executionMetadata": {"tags": [{"key": "candid/env", "value": "x"}]}},
        selecting() | {"runConfigData": {"ops": {"refresh": {"config": {"accept_loss": True}}}}},
        selecting() | {"runConfigData": '{"ops": {"refresh": {"config": {"accept_loss": true}}}}'},
        selecting() | {"runConfigData": "ops: {refresh: {config: {accept_loss: true}}}"},
        selecting()
        | {"runConfigData": {"resources": {"warehouse": {"config": {"database": "/x"}}}}},
        selecting() | {"runConfigData": {"execution": {"config": {}}}},
        selecting() | {"runConfigData": {"ops": {"refresh": {"inputs": {}}}}},
    ],
)
def test_an_agent_launches_nothing_beside_its_list(shut, params):
    assert ask(shut, params).refused


def test_agent_may_not_reexecute_backfill_or_launch_several_runs(shut):
    for name in ("launchMultipleRuns", "launchRunReexecution", "launchPartitionBackfill"):
        assert shut.ask("data-eng", f"mutation {{ {name} {{ __typename }} }}").status == 403


def test_agent_terminates_no_run_of_an_operator_and_no_unknown_run(web):
    run = launched(web.launch("rina", "refresh_gudang"))
    assert web.ask("data-eng", END, {"r": run}).status == 403
    assert web.ask("data-eng", END, {"r": "00000000-0000-0000-0000-000000000000"}).status == 403
    many = "mutation($r: [String!]!) { terminateRuns(runIds: $r) { __typename } }"
    assert web.ask("data-eng", many, {"r": [run]}).status == 403
    assert web.ask("data-eng", many, {"r": run}).status == 403
    inline = f'mutation {{ terminatePipelineExecution(runId: "{run}") {{ __typename }} }}'
    assert web.ask("data-eng", inline).status == 403
    defaulted = f'mutation($r: String! = "{run}") {{ terminateRun(runId: $r) {{ __typename }} }}'
    assert web.ask("data-eng", defaulted).status == 403


def test_an_agent_reports_an_observation_and_no_check(web):
    event = {"eventType": "ASSET_OBSERVATION", "assetKey": ASSET}
    assert "Success" in str(web.ask("data-eng", REPORT, {"e": event}).json)
    kind = {"Content-Type": "application/json"}
    path = "/report_asset_observation/raw/gudang__harian"
    assert web.call("POST", path, "{}", kind, by="data-eng").status == 200
    assert [line["event"] for line in web.log()[-2:]] == ["report", "report"]
    path = "/report_asset_check/raw/gudang__harian"
    assert web.call("POST", path, "{}", kind, by="data-eng").status == 403
    assert web.call("POST", f"{path}?passed=true", "{}", kind, by="rina").status == 400


@pytest.mark.parametrize("kind", ["ASSET_MATERIALIZATION", "ASSET_OBSERVATION"])
def test_an_agent_reports_nothing_of_an_asset_outside_its_jobs(web, kind):
    for key in (ELSEWHERE, {"path": ["no", "such"]}, {"path": []}, {"path": ["raw"]}):
        event = {"eventType": kind, "assetKey": key}
        assert web.ask("narrow", REPORT, {"e": event}).refused, key
    headers = {"Content-Type": "application/json"}
    body = '{"asset_key": ["raw", "toko__harian"]}'
    for path in ("raw/toko__harian", "", "no/such", "raw/gudang__harian/", "raw%2Ftoko__harian"):
        address = f"/report_{kind.lower()}/{path}"
        assert web.call("POST", address, body, headers, by="narrow").refused, path
    event = {"eventType": kind, "assetKey": ASSET}
    assert "Success" in str(web.ask("narrow", REPORT, {"e": event}).json)


def test_an_agent_of_every_refresh_launches_and_reports_no_delivery(web):
    delivery = {"path": ["destinations", "files__mart_daily"]}
    for job in ("refresh_all", "refresh_gudang", "__ASSET_JOB"):
        assert ask(web, selecting(jobName=job, assetSelection=[delivery]), "data-eng").refused
        assert ask(web, selecting(jobName=job, assetSelection=[]), "data-eng").refused
    assert ask(web, selecting(jobName="__ASSET_JOB"), "data-eng").refused
    event = {"eventType": "ASSET_MATERIALIZATION", "assetKey": delivery}
    assert web.ask("data-eng", REPORT, {"e": event}).refused
