"""Runs of `candid` commands are found where Dagster's pages look for those of a job."""

from pathlib import Path

import dagster as dg
import pytest
from dagster import DagsterRun, RunsFilter
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteRepositoryOrigin
from dagster._core.storage.tags import REPOSITORY_LABEL_TAG

from candid_assets import definitions
from candid_assets.contracts.load import load_catalog
from candid_assets.names import (
    CODE_LOCATION,
    COMMAND,
    LAUNCHED_BY,
    REFRESH_ALL,
    REFRESH_OPERATION,
)
from candid_assets.orchestration.command_job import command_job
from candid_assets.orchestration.command_runs import CommandRuns, with_job
from candid_assets.orchestration.run_refresh import reason_of
from candid_assets.refresh.downstream import Table
from candid_assets.settings import Settings

HERE = RemoteRepositoryOrigin(RegisteredCodeLocationOrigin(CODE_LOCATION), "__repository__")


@dg.op
def nothing() -> None:
    """Do nothing."""


@dg.job
def refresh_nothing() -> None:
    """Do nothing."""
    nothing()


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dg.DagsterInstance:
    monkeypatch.setenv("CANDID_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("CANDID_ENV", "staging")
    return dg.DagsterInstance.get()


def test_a_run_of_a_command_stands_in_the_history_of_its_job(instance: dg.DagsterInstance) -> None:
    assert isinstance(instance.run_storage, CommandRuns)
    done = refresh_nothing.execute_in_process(instance=instance, tags={LAUNCHED_BY: COMMAND})
    label = {REPOSITORY_LABEL_TAG: HERE.get_label()}
    (run,) = instance.get_runs(RunsFilter(job_name="refresh_nothing", tags=label))
    assert run.run_id == done.run_id
    assert run.remote_job_origin is not None
    assert run.remote_job_origin.repository_origin.get_label() == f"__repository__@{CODE_LOCATION}"
    assert run.status == dg.DagsterRunStatus.SUCCESS
    assert run.tags["dagster/max_retries"] == "0"


def test_other_runs_are_stored_as_they_are() -> None:
    run = DagsterRun(job_name="refresh_nothing", tags={"candid/env": "staging"})
    assert with_job(run) is run


def test_job_of_a_command_holds_what_is_stale_and_counts_as_a_part(tmp_path: Path) -> None:
    settings = Settings(data_root=tmp_path)
    catalog = load_catalog(settings.catalog_dir)
    stale: frozenset[Table] = frozenset(
        {("sheets", "coreos__outlets"), ("clean", "coreos__outlets"), ("ready", "dim_outlet")}
    )
    job = command_job(settings, catalog, stale)
    (node,) = job.graph.nodes
    assert node.name == REFRESH_OPERATION
    assert {tuple(key.path) for key in job.asset_layer.selected_asset_keys} == stale
    assert len(node.output_dict) == len(stale)
    assert {tuple(key.path) for key in job.asset_selection or ()} == stale
    whole = definitions.defs.resolve_job_def(REFRESH_ALL)
    assert job.name == whole.name
    for key in job.asset_layer.selected_asset_keys:
        here, there = job.asset_layer.get(key), whole.asset_layer.get(key)
        assert here.parent_keys == there.parent_keys
        assert here.code_version == there.code_version


@dg.op
def told_to_end() -> None:
    """End as an operation does amid which a signal arrives."""
    raise dg.DagsterExecutionInterruptedError


@dg.job
def refresh_told_to_end() -> None:
    """Be told to end."""
    told_to_end()


def test_why_a_run_broke_off_that_a_signal_ended_is_said_in_plain_words() -> None:
    result = refresh_told_to_end.execute_in_process(raise_on_error=False)
    assert reason_of(result) == "it was told to end; the next run makes up for the rest"
