"""Of the runs that several clients launched for one task, exactly one counts."""

import itertools

import pytest

from candid_assets.agent.graphql import queries
from candid_assets.agent.graphql.client import LostError, WebError
from candid_assets.agent.graphql.launch import LaunchOrder, launch_run
from candid_assets.agent.graphql.runs import cancel
from candid_assets.agent.graphql.task_runs import last_attempt, run_of_task
from candid_assets.settings import Settings


def run(run_id, attempt=None, root=None):
    tags = {"task_attempt": attempt, "dagster/root_run_id": root}
    return {
        "runId": run_id,
        "tags": [{"key": k, "value": str(v)} for k, v in tags.items() if v is not None],
    }


@pytest.mark.parametrize(
    ("recorded", "counts"),
    [
        ([], None),
        ([run("a", 1)], "a"),
        ([run("a", 1), run("b", 1)], "a"),
        ([run("a", 1), run("b", 1), run("c", 2)], "c"),
        ([run("c", 2), run("a", 1), run("d", 2)], "c"),
        ([run("a", 1), run("b", 1), run("r", 1, "a"), run("s", 1, "a")], "s"),
        ([run("a", 1), run("b", 1), run("r", 1, "b")], "a"),
        ([run("r", 1, "a")], "r"),
        ([run("a"), run("b")], "b"),
        ([run("a"), run("b", 1)], "b"),
        ([run("a", "x"), run("b", 1)], "b"),
    ],
)
def test_first_recorded_run_of_the_last_attempt_counts_or_its_newest_retry(recorded, counts):
    current = run_of_task(recorded[::-1])
    assert (current and current["runId"]) == counts


def test_attempts_are_counted_from_one():
    assert last_attempt([]) == 0
    assert last_attempt([run("a"), run("b", 3), run("c", 2)]) == 3


class History:
    """A webserver's history of runs in the order of recording."""

    def __init__(self):
        self.recorded = []
        self.ids = itertools.count()

    def statuses(self):
        return [entry["status"] for entry in self.recorded]


class Client:
    """A client of a webserver without any lock that others share."""

    url = "http://127.0.0.1:3000"
    patience = 0.0

    def __init__(self, history, cache, before_recording=None, loses=()):
        self.history, self.before_recording, self.loses = history, before_recording, list(loses)
        self.settings = Settings(CANDID_ENV="staging", XDG_CACHE_HOME=cache)

    def patiently(self, work):
        return work()

    def ask(self, question, **variables):
        return self.do(question, **variables)

    def do(self, operation, **variables):
        if operation == queries.CATALOG:
            jobs = [{"name": "refresh_all", "description": "", "tags": []}]
            return {"repositoryOrError": {"__typename": "Repository", "jobs": jobs}}
        if operation == queries.RUNS:
            newest_first = [dict(entry) for entry in reversed(self.history.recorded)]
            return {"runsOrError": {"__typename": "Runs", "results": newest_first}}
        if operation == queries.RUN:
            (entry,) = (e for e in self.history.recorded if e["runId"] == variables["id"])
            return {"runOrError": dict(entry)}
        if operation == queries.CANCEL:
            (entry,) = (e for e in self.history.recorded if e["runId"] == variables["id"])
            entry["status"] = "CANCELED"
            return {"terminateRun": {"__typename": "TerminateRunSuccess"}}
        assert operation == queries.LAUNCH
        return self.launch(variables["params"])

    def launch(self, params):
        # The time of creation and the id are taken here; others may be recorded before this one.
        entry = {
            "__typename": "Run",
            "runId": f"{next(self.history.ids):032x}",
            "status": "QUEUED",
            "jobName": params["selector"]["jobName"],
            "assetSelection": None,
            "stats": None,
            "startTime": None,
            "endTime": None,
            "tags": params["executionMetadata"]["tags"],
        }
        lost = self.loses.pop(0) if self.loses else None
        if lost == "on the way there":
            raise LostError("no connection")
        if self.before_recording:
            before, self.before_recording = self.before_recording, None
            before()
        self.history.recorded.append(entry)
        if lost == "on the way back":
            raise LostError("no answer")
        return {"launchRun": {"__typename": "LaunchRunSuccess", "run": {"runId": entry["runId"]}}}


def launch(client, *, again=False):
    return launch_run(client, LaunchOrder(task="T-1", again=again))


def test_run_recorded_late_withdraws_although_it_was_created_first(tmp_path):
    history, others = History(), []
    second = Client(history, tmp_path / "second")
    first = Client(history, tmp_path / "first", lambda: others.append(launch(second)))
    mine = launch(first)
    assert others[0]["launched"]
    assert not mine["launched"]
    assert mine["run_id"] == others[0]["run_id"]
    assert history.statuses() == ["QUEUED", "CANCELED"]


def test_client_that_comes_before_the_withdrawal_gets_the_run_that_counts(tmp_path):
    history = History()
    second, third = (Client(history, tmp_path / name) for name in ("second", "third"))
    first = Client(history, tmp_path / "first", lambda: launch(second))
    late = []

    def cancel_after_another_asked(operation, **variables):
        if operation == queries.CANCEL:
            late.append(launch(third))
        return Client.do(first, operation, **variables)

    first.do = cancel_after_another_asked
    assert {launch(first)["run_id"], late[0]["run_id"]} == {history.recorded[0]["runId"]}


def test_withdrawn_run_does_not_count_for_those_who_ask_later(tmp_path):
    history = History()
    second = Client(history, tmp_path / "second")
    launch(Client(history, tmp_path / "first", lambda: launch(second)))
    assert history.statuses() == ["QUEUED", "CANCELED"]
    asked = launch(Client(history, tmp_path / "third"))
    assert (asked["run_id"], asked["launched"]) == (history.recorded[0]["runId"], False)


def test_run_launched_again_counts_from_then_on(tmp_path):
    history = History()
    client = Client(history, tmp_path)
    first, again = launch(client), launch(client, again=True)
    assert first["run_id"] != again["run_id"]
    assert launch(client)["run_id"] == again["run_id"]


@pytest.mark.parametrize("lost", ["on the way there", "on the way back"])
def test_launch_whose_answer_is_lost_runs_once(tmp_path, lost):
    history = History()
    launched = launch(Client(history, tmp_path, loses=[lost]))
    assert launched["launched"]
    assert [entry["runId"] for entry in history.recorded] == [launched["run_id"]]


def test_lost_launch_is_not_confused_with_the_run_of_another_client(tmp_path):
    history = History()
    second = Client(history, tmp_path / "second")
    first = Client(history, tmp_path / "first", lambda: launch(second), ["on the way back"])
    assert not launch(first)["launched"]
    assert history.statuses() == ["QUEUED", "CANCELED"]


def test_run_that_ends_before_it_is_cancelled_is_not_called_starting(tmp_path):
    history = History()
    client = Client(history, tmp_path)
    run = launch(client)

    def end_meanwhile(operation, **variables):
        if operation == queries.CANCEL:
            history.recorded[0]["status"] = "SUCCESS"
            message = "could not be terminated due to having status STARTING"
            return {"terminateRun": {"__typename": "TerminateRunFailure", "message": message}}
        return Client.do(client, operation, **variables)

    client.do = end_meanwhile
    with pytest.raises(WebError, match=r"ended before it was cancelled: SUCCESS$"):
        cancel(client, run["run_id"])
