"""A clock that was wrong for a run hides no edit: numbers say what is newest, times only show."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import rmtree
from typing import Any

import duckdb
import pytest

from candid_assets.history.moments import find_publication
from candid_assets.history.rebuild import rebuild
from candid_assets.history.tab_history import tab_history
from candid_assets.maintenance.backup import back_up
from candid_assets.maintenance.extract_retention import prunable
from candid_assets.maintenance.restore import restore
from candid_assets.warehouse.database import open_published
from candid_assets.warehouse.publications import publications
from candid_assets.warehouse.refresh_record import recent_runs
from candid_assets_tests.sources.installation import Installation
from candid_assets_tests.wrong_clock import clock

pytestmark = pytest.mark.slow

SALES = """name: sales
physicalName: sales
description: Receipts.
dataGranularityDescription: One row per receipt.
properties:
  - {name: receipt, physicalName: "No Nota", logicalType: string, primaryKey: true, description: Number.}
  - {name: amount_idr, physicalName: "Jumlah", logicalType: number, physicalType: "DECIMAL(18, 2)", description: Amount.}
"""  # noqa: E501
AMOUNTS_SQL = "select receipt, amount_idr from clean.ekspor__sales\n"
AMOUNTS = """name: amounts
description: Every amount of a receipt.
dataGranularityDescription: One row per receipt and version.
customProperties: [{property: owner, value: team:shop}, {property: kind, value: history}]
properties:
  - {name: receipt, logicalType: string, primaryKey: true, primaryKeyPosition: 1, required: true, description: Receipt.}
  - {name: amount_idr, logicalType: number, physicalType: "DECIMAL(18, 2)", description: Amount.}
  - {name: valid_from, logicalType: timestamp, primaryKey: true, primaryKeyPosition: 2, required: true, description: From.}
  - {name: valid_to, logicalType: timestamp, description: To.}
  - {name: is_current, logicalType: boolean, required: true, description: Current.}
"""  # noqa: E501
SEEN = "select receipt, amount_idr::integer from clean.ekspor__sales order by 1"


class Shop:
    """One file of receipts and the installation that reads it."""

    def __init__(self, root: Path) -> None:
        self.place = Installation(root)
        self.file = root.parent / "ekspor" / "sales.csv"
        self.file.parent.mkdir(exist_ok=True)
        self.place.head("ekspor", f"type: local, path: {self.file.parent}")
        self.place.table("ekspor", "sales", SALES)
        models = root / "catalog" / "models" / "sales"
        models.mkdir(parents=True)
        (models / "amounts.sql").write_text(AMOUNTS_SQL)
        (models / "amounts.yaml").write_text(AMOUNTS)

    def edit(self, *amounts: object) -> None:
        rows = [f"N{number},{amount}" for number, amount in enumerate(amounts, 1)]
        self.file.write_text("\n".join(["No Nota,Jumlah", *rows, ""]))

    def run(self, wrong: timedelta = timedelta()) -> None:
        with clock(wrong):
            record = self.place.run()
        assert record.succeeded, self.place.failures()

    def amounts(self) -> list[Any]:
        return [amount for _, amount in self.place.query(SEEN)]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Shop]:
    # Every edit here lies whole on the disk before it is read.
    monkeypatch.setattr("candid_assets.sources.files.reader.SETTLING_SECONDS", 0.0)
    return lambda name: Shop(tmp_path / name)


@pytest.fixture
def shop(make: Callable[[str], Shop]) -> Shop:
    return make("disturbed")


HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WRONG = [-HOUR, -DAY, HOUR, DAY, 400 * DAY, -400 * DAY]


def tables(file: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of every clean, quarantine and ready table, without when they were read."""
    with duckdb.connect(str(file), read_only=True) as connection:
        names = connection.execute(
            "select schema_name, table_name from duckdb_tables()"
            " where schema_name in ('clean', 'quarantine', 'ready', 'raw') order by all"
        ).fetchall()
        return {
            f"{schema}.{table}": connection.execute(
                "select columns(c -> c not in ('_loaded_at', 'valid_from', 'valid_to'))"
                f' from {schema}."{table}" order by all'
            ).fetchall()
            for schema, table in names
        }


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_an_edit_read_under_a_wrong_clock_and_those_after_it_are_published(
    shop: Shop, make: Callable[[str], Shop], wrong: timedelta
) -> None:
    undisturbed = make("undisturbed")
    for step, off in (((1, 2, 3), timedelta()), ((1, 20, 3), wrong), ((1, 20, "x"), timedelta())):
        shop.edit(*step)
        shop.run(off)
        undisturbed.run()
        files = [one.place.settings.published_file for one in (shop, undisturbed)]
        assert tables(files[0]) == tables(files[1])
        shop.run()  # nothing is left for the next run
        assert not shop.place.runs[-1].built
    assert shop.amounts() == [1, 20]
    broken = "select count(*) from ready.amounts where valid_to <= valid_from"
    assert shop.place.query(broken) == [(0,)]
    current = "select receipt, amount_idr::integer from ready.amounts where is_current order by all"
    assert shop.place.query(current) == [("N1", 1), ("N2", 20)]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_the_newest_run_and_publication_are_those_that_came_last(
    shop: Shop, wrong: timedelta
) -> None:
    shop.edit(1)
    shop.run()
    shop.edit(2)
    shop.run(wrong)
    shop.edit(3)
    shop.run()
    with open_published(shop.place.settings.published_file) as snapshot:
        runs = recent_runs(snapshot, 3)
        published = publications(snapshot)
    assert [run.run_id for run in runs] == [p.run_id for p in reversed(published)]
    assert find_publication(published, "now", datetime.now(UTC)) == published[-1]
    contents = tab_history(shop.place.settings, "ekspor__sales")
    assert [content.is_current for content in contents] == [True, False, False]
    assert [content.run_id for content in contents] == [run.run_id for run in runs]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_any_publication_is_built_again_with_the_record_as_it_was(
    shop: Shop, tmp_path: Path, wrong: timedelta
) -> None:
    for number, off in enumerate((timedelta(), wrong, timedelta()), 1):
        shop.edit(number, "x" if number == 2 else 5)
        shop.run(off)
    with open_published(shop.place.settings.published_file) as snapshot:
        published = publications(snapshot)
    for count, publication in enumerate(published, 1):
        target = tmp_path / f"{count}.duckdb"
        now = datetime.now(UTC)
        again = rebuild(shop.place.settings, publication.run_id, target, now, None)
        assert again.is_identical, again.differences
        with duckdb.connect(str(target), read_only=True) as connection:
            for table in ("runs", "extracts", "publications"):
                rows = connection.execute(f"select count(*) from meta.{table}").fetchone()
                assert rows == (count,), table
            stands = "select count(*), count(resolved) from meta.quarantine_history"
            expected = {1: (0, 0), 2: (1, 0), 3: (1, 1)}[count]
            assert connection.execute(stands).fetchone() == expected


@pytest.mark.parametrize("wrong", [-DAY, DAY], ids=str)
def test_after_a_restored_backup_the_edits_are_published(
    shop: Shop, tmp_path: Path, wrong: timedelta
) -> None:
    settings = shop.place.settings
    shop.edit(1, 2)
    shop.run(wrong)
    backup = tmp_path / "backup.tar.gz"
    back_up(settings.data_dir, "staging", backup)
    shop.edit(1, 3)
    shop.run()
    restore(backup, settings.data_dir, "staging", replace=True)
    shop.run(-wrong)
    assert shop.amounts() == [1, 3]
    shop.edit(4, 3)
    shop.run()
    assert shop.amounts() == [4, 3]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_nothing_is_pruned_before_its_time_because_a_clock_was_wrong(
    shop: Shop, wrong: timedelta
) -> None:
    place = shop.place
    with (place.root / "catalog/workbooks/ekspor/contract.yaml").open("a") as head:
        head.write("customProperties: [{property: retention, value: P90D}]\n")
    rmtree(place.root / "catalog/models")  # a history would keep every extract
    for number, off in enumerate((timedelta(), wrong, timedelta()), 1):
        shop.edit(number)
        shop.run(off)
    newest = tab_history(place.settings, "ekspor__sales")[0].extract
    with duckdb.connect(str(place.settings.warehouse_file)) as connection:
        for days, due in ((0, 0), (89, 0), (1_000, 2)):
            now = datetime.now(UTC) + timedelta(days=days)
            past = prunable(place.settings, place.catalog(), connection, now)
            assert newest not in {extract.content_hash for extract in past}
            # The two others are due in the end.
            assert len(past) == due, days
