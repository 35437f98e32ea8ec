"""Production's real paths, each in a process of its own: nothing runs that is not deployed."""

import importlib.util
import json
import marshal
import os
import shutil
import sys
import textwrap

import pytest
from pydantic import ValidationError

from candid_assets.sandbox.workbook import SampleTab, SampleWorkbook
from candid_assets.settings import REPOSITORY, Settings
from candid_assets_tests.deployment.gated import Gated

pytestmark = pytest.mark.served

MODEL = "candid_assets/catalog/models/hub/dim_stock.sql"
PRODUCTION = {"CANDID_ENV": "production"}


def _published(gated: Gated) -> bool:
    return (gated.data / "production" / "published" / "candid.duckdb").exists()


def _spoil(gated: Gated) -> None:
    gated.edit(MODEL, "quantity > 0", "quantity > 50")


def test_an_approved_deployment_is_refreshed_and_an_unapproved_one_is_not(served: Gated, books):
    done = served.candid("run", "--json", **PRODUCTION)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["rows_clean"] == 100
    _published_by_hand(served, books)
    before = (served.data / "production" / "published" / "candid.duckdb").read_bytes()
    _spoil(served)
    refused = served.candid("run", "--force", **PRODUCTION)
    assert refused.returncode == 1
    assert "differ from deployment 1" in refused.stdout + refused.stderr
    assert "candid plan" in refused.stdout + refused.stderr
    after = (served.data / "production" / "published" / "candid.duckdb").read_bytes()
    assert after == before


def _published_by_hand(served: Gated, books) -> None:
    """Publish a ready table into a new tab, command by command."""
    books.change("Toko", "add_tab", tab="Papan")
    into = ("plan", "--publish", "ready.dim_stock", "--into", "toko!Papan", "--json")
    planned = served.candid(*into, **PRODUCTION)
    assert planned.returncode == 0, planned.stderr
    plan = json.loads(planned.stdout)
    assert plan["cells"]["A1"] == ["", "sku"]
    digest = plan["digest"]
    early = served.candid("apply", digest, **PRODUCTION)
    assert (early.returncode, "not approved" in early.stdout + early.stderr) == (1, True)
    key = str(served.keys["ani"])
    assert served.candid("approve", digest, "--yes", "--key", key).returncode == 0
    writer = {"CANDID_WRITE_CREDENTIALS": str(books.writer_file)}
    done = served.candid("apply", digest[:12], **PRODUCTION, **writer)
    assert "cells written to 'Papan'" in done.stdout + done.stderr, done.stdout
    book = SampleWorkbook.load(books.folder / "Toko.json")
    assert book.tabs[1].rows[1] == ["P001", 1]


def test_what_lies_around_does_not_get_into_what_runs(served: Gated, tmp_path):
    evil, programs, seen = tmp_path / "evil", tmp_path / "bin", tmp_path / "seen"
    evil.mkdir()
    programs.mkdir()
    spoil = f"open({str(seen)!r}, 'a').write('forged\\n')"
    (evil / "duckdb.py").write_text(spoil)
    for name in ("git", "ssh-keygen"):
        (programs / name).write_text("#!/bin/sh\nexit 0\n")
        (programs / name).chmod(0o755)
    # Compiled code that says of itself that it needs no comparison with its source.
    cached = served.root / "candid_assets" / "warehouse" / "__pycache__"
    cached.mkdir(exist_ok=True)
    header = importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little") + bytes(8)
    compiled = cached / f"builds.{sys.implementation.cache_tag}.pyc"
    compiled.write_bytes(header + marshal.dumps(compile(spoil, "builds", "exec")))
    around = {
        "PYTHONPATH": f"{evil}{os.pathsep}{served.root}",
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
    }
    done = served.candid("run", "--json", isolated=False, **PRODUCTION, **around)
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert summary["rows_clean"] == 100
    assert summary["read_as"][0].startswith(served.variables["CANDID_GOOGLE_API_URL"])
    assert not seen.exists()
    compiled.unlink()
    job = (
        "-m",
        "dagster",
        "job",
        "execute",
        "-m",
        "candid_assets.definitions",
        "-j",
        "refresh_all",
    )
    done = served.python(*job, isolated=False, **PRODUCTION)
    assert done.returncode != 0
    assert "does not run in this process" in done.stdout + done.stderr


def test_a_green_sample_of_this_content_is_remembered(served: Gated):
    assert served.candid("run").returncode == 0
    assert list((served.data / "evidence" / "sample").glob("*.json"))


@pytest.mark.parametrize(
    "way",
    ["job", "audit", "in_process", "materialize"],
)
def test_dagster_runs_nothing_that_is_not_deployed(served: Gated, way):
    _spoil(served)
    module = ("-m", "candid_assets.definitions")
    arguments = {
        "job": ("-m", "dagster", "job", "execute", *module, "-j", "refresh_all"),
        "audit": ("-m", "dagster", "job", "execute", *module, "-j", "audit_published"),
        "materialize": ("-m", "dagster", "asset", "materialize", *module, "--select", "*"),
        "in_process": (
            "-c",
            "from candid_assets.definitions import defs;"
            "defs.resolve_job_def('refresh_all').execute_in_process()",
        ),
    }[way]
    done = served.python(*arguments, **PRODUCTION)
    assert done.returncode != 0
    assert "differ from deployment 1" in done.stdout + done.stderr
    assert not _published(served)


def test_sensor_and_schedule_skip_with_the_command_to_run_next(served: Gated):
    _spoil(served)
    script = """
        import dagster as dg
        from candid_assets.definitions import defs
        repository = defs.get_repository_def()
        with dg.instance_for_test() as instance:
            for sensor in repository.sensor_defs:
                given = {"sources": defs.resources["sources"]}
                context = dg.build_sensor_context(
                    instance=instance, definitions=defs, resources=given
                )
                print(sensor.name, sensor.evaluate_tick(context).skip_message)
            for schedule in repository.schedule_defs:
                context = dg.build_schedule_context(instance=instance)
                tick = schedule.evaluate_tick(context)
                print(schedule.name, tick.skip_message, tick.run_requests)
    """
    done = served.python("-c", textwrap.dedent(script), **PRODUCTION)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    line_of = {line.split()[0]: line for line in lines}
    for name in ("sheets_changed_sensor", "refresh_daily", "audit_daily"):
        assert "differ from deployment 1" in line_of[name], line_of
        assert "candid plan" in line_of[name], line_of


def test_a_launch_through_graphql_fails_before_anything_is_read(served: Gated):
    _spoil(served)
    mutation = (
        "mutation { launchRun(executionParams: {selector: {repositoryLocationName:"
        ' "candid_assets", repositoryName: "__repository__", jobName: "refresh_all"},'
        " runConfigData: {}}) { __typename ... on LaunchRunSuccess { run { runId } } } }"
    )
    script = f"""
        import time
        from dagster import DagsterInstance
        from dagster._core.workspace.context import WorkspaceProcessContext
        from dagster._core.workspace.load_target import WorkspaceFileTarget
        from dagster_graphql.cli import execute_query
        instance = DagsterInstance.get()
        target = WorkspaceFileTarget(paths=["workspace.yaml"])
        with WorkspaceProcessContext(instance, target) as workspace:
            print(execute_query(workspace, {mutation!r}))
            # What the daemon does with a run that is queued.
            (run,) = instance.get_runs()
            instance.launch_run(run.run_id, workspace.create_request_context())
            ends = time.monotonic() + 120
            while not instance.get_run_by_id(run.run_id).is_finished and time.monotonic() < ends:
                time.sleep(0.2)
        print(instance.get_run_by_id(run.run_id).status.value)
        for entry in instance.all_logs(run.run_id):
            print(entry.dagster_event and entry.dagster_event.event_specific_data)
    """
    done = served.python("-c", textwrap.dedent(script), **PRODUCTION)
    assert "LaunchRunSuccess" in done.stdout + done.stderr, done.stderr
    assert "FAILURE" in done.stdout + done.stderr
    assert "differ from deployment 1" in done.stdout + done.stderr
    assert not _published(served)


def test_a_run_of_another_environment_cannot_be_pointed_at_productions_warehouse(served: Gated):
    assert served.candid("run", **PRODUCTION).returncode == 0
    file = served.data / "production" / "warehouse.duckdb"
    before = file.read_bytes()
    _spoil(served)
    for env in ("production", "sample"):
        script = f"""
            from candid_assets.definitions import defs
            config = {{"database": {str(file)!r}, "env": {env!r}}}
            defs.resolve_job_def("refresh_all").execute_in_process(
                run_config={{"resources": {{"warehouse": {{"config": config}}}}}}
            )
        """
        done = served.python("-c", textwrap.dedent(script))
        assert done.returncode != 0
        assert "warehouse" in done.stderr
    link = served.data / "staging"
    link.symlink_to(served.data / "production")
    refused = served.candid("run", CANDID_ENV="staging")
    assert refused.returncode == 1
    # Nothing is connected in staging; where something is, the warehouse says whose data it holds.
    assert "connected in staging" in refused.stdout + refused.stderr
    assert file.read_bytes() == before


@pytest.mark.parametrize("value", ["Production", "production ", "PRODUCTION", "prod"])
def test_no_other_spelling_of_production_is_an_environment(value):
    with pytest.raises(ValidationError):
        Settings(CANDID_ENV=value)


def test_a_catalog_elsewhere_is_refused_in_production(served: Gated, tmp_path):
    shutil.copytree(served.catalog, tmp_path / "elsewhere")
    done = served.candid("run", CANDID_CATALOG_DIR=str(tmp_path / "elsewhere"), **PRODUCTION)
    assert done.returncode == 1
    assert "outside the repository" in done.stdout + done.stderr


def test_loss_of_rows_is_not_accepted_in_production_without_a_signature(served: Gated):
    done = served.candid("run", "--accept-loss", **PRODUCTION)
    assert done.returncode == 1
    assert "no loss is taken without a signature" in done.stdout + done.stderr


def test_only_a_whole_and_green_session_of_tests_is_remembered(served: Gated):
    tests = served.root / "candid_assets_tests"
    (tests / "deployment").mkdir(parents=True)
    plugins = ("postgres.py", "deployment/gated_fixtures.py")
    for name in ("conftest.py", "distribution.py", *plugins):
        shutil.copy(REPOSITORY / "candid_assets_tests" / name, tests / name)
    (tests / "test_it.py").write_text("def test_one(): pass\ndef test_two(): pass\n")
    folder = served.root / "data" / "evidence" / "tests"
    shutil.rmtree(folder)

    def session(*arguments):
        done = served.python("-m", "pytest", "-n", "0", "-p", "no:cacheprovider", *arguments)
        return done.returncode, len(list(folder.glob("*.json")))

    assert session("-k", "one") == (0, 0)
    assert session("-m", "not served or served") == (0, 0)
    assert session("candid_assets_tests/test_it.py") == (0, 0)
    assert session() == (0, 1)
    (tests / "test_it.py").write_text("def test_one(): assert False\n")
    assert session() == (1, 1)


def test_a_held_tab_of_production_waits_for_a_signature_on_its_very_content(served: Gated, books):
    assert served.candid("run", **PRODUCTION).returncode == 0
    rows = [["Kode", "Jumlah"], *[[f"P{n:03d}", n] for n in range(1, 11)]]
    SampleWorkbook("Toko", "Toko", [SampleTab(101, "Stok", rows)]).save(books.folder)
    books.change("Toko", "touch")
    config = served.root.parent / "config.yaml"
    config.write_text("ops: {refresh: {config: {accept_loss: true, read_all: true}}}")
    job = ("-m", "dagster", "job", "execute", "-m", "candid_assets.definitions")
    done = served.python(*job, "-j", "refresh_all", "-c", str(config), **PRODUCTION)
    assert "has 11 rows; its table was built from 101" in done.stdout + done.stderr
    (held,) = json.loads(served.candid("holds", "--json", **PRODUCTION).stdout)
    key = str(served.keys["agent"])
    accept = ("holds", "accept", held["content_hash"][:12], "--yes", "--key")
    refused = served.candid(*accept, key, **PRODUCTION)
    assert "not in deployments/allowed_approvers" in refused.stdout + refused.stderr
    accepted = served.candid(*accept, str(served.keys["ani"]), **PRODUCTION)
    assert accepted.returncode == 0, accepted.stdout
    done = served.candid("run", "--json", **PRODUCTION)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["rows_clean"] == 10
