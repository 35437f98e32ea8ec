"""What each role may do, over real HTTP."""


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
