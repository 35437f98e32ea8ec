"""What is old goes, and never the newest word about a job, an asset or a check."""

import json
import os
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest
from click.testing import CliRunner
from dagster._core.definitions.data_version import CachingStaleStatusResolver
from dagster._core.loader import LoadingContextForTest
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable
from sqlalchemy import func, select

from candid_assets.agent.activity_log import Activity, log, read_log
from candid_assets.cli import main
from candid_assets.maintenance.backup import HeldError, undisturbed
from candid_assets.maintenance.log_rotation import Log, logs, rotate, rotated_files
from candid_assets.maintenance.retention import find_due, remove_due
from candid_assets.maintenance.run_history import old_runs
from candid_assets.orchestration import retention_sensor
from candid_assets.settings import REPOSITORY, Settings
from candid_assets.warehouse.confirmed_clock import note_clock
from candid_assets.web.audit_log import AuditLog

pytestmark = pytest.mark.slow

MONTH = timedelta(days=31)


@dg.asset
def sheet():
    print("said while it ran")


@dg.asset(deps=[sheet])
def table():
    return dg.MaterializeResult(metadata={"rows": 5})


@dg.asset_check(asset=table)
def has_rows():
    return dg.AssetCheckResult(passed=False)


@dg.op
def fails():
    raise dg.Failure("no")


@dg.job
def refresh_other():
    fails()


@pytest.fixture
def settings(tmp_path, monkeypatch):
    monkeypatch.setenv("CANDID_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("CANDID_ENV", "staging")
    return Settings()


@pytest.fixture
def instance(settings):
    with dg.DagsterInstance.from_config(str(REPOSITORY)) as opened:
        yield opened


def run_of(instance, *assets):
    chosen = [a.key for a in assets]
    done = dg.materialize(
        [sheet, table, has_rows],
        instance=instance,
        selection=dg.AssetSelection.assets(*chosen) | dg.AssetSelection.checks_for_assets(*chosen),
    )
    return done.run_id


def stale(instance):
    graph = dg.Definitions(assets=[sheet, table], asset_checks=[has_rows]).resolve_asset_graph()
    resolver = CachingStaleStatusResolver(instance, graph, LoadingContextForTest(instance))
    return {
        key.to_user_string(): resolver.get_status(key).value for key in graph.get_all_asset_keys()
    }


def later(settings, days=1):
    return datetime.now(UTC) + timedelta(days=settings.keep_runs_days + days)


def verdicts(instance, run_id=None):
    of_run = AssetCheckExecutionsTable.c.run_id == run_id if run_id else True
    with instance.event_log_storage.index_connection() as connection:
        query = select(func.count()).select_from(AssetCheckExecutionsTable).where(of_run)
        return connection.execute(query).scalar()


def files_of(settings, run_id):
    return [p for p in (settings.data_dir / "dagster").rglob("*") if run_id in p.name]


def test_old_runs_are_deleted_with_their_files_and_the_newest_of_each_job_is_kept(
    settings, instance
):
    first = run_of(instance, sheet, table)
    second = run_of(instance, sheet)
    failed = refresh_other.execute_in_process(instance=instance, raise_on_error=False).run_id
    third = run_of(instance, sheet)
    before = stale(instance)
    newest = instance.get_latest_materialization_event(table.key)
    assert files_of(settings, second)
    assert remove_due(settings, instance, datetime.now(UTC)).runs == ()
    gone = remove_due(settings, instance, later(settings))
    assert gone.runs == (second,)
    assert files_of(settings, second) == []
    assert {run.run_id for run in instance.get_runs()} == {first, failed, third}
    assert instance.get_latest_materialization_event(table.key) == newest
    (record,) = instance.fetch_materializations(table.key, limit=5).records
    assert record.run_id == first
    assert instance.get_latest_materialization_event(sheet.key).run_id == third
    assert stale(instance) == before
    check = next(iter(has_rows.check_keys))
    latest = instance.event_log_storage.get_latest_asset_check_execution_by_key([check])
    assert latest[check].run_id == first
    assert len(instance.all_logs(first)) > 0


def test_the_verdicts_of_a_removed_run_go_too(settings, instance):
    first = run_of(instance, sheet, table)
    assert verdicts(instance, first) == 1
    run_of(instance, sheet, table)
    assert remove_due(settings, instance, later(settings)).runs == (first,)
    assert verdicts(instance, first) == 0
    assert verdicts(instance) == 1


def test_a_run_under_way_is_never_old(settings, instance):
    for status in (dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING):
        instance.add_run(dg.DagsterRun("refresh_all", run_id=status.value, status=status))
    assert old_runs(instance, later(settings)) == []


def test_what_one_tick_does_not_finish_is_left_to_the_next(settings, instance):
    for _ in range(3):
        run_of(instance, sheet, table)
    assert remove_due(settings, instance, later(settings), seconds=-1).runs == ()
    assert len(remove_due(settings, instance, later(settings)).runs) == 2


def test_no_days_keep_everything(settings, instance, monkeypatch):
    monkeypatch.setenv("CANDID_KEEP_RUNS_DAYS", "0")
    run_of(instance, sheet)
    run_of(instance, sheet)
    assert remove_due(Settings(), instance, later(settings)).runs == ()


def test_openlineage_events_and_reports_go_with_the_runs_and_reports_on_tasks_stay(
    settings, instance
):
    events, report = settings.openlineage_dir / "run.ndjson", settings.reports_dir / "run.md"
    of_task = settings.task_reports_dir / "T-1.md"
    for file in (events, report, of_task):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("{}\n")
    assert find_due(settings, instance, datetime.now(UTC)).files == ()
    assert remove_due(settings, instance, later(settings)).files == (events, report)
    assert not events.exists()
    assert not report.exists()
    assert of_task.exists()


def test_log_is_rotated_by_month_and_an_open_writer_loses_nothing(settings):
    audit = AuditLog(settings)
    audit.write("login", who="rina")
    now = datetime.now(UTC)
    month = f"{now:%Y-%m}"
    log_of = Log(settings.audit_file)
    assert rotate(log_of, now) is None
    late = os.open(settings.audit_file, os.O_WRONLY | os.O_APPEND)
    target = rotate(log_of, now + MONTH)
    os.write(late, b'{"when": "late"}\n')
    os.close(late)
    assert target.name == f"audit-{month}.jsonl"
    assert [json.loads(line).get("who") for line in target.read_text().splitlines()] == [
        *("rina", None)
    ]
    assert target.stat().st_mode & 0o077 == 0
    audit.write("login", who="dimas")
    assert "dimas" in settings.audit_file.read_text()
    again = rotate(log_of, now + MONTH)
    assert again.name == f"audit-{month}-2.jsonl"
    assert rotated_files(settings.audit_file) == [again, target]


def test_a_log_without_a_whole_line_stays_where_it_is(settings):
    settings.audit_file.parent.mkdir(parents=True)
    settings.audit_file.write_text('{"when": "2020-')
    assert rotate(Log(settings.audit_file), datetime.now(UTC)) is None


def test_activity_is_logged_once_when_its_month_was_rotated(settings):
    entry = Activity("T-1", "done", "data-eng", "Refreshed", key="T-1#1")
    log(settings, entry)
    (activity,) = [
        log_entry for log_entry in logs(settings) if log_entry.file == settings.activity_file
    ]
    target = rotate(activity, datetime.now(UTC) + MONTH)
    log(settings, entry)
    assert len(read_log(target)) == 1
    assert read_log(settings.activity_file) == []


def test_logs_go_after_their_own_time(settings, instance):
    AuditLog(settings).write("login", who="rina")
    now = datetime.now(UTC)
    remove_due(settings, instance, now + MONTH)
    (kept,) = rotated_files(settings.audit_file)
    remove_due(settings, instance, now + timedelta(days=settings.keep_logs_days - 1))
    assert kept.exists()
    gone = remove_due(settings, instance, now + timedelta(days=settings.keep_logs_days + 1))
    assert gone.files == (kept,)
    assert not kept.exists()


def test_nothing_is_removed_while_a_backup_is_made(settings, instance):
    with undisturbed(settings.data_dir), pytest.raises(HeldError, match="candid prune"):
        remove_due(settings, instance, later(settings))


def test_the_sensor_removes_what_is_old_and_says_so(settings, instance, monkeypatch):
    run_of(instance, sheet, table)
    run_of(instance, sheet, table)
    monkeypatch.setattr(
        "candid_assets.maintenance.retention.timedelta", lambda days: timedelta(days=-1)
    )
    built = retention_sensor.build_retention_sensor(settings)
    evaluation = built(dg.build_sensor_context(instance=instance))
    assert evaluation.skip_message == "1 runs and 0 files of reports, events and logs removed"
    with undisturbed(settings.data_dir):
        evaluation = built(dg.build_sensor_context(instance=instance))
    assert "a backup" in evaluation.skip_message


def test_prune_lists_first_and_removes_only_with_the_option(settings, instance, monkeypatch):
    first = run_of(instance, sheet, table)
    run_of(instance, sheet, table)
    monkeypatch.setattr(
        "candid_assets.maintenance.retention.timedelta", lambda days: timedelta(days=-1)
    )
    summary = json.loads(CliRunner().invoke(main, ["prune", "--json"]).stdout.splitlines()[-1])
    assert (summary["runs"], summary["deleted"], summary["problem"]) == ([first], False, None)
    assert instance.get_run_by_id(first) is not None
    done = CliRunner().invoke(main, ["prune", "--delete"])
    assert done.exit_code == 0
    assert "environment staging" in done.output.splitlines()[0]
    assert "1 runs" in done.output
    assert instance.get_run_by_id(first) is None


def test_the_copy_of_a_former_version_goes_after_its_time(settings, instance):
    copy = settings.data_dir / "warehouse.version-1.duckdb"
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.touch()
    assert remove_due(settings, instance, later(settings, -1)).files == ()
    assert remove_due(settings, instance, later(settings)).files == (copy,)
    assert not copy.exists()


def test_a_clock_that_jumped_ahead_removes_nothing(settings, instance):
    report = settings.reports_dir / "2026-01-01_000000_0.md"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.touch()
    note_clock(settings.data_dir, True, datetime.now(UTC))
    assert remove_due(settings, instance, later(settings, 400)).files == ()
    note_clock(settings.data_dir, True, later(settings))
    assert remove_due(settings, instance, later(settings, 400)).files == (report,)
