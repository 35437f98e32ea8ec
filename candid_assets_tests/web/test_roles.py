"""What each role may do, over real HTTP."""

import json

import pytest

from candid_assets.settings import Settings
from candid_assets.web.app import public_url
from candid_assets.web.policy import load_policy
from candid_assets.web.production_guard import refusal
from candid_assets.web.users import User


def test_a_viewer_reads(web):
    answer = web.ask("dimas", "{ version repositoriesOrError { __typename } }")
    assert answer.status == 200
    assert answer.json["data"]["version"]


def test_an_operator_launches_a_job(web):
    answer = web.launch("rina")
    assert answer.json["data"]["launchRun"]["__typename"] == "LaunchRunSuccess", answer.body
    tags = answer.json["data"]["launchRun"]["run"]["tags"]
    assert {"key": "candid/launched_by", "value": "rina"} in tags


def test_an_agent_launches_a_job_of_its_list(web):
    answer = web.launch("data-eng", tags=[("task", "T-1"), ("requested_by", "rina")])
    assert answer.json["data"]["launchRun"]["__typename"] == "LaunchRunSuccess", answer.body
    (line,) = [x for x in web.log()[-2:] if x.get("outcome", "").startswith("done")]
    assert line["who"] == "data-eng"
    assert line["mutations"] == ["launchRun"]
    assert line["variables"]["executionParams"]["selector"]["jobName"] == "refresh_all"


def test_a_viewer_launches_nothing(web):
    before = web.runs()
    answer = web.launch("dimas")
    assert answer.status == 403
    assert "viewer may not call launchRun" in answer.json["errors"][0]["message"]
    assert web.runs() == before
    assert web.log()[-1]["outcome"].startswith("refused")


def test_dagster_itself_permits_a_viewer_nothing(web):
    query = "{ permissions { permission value } }"
    permissions = web.ask("dimas", query).json["data"]["permissions"]
    assert permissions
    assert not [p["permission"] for p in permissions if p["value"]]
    operators = web.ask("rina", query).json["data"]["permissions"]
    assert "terminate_pipeline_execution" in [p["permission"] for p in operators if p["value"]]


def test_a_person_logs_in_with_a_password_and_sees_the_ui(web):
    answer = web.login("dimas")
    assert (answer.status, answer.headers["Location"]) == (303, "/candid")
    headers = {"Cookie": web.cookie("dimas"), "Accept": "text/html"}
    page = web.call("GET", "/assets", headers=headers)
    assert page.status == 200
    assert b"<title" in page.body


def test_a_session_may_launch_from_a_page_of_this_server(web):
    headers = {"Cookie": web.cookie("rina"), "Origin": web.origin}
    query = "mutation { reloadWorkspace { __typename } }"
    answer = web.ask(None, query, headers=headers)
    assert answer.json["data"]["reloadWorkspace"]["__typename"] == "Workspace"
    assert web.log()[-1]["via"] == "session"


def test_subscriptions_are_answered_over_the_websocket(web):
    query = "subscription { locationStateChangeEvents { event { __typename } } }"
    headers = {"Cookie": web.cookie("dimas"), "Origin": web.origin}
    with web.socket(headers) as ws:
        ws.send('{"type": "connection_init", "payload": {}}')
        assert json.loads(ws.recv(timeout=10))["type"] == "connection_ack"
        ws.send(json.dumps({"type": "start", "id": "7", "payload": {"query": query}}))
        ws.send(json.dumps({"type": "stop", "id": "7"}))
        ws.send(json.dumps({"type": "connection_terminate"}))


def test_audit_log_is_private_and_records_user_request_and_outcome(web):
    web.ask("rina", 'mutation Off { deleteRun(runId: "no-such-run") { __typename } }')
    request, outcome = web.log()[-2:]
    assert request["outcome"] == "asked"
    assert request["id"] == outcome["id"]
    assert outcome["outcome"].startswith("failed: RunNotFoundError")
    assert (outcome["who"], outcome["role"], outcome["via"]) == ("rina", "operator", "token")
    assert outcome["operation"] == "Off"
    assert outcome["variables"] == {"runId": "no-such-run"}
    assert (web.settings.data_dir / "web" / "audit.jsonl").stat().st_mode & 0o077 == 0


def test_long_variables_are_cut_in_the_log_and_whole_for_dagster(web):
    web.launch("rina", "refresh_gudang", tags=[("note", "x" * 5_000)])
    variables = str(web.log()[-1]["variables"])
    assert "(5000 characters)" in variables
    assert len(variables) < 2_000
    run = web.instance.get_runs(limit=1)[0]
    assert len(run.tags["note"]) == 5_000


def test_in_production_a_launch_needs_the_deployment(web, tmp_path):
    settings = Settings(CANDID_ENV="production", CANDID_DATA_DIR=tmp_path)
    assert refusal(web.settings) is None
    assert "candid plan" in refusal(settings)


def test_an_agent_has_no_jobs_in_production_but_those_it_was_given():
    policy, agent = load_policy(), User(name="data-eng", role="agent")
    assert policy.may_launch(agent, "staging", "refresh_all")
    assert not policy.may_launch(agent, "production", "refresh_all")
    given = agent.model_copy(update={"jobs": ("refresh_sales_master",)})
    assert policy.may_launch(given, "production", "refresh_sales_master")
    assert not policy.may_launch(given, "staging", "refresh_all")


def test_behind_a_proxy_the_public_address_is_the_origin_and_the_session_is_secure(proxied):
    form = "name=dimas&password=kopi+susu+gula+aren"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    own = headers | {"Origin": "https://data.example.com"}
    answer = proxied.call("POST", "/login", form, own, host="data.example.com")
    assert answer.status == 303
    cookie = answer.session
    assert cookie.startswith("__Host-candid_staging=")
    assert "; secure" in cookie
    for origin in ("http://data.example.com", "https://example.com", proxied.origin):
        foreign = headers | {"Origin": origin}
        assert proxied.call("POST", "/login", form, foreign, host="data.example.com").status == 403
    for host in ("example.com", "data.example.com:80", "x.data.example.com"):
        assert proxied.call("GET", "/login", host=host).status == 421


@pytest.mark.parametrize(
    "text",
    ["http://data.example.com", "data.example.com", "https://x/y", "https://", "https://A.b"],
)
def test_a_public_address_is_https_and_a_host_and_nothing_more(text):
    with pytest.raises(ValueError, match="not an address"):
        public_url(text)
