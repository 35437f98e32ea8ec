"""Asks the cluster of CANDID_ENGINE_URL for what a refresh will ask of it, on a small scale."""

from collections.abc import Iterator
from typing import Final

import duckdb

from candid_assets.engines.attempts import new_attempt
from candid_assets.engines.errors import EngineError
from candid_assets.engines.spark_session import session_of
from candid_assets.engines.spark_tasks import SparkTasks
from candid_assets.engines.tasks import Script, WorkerTask
from candid_assets.findings import Finding, failed, note, ok
from candid_assets.settings import Settings

_CHECK: Final = "cluster"
_WHY: Final = "tables that go there keep their last good content"


def check_cluster(settings: Settings) -> Iterator[Finding]:
    """Check that the cluster answers, and that a worker's DuckDB and folder are ours."""
    url = settings.engine_url
    if url is None:
        return
    try:
        yield _tried(settings, url)
    except EngineError as error:
        yield failed(_CHECK, error.message, _WHY, error.fix)


def _tried(settings: Settings, url: str) -> Finding:
    """Let a worker leave a file in the shared folder, and read it here.

    Raises:
        EngineError: The cluster or the folder refuses.
    """
    attempt = new_attempt(settings, "doctor")
    try:
        script = Script((), outputs={"seen": "select 1 as seen"})
        (outcome,) = SparkTasks(url, attempt.folder).run(script, [WorkerTask(0, ())])
        path, _ = outcome.files["seen"]
        if not path.is_file():
            what = f"a worker's file is not in {attempt.folder.parent} as it is seen here"
            fix = "set CANDID_STORE_URL to a folder that is mounted here and on every worker"
            return failed(_CHECK, what, _WHY, fix)
        return _of_versions(url, session_of(url).version)
    finally:
        attempt.discard()


def _of_versions(url: str, theirs: str) -> Finding:
    from importlib.metadata import version

    ours = version("pyspark")
    if ours.rpartition(".")[0] != theirs.rpartition(".")[0]:
        what = f"the cluster at {url} is Spark {theirs}, and the library here {ours}"
        why = "results were compared with one version"
        return note(_CHECK, what, why, f"install pyspark[connect]=={theirs} here, or Spark {ours}")
    return ok(_CHECK, f"Spark {theirs} at {url}, with DuckDB {duckdb.__version__} in its workers")
