"""`candid serve` as an operator starts it: sandbox, code server, daemon and guarded webserver."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from candid_assets.names import CODE_LOCATION
from candid_assets.settings import REPOSITORY
from candid_assets_tests.browser import browser
from candid_assets_tests.end_to_end.faults.kit import company_books

__all__ = ["browser"]

PASSWORD = "kopi susu gula aren"
PATIENCE = 900
SELECTOR = {"repositoryLocationName": CODE_LOCATION, "repositoryName": "__repository__"}
LAUNCH = """mutation Launch($p: ExecutionParams!) { launchRun(executionParams: $p) {
  __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }"""
STATUS = "query($r: ID!) { runOrError(runId: $r) { ... on Run { status } } }"
NEWEST = """query($job: String!) { runsOrError(limit: 1, filter: {pipelineName: $job}) {
  ... on Runs { results { runId status tags { key value } } } } }"""
LINK = r"http\S+/login\?key=\S+"
ADDRESS = r"http://127\S+"
ENDED = ("SUCCESS", "FAILURE", "CANCELED")


@dataclass
class Served:
    """The running server, its data and who may come in."""

    origin: str
    data: Path
    tokens: dict[str, str]
    log: Path
    link: str
    pid: int

    def ask(self, query, variables=None, *, by="rina"):
        answer = requests.post(
            f"{self.origin}/graphql",
            json={"query": query, "variables": variables or {}},
            headers={"Authorization": f"Bearer {self.tokens[by]}"},
            timeout=120,
        )
        assert answer.ok, answer.text
        return answer.json()["data"]

    def jobs(self):
        query = """{ repositoriesOrError { ... on RepositoryConnection { nodes {
          jobs { name isAssetJob } } } } }"""
        (repository,) = self.ask(query)["repositoriesOrError"]["nodes"]
        return [j["name"] for j in repository["jobs"] if not j["name"].startswith("__")]

    def launch(self, job, *, by="rina"):
        params = {"selector": SELECTOR | {"jobName": job}, "runConfigData": {}}
        launched = self.ask(LAUNCH, {"p": params}, by=by)["launchRun"]
        assert launched["__typename"] == "LaunchRunSuccess", launched
        return launched["run"]["runId"]

    def status(self, run):
        return self.ask(STATUS, {"r": run})["runOrError"]["status"]

    def newest(self, job):
        runs = self.ask(NEWEST, {"job": job})["runsOrError"]["results"]
        return runs[0] if runs else {"runId": None, "status": None, "tags": []}

    def until(self, look, good):
        """Look until what is seen is good; the server's own words tell why it never was."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            seen = look()
            if good(seen):
                return seen
            time.sleep(1)
        raise AssertionError(self.words()[-8000:])

    def words(self):
        """Return what the server has said, without its looks that found nothing."""
        lines = self.log.read_text().splitlines(keepends=True)
        idle = ("Checking for new runs for sensor", " skipped: ")
        return "".join(line for line in lines if not any(word in line for word in idle))

    def wait(self, run):
        """Wait for the end of a run; return how it ended."""
        return self.until(lambda: self.status(run), lambda status: status in ENDED)


def processes_of(pid):
    """A process and all that it started, by what the kernel says."""
    others = [int(path.name) for path in Path("/proc").glob("[0-9]*")]
    return {pid, *(other for other in others if pid in parents(other))}


def parents(pid):
    pids = set()
    while pid > 1:
        try:
            pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            break
        pids.add(pid)
    return pids


def candid(environment, *arguments, stdin=None):
    return subprocess.run(
        [sys.executable, "-m", "candid_assets.cli", *arguments],
        env=environment,
        cwd=REPOSITORY,
        input=stdin,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


@pytest.fixture(scope="session")
def served(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    environment = {n: v for n, v in os.environ.items() if not n.startswith("CANDID_")}
    environment |= {"CANDID_DATA_DIR": str(folder / "data"), "DAGSTER_HOME": str(REPOSITORY)}
    tokens = {}
    for name, role in (("rina", "operator"), ("dimas", "viewer")):
        stdin = f"{PASSWORD}\n"
        candid(environment, "users", "add", name, "--role", role, "--password-stdin", stdin=stdin)
        tokens[name] = json.loads(candid(environment, "users", "token", name, "--json"))["token"]
    agent = candid(environment, "users", "add", "data-eng", "--role", "agent", "--json")
    tokens["data-eng"] = json.loads(agent)["token"]
    with serving(environment, folder / "serve.log") as (process, link):
        origin = link.partition("/login")[0]
        data = folder / "data" / "sample"
        yield Served(origin, data, tokens, folder / "serve.log", link, process.pid)


@contextmanager
def serving(environment, log, pattern=LINK, code=REPOSITORY):
    """Serve on a free port until the end of the block, which SIGTERM makes an orderly one.

    Args:
        environment: Its variables.
        log: The file of what it prints.
        pattern: What it prints once it serves.
        code: The checkout that it is started in.
    """
    with log.open("w") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "candid_assets.cli", "serve", "--port", "0"],
            env=environment,
            cwd=code,
            stdout=written,
            stderr=written,
        )
        try:
            yield process, _first_match(process, log, pattern)
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
                assert process.wait(timeout=90) == 0, log.read_text()[-4000:]


def _first_match(process, log, pattern):
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline and process.poll() is None:
        match = re.search(pattern, log.read_text())
        if match:
            return match[0]
        time.sleep(0.2)
    raise AssertionError(log.read_text())


@pytest.fixture
def company(tmp_path):
    with company_books(tmp_path) as (google, settings):
        environment = {n: v for n, v in os.environ.items() if not n.startswith("CANDID_")}
        environment |= {
            "CANDID_ENV": settings.env,
            "CANDID_CATALOG_DIR": str(settings.catalog_dir),
            "CANDID_DATA_DIR": str(settings.data_root),
            "CANDID_LOOK_SECONDS": "3600",
            "CANDID_ALERT_SECONDS": "5",
            "XDG_CACHE_HOME": str(settings.cache_root),
            "DAGSTER_HOME": str(REPOSITORY),
            **google.environment,
        }
        add = ("users", "add", "rina", "--role", "operator", "--password-stdin")
        candid(environment, *add, stdin=f"{PASSWORD}\n")
        yield google, settings, environment


ORDER = ("test_jobs_end_green", "test_browser_shows_and_launches", "test_api_answers_its_document")
"""These files share one server: the browser and the API show what the jobs have made."""


def pytest_collection_modifyitems(items):
    """Run the files that share a server in their order, before all else of this folder."""
    here = [n for n, item in enumerate(items) if item.path.parent == Path(__file__).parent]
    place = {name: number for number, name in enumerate(ORDER)}
    ordered = sorted((items[n] for n in here), key=lambda i: place.get(i.path.stem, len(ORDER)))
    for n, item in zip(here, ordered, strict=True):
        items[n] = item


@contextmanager
def small_server(company, log):
    _, settings, environment = company
    token = re.search(r"candid_\S+", candid(environment, "users", "token", "rina"))[0]
    with serving(environment, log, ADDRESS) as (process, origin):
        yield process, Served(origin, settings.data_dir, {"rina": token}, log, "", process.pid)
