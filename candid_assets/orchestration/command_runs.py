"""Runs of commands stand in Dagster's history as launched ones do.

Dagster's overview, timeline and history of a job show the runs of a job of a code location. A run
that a process executes by itself names none, so each run of a command is stored with the job that
the code location has under its name.
"""

from dagster import DagsterRun
from dagster._core.definitions.repository_definition import SINGLETON_REPOSITORY_NAME
from dagster._core.remote_origin import (
    RegisteredCodeLocationOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.storage.runs.sql_run_storage import SqlRunStorage
from dagster._core.storage.tags import CODE_LOCATION_TAG, MAX_RETRIES_TAG
from dagster_shared.record import copy

from candid_assets.names import CODE_LOCATION, COMMAND, LAUNCHED_BY


class CommandRuns(SqlRunStorage):
    """Dagster's store of runs, in which those of commands name their job."""

    def add_run(self, dagster_run: DagsterRun) -> DagsterRun:
        """Store a run; one of a command with its job."""
        return super().add_run(with_job(dagster_run))


def with_job(run: DagsterRun) -> DagsterRun:
    """Return a run of a command with the job that it is of; any other run as it is.

    The person who gave the command sees its failure: the daemon does not try it again.
    """
    if run.remote_job_origin is not None or run.tags.get(LAUNCHED_BY) != COMMAND:
        return run
    location = RegisteredCodeLocationOrigin(CODE_LOCATION)
    repository = RemoteRepositoryOrigin(location, SINGLETON_REPOSITORY_NAME)
    tags = {CODE_LOCATION_TAG: CODE_LOCATION, MAX_RETRIES_TAG: "0", **run.tags}
    return copy(run, remote_job_origin=RemoteJobOrigin(repository, run.job_name), tags=tags)
