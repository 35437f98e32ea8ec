"""A warehouse of an older version is brought up to date and read; one of a newer is refused."""

import hashlib
import json
import re
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from candid_assets.cli import main
from candid_assets.history.tab_history import tab_history
from candid_assets.maintenance.backup import BackupError, back_up
from candid_assets.maintenance.restore import restore
from candid_assets.orchestration.open_warehouse import open_warehouse
from candid_assets.warehouse import migrations
from candid_assets.warehouse.data_folder import FOLDER_VERSION
from candid_assets.warehouse.database import bootstrap, open_published
from candid_assets.warehouse.errors import WarehouseError
from candid_assets.warehouse.extracts import last_fetched, last_read
from candid_assets.warehouse.publications import publications
from candid_assets.warehouse.refresh_record import recent_runs
from candid_assets.warehouse.snapshot_status import snapshot_status
from candid_assets.warehouse.versions import VERSION, stored_version
from candid_assets_tests.history.shop import Shop, same_tables
from candid_assets_tests.warehouse.keep_version import FOLDER, as_sql

pytestmark = pytest.mark.slow

KEPT = sorted(int(path.stem) for path in FOLDER.glob("*.sql"))
SCHEMAS = {2: "53010e7a84cb8938"}
"""Hash of `schema.sql`, without comments, of each version since it was first pinned."""


def written(file: Path, version: int) -> Path:
    """Write the warehouse that is kept of a version."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(file)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute((FOLDER / f"{version}.sql").read_text(encoding="utf-8"))
    return file


def columns(connection: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    return connection.execute(
        "select table_name, column_name, data_type from duckdb_columns()"
        " where database_name = current_database() and schema_name = 'meta' order by all"
    ).fetchall()


@pytest.fixture
def older(shop: Shop) -> Shop:
    """A shop whose warehouse and snapshot are those that version 1 left."""
    written(shop.settings.warehouse_file, 1)
    written(shop.settings.published_file, 1)
    return shop


def cli(shop: Shop, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[int, str]:
    for name, value in (
        ("CANDID_ENV", "staging"),
        ("CANDID_DATA_DIR", str(shop.root / "data")),
        ("CANDID_CATALOG_DIR", str(shop.settings.catalog_dir)),
    ):
        monkeypatch.setenv(name, value)
    result = CliRunner().invoke(main, list(arguments))
    return result.exit_code, result.output


def test_every_version_before_this_one_is_kept() -> None:
    assert list(range(1, VERSION)) == [version for version in KEPT if version < VERSION]


def test_a_change_of_the_schema_is_a_new_version() -> None:
    lines = migrations.SCHEMA.read_text(encoding="utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.startswith(("--", "comment on")))
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    assert SCHEMAS.get(VERSION) == digest, (
        "schema.sql changed: keep the last version (`python -m"
        " candid_assets_tests.warehouse.keep_version` before the change), raise"
        " `warehouse.versions.VERSION`, say in `migrations.STEPS` what it brings, and pin it here"
    )
    assert set(migrations.STEPS) == set(range(2, VERSION + 1))


@pytest.mark.parametrize("version", KEPT)
def test_an_older_warehouse_becomes_what_a_new_one_is(tmp_path: Path, version: int) -> None:
    file = written(tmp_path / "warehouse.duckdb", version)
    with duckdb.connect(str(file)) as connection, duckdb.connect() as fresh:
        rows = connection.execute("select count(*) from meta.extracts").fetchall()
        bootstrap(connection, "staging")
        bootstrap(fresh, "staging")
        assert columns(connection) == columns(fresh)
        assert stored_version(connection) == VERSION
        assert connection.execute("select count(*) from meta.extracts").fetchall() == rows
        for table in ("extracts", "runs", "builds", "publications", "quarantine_history"):
            unordered = f"select count(*) - count(distinct number) from meta.{table}"
            assert connection.execute(unordered).fetchall() == [(0,)], table
        latest = connection.execute(
            "select max(number) < nextval('meta.numbers') from (select number from meta.runs"
            " union all select number from meta.publications)"
        ).fetchall()
        assert latest == [(True,)]


def test_status_history_and_runs_are_read_from_an_older_snapshot(
    older: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_published(older.settings.published_file) as snapshot:
        status = snapshot_status(snapshot)
        assert (status.checks.failed, status.quarantine.open) == (0, 0)
        assert len(recent_runs(snapshot, 10)) == len(publications(snapshot)) == 4
        assert set(last_fetched(snapshot)) == {"toko__sales", "toko__notes"}
        assert set(last_read(snapshot)) == {"toko"}
    contents = tab_history(older.settings, "toko__sales")
    assert [content.is_current for content in contents] == [True, False, False, False]
    code, output = cli(older, monkeypatch, "status", "--json")
    assert code == 0, output
    assert json.loads(output)["unread"] is None


@pytest.mark.parametrize(
    "arguments",
    [
        ["status"],
        ["history", "toko__sales"],
        ["diff", "toko__sales", "--from", "yesterday"],
        ["rebuild", "--as-of", "now"],
        ["report"],
        ["holds"],
        ["query", "select count(*) from ready.mart_daily"],
        ["explain", "ready.mart_daily", "--where", "receipts > 0"],
        ["doctor"],
        ["prune", "--dry-run"],
        ["contracts", "diff"],
        ["metrics"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_no_command_answers_an_older_store_with_an_error_of_duckdb(
    older: Shop, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    code, output = cli(older, monkeypatch, *arguments)
    for words in ("Binder Error", "Catalog Error", "Traceback", "Parser Error"):
        assert words not in output, output
    assert code in (0, 1, 2), output


def test_the_next_refresh_brings_an_older_warehouse_up_to_date(
    older: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    former = as_sql(older.settings.warehouse_file)
    older.edit("Penjualan", C2="7.000")
    record = older.refresh()
    assert record.succeeded
    assert record.published
    copy = older.settings.warehouse_file.with_name("warehouse.version-1.duckdb")
    assert f"from version 1 to version {VERSION}" in caplog.text
    assert str(copy) in caplog.text
    assert as_sql(copy) == former
    assert older.query("select max(publication) from meta.publications") == [(5,)]
    assert older.query("select max(version) from meta.versions") == [(VERSION,)]
    amounts = "select amount_idr::integer from clean.toko__sales where receipt_id = 'N1'"
    assert older.query(amounts) == [(7000,)]
    newest = tab_history(older.settings, "toko__sales")[0]
    assert (newest.is_current, newest.rows_clean) == (True, 3)
    assert not older.refresh().built


def test_an_older_snapshot_is_replaced_although_nothing_changed(older: Shop) -> None:
    older.refresh()
    written(older.settings.published_file.with_suffix(".old"), 1).replace(
        older.settings.published_file
    )
    with (
        open_warehouse(older.settings) as warehouse,
        duckdb.connect(str(older.settings.published_file)) as snapshot,
    ):
        # Even one that shows the very same run.
        snapshot.execute("delete from meta.runs")
        run = recent_runs(warehouse)[0]
        facts = [run.run_id, run.env, run.started_at, run.finished_at, True, run.summary]
        snapshot.execute("insert into meta.runs values (?, ?, ?, ?, ?, ?)", facts)
    assert older.refresh().published


def test_a_migration_that_fails_leaves_the_warehouse_as_it_was(
    older: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = older.settings.warehouse_file
    former = as_sql(file)

    def fail(_: object) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as patched, duckdb.connect(str(file)) as connection:
        patched.setattr(migrations, "record_version", fail)
        with pytest.raises(OSError, match="no space"):
            bootstrap(connection, "staging")
    assert as_sql(file) == former
    assert older.refresh().succeeded


def test_a_newer_warehouse_and_a_newer_snapshot_are_refused_in_a_sentence(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.refresh()
    backup = tmp_path / "backup.tar.gz"
    files = (shop.settings.warehouse_file, shop.settings.published_file)
    for file in files:
        file.chmod(0o644)
        with duckdb.connect(str(file)) as connection:
            connection.execute("insert into meta.versions values (99, 'candid 9.9', now())")
            connection.execute("drop table meta.extracts")
    sentence = rf"is of version 99; this program \(candid .*\) knows versions up to {VERSION}"
    with pytest.raises(WarehouseError, match=sentence):
        shop.refresh()
    with (
        pytest.raises(WarehouseError, match=sentence) as refused,
        open_published(shop.settings.published_file),
    ):
        pass
    assert "install the candid that wrote it" in refused.value.fix
    for arguments in (["status", "--json"], ["history", "toko__sales"], ["query", "select 1"]):
        _, output = cli(shop, monkeypatch, *arguments)
        assert "version 99" in output, output
        assert "Error:" not in output.replace("candid:", "")
    back_up(shop.settings.data_dir, "staging", backup)
    with pytest.raises(WarehouseError, match=sentence):
        restore(backup, tmp_path / "elsewhere", "staging", replace=False)


def test_a_folder_of_a_newer_version_is_refused_by_all_that_open_it(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.refresh()
    mark = shop.settings.data_dir / "candid-data.json"
    assert json.loads(mark.read_bytes())["version"] == FOLDER_VERSION
    for content, words in (
        ('{"version": 9}', f"of version 9; this program .* up to {FOLDER_VERSION}"),
        ("{", "does not say which version"),
    ):
        mark.write_text(content)
        backup = tmp_path / f"{len(content)}.tar.gz"
        with pytest.raises(WarehouseError, match=words):
            shop.refresh()
        with (
            pytest.raises(WarehouseError, match=words),
            open_published(shop.settings.published_file),
        ):
            pass
        back_up(shop.settings.data_dir, "staging", backup)
        with pytest.raises(WarehouseError, match=words):
            restore(backup, tmp_path / "elsewhere", "staging", replace=False)
        for arguments in (["status", "--json"], ["history", "toko__sales"], ["prune"]):
            _, output = cli(shop, monkeypatch, *arguments)
            assert re.search(words, " ".join(output.split())), output
    mark.unlink()  # as every folder until now
    assert shop.refresh().succeeded


def test_a_backup_of_a_newer_version_is_refused_in_a_sentence(shop: Shop, tmp_path: Path) -> None:
    shop.refresh()
    backup = tmp_path / "backup.tar.gz"
    with pytest.MonkeyPatch.context() as newer:
        newer.setattr("candid_assets.maintenance.backup.FORMAT", 7)
        back_up(shop.settings.data_dir, "staging", backup)
    with pytest.raises(BackupError, match=r"of version 7; this program .* up to 1"):
        restore(backup, tmp_path / "elsewhere", "staging", replace=False)


def test_what_is_kept_of_a_version_is_the_whole_of_it(shop: Shop) -> None:
    shop.refresh()
    file = shop.settings.warehouse_file
    again = file.with_name("again.duckdb")
    with duckdb.connect(str(again)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(as_sql(file))
    assert same_tables(file, again) == []
