import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from candid_assets.agent.activity_log import Activity, ActivityError, log, read_log
from candid_assets.cli import main
from candid_assets.settings import Settings

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=60)
LOGGER = """
import json, pathlib, sys
here = pathlib.Path({folder!r})
calls = here / "calls"
calls.write_text(calls.read_text() + "x" if calls.exists() else "x")
if len(calls.read_text()) <= {failures}:
    sys.exit("the disk is full")
(here / "arguments.json").write_text(json.dumps(sys.argv[1:]))
"""


def installation(tmp_path, **more):
    return Settings(CANDID_DATA_DIR=tmp_path / "data", **more)


def command(tmp_path, failures):
    script = tmp_path / "log activity.py"
    script.write_text(LOGGER.format(folder=str(tmp_path), failures=failures))
    return installation(tmp_path, CANDID_LOG_COMMAND=f"{sys.executable} '{script}'")


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(task=TEXTS, status=TEXTS, agent=TEXTS, description=TEXTS)
def test_an_entry_comes_back_as_it_was_given(tmp_path, task, status, agent, description):
    where = installation(tmp_path)
    log(where, Activity(task, status, agent, description))
    last = read_log(where.activity_file)[-1]
    assert [last[n] for n in ("task", "status", "agent", "description")] == [
        *(task, status, agent, description)
    ]
    assert last["env"] == "sample"


def test_an_entry_with_a_key_is_taken_once(tmp_path):
    where = installation(tmp_path)
    for _ in range(2):
        log(where, Activity("T-1", "done", "data-eng", "twice", key="T-1#1"))
    assert len(read_log(where.activity_file)) == 1


def test_a_line_cut_short_by_a_crash_takes_no_other_with_it(tmp_path):
    where = installation(tmp_path)
    log(where, Activity("T-1", "done", "data-eng", "before"))
    with where.activity_file.open("ab") as file:
        file.write(b'{"task": "T-2", "sta')
    log(where, Activity("T-3", "done", "data-eng", "after"))
    assert [e["task"] for e in read_log(where.activity_file)] == ["T-1", "T-3"]


def test_processes_that_log_at_once_lose_nothing(tmp_path):
    environment = os.environ | {"CANDID_DATA_DIR": str(tmp_path)}
    script = (
        "import sys; from candid_assets.settings import Settings;"
        "from candid_assets.agent.activity_log import Activity, log;"
        "[log(Settings(), Activity(f'{sys.argv[1]}-{i}', 'done', 'a', 'x' * 5000))"
        " for i in range(20)]"
    )

    def process(name):
        subprocess.run([sys.executable, "-c", script, name], env=environment, check=True)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(process, "ABCD"))
    entries = read_log(tmp_path / "sample" / "activity.jsonl")
    assert {e["task"] for e in entries} == {f"{n}-{i}" for n in "ABCD" for i in range(20)}
    assert len(entries) == 80


def test_the_configured_command_gets_the_four_arguments_untouched_by_a_shell(tmp_path):
    where = command(tmp_path, failures=0)
    log(where, Activity("T-1", "done", "data-eng", "$(touch x); `id` | \"'"))
    arguments = json.loads((tmp_path / "arguments.json").read_text())
    assert arguments == ["T-1", "done", "data-eng", "$(touch x); `id` | \"'"]
    assert not where.activity_file.exists()


def test_failing_command_is_retried_and_reported(tmp_path):
    where, messages = command(tmp_path, failures=2), []
    log(where, Activity("T-1", "done", "data-eng", "d"), pause=0, progress=messages.append)
    assert len(messages) == 2
    assert "the disk is full" in messages[0]
    assert (tmp_path / "arguments.json").exists()


@pytest.mark.parametrize(
    ("configured", "said"),
    [
        ("/nowhere/log", "did not run"),
        ("'open", "cannot be read"),
        (f"{sys.executable} -c 'import sys; sys.exit(3)'", "exited with 3"),
    ],
)
def test_a_command_that_never_works_is_an_error_that_names_the_setting(tmp_path, configured, said):
    where = installation(tmp_path, CANDID_LOG_COMMAND=configured)
    with pytest.raises(ActivityError, match="CANDID_LOG_COMMAND") as caught:
        log(where, Activity("T-1", "done", "data-eng", "d"), pause=0)
    assert said in str(caught.value)


def test_a_log_that_cannot_be_written_is_named(tmp_path):
    where = installation(tmp_path)
    where.activity_file.mkdir(parents=True)
    with pytest.raises(ActivityError, match=r"activity\.jsonl cannot be written"):
        log(where, Activity("T-1", "done", "data-eng", "d"), pause=0)


def test_the_command_line_logs_and_names_the_environment(tmp_path):
    environment = {"CANDID_DATA_DIR": str(tmp_path)}
    arguments = ["log-activity", "T-1", "done", "data-eng", "--refreshed everything"]
    done = CliRunner().invoke(main, arguments, env=environment)
    assert done.exit_code == 0, done.output
    assert done.output.startswith("candid · environment sample")
    (entry,) = read_log(tmp_path / "sample" / "activity.jsonl")
    assert entry["description"] == "--refreshed everything"
