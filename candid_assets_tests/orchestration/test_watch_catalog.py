"""A saved change of the catalog is validated and built from what is landed."""

import threading

import pytest
from click.testing import CliRunner

from candid_assets.cli import main
from candid_assets.orchestration.watch_catalog import rebuild, saved_changes

MART = "models/sales/mart_daily.yaml"


@pytest.fixture
def read(shop):
    shop.refresh()
    return shop


def change(shop, name, old, new):
    path = shop.settings.catalog_dir / name
    path.write_text(path.read_text().replace(old, new, 1))


def built(rebuilt):
    return {f"{event.layer}.{event.table}" for event in rebuilt.built}


def test_what_a_change_touches_is_built_and_published(read):
    assert built(rebuild(read.settings)) == set()
    change(read, "models/sales/mart_daily.sql", "count(*) as receipts", "2 * count(*) as receipts")
    assert built(rebuild(read.settings)) == {"ready.mart_daily"}
    assert read.query("select sum(receipts) from ready.mart_daily") == [(6,)]
    assert built(rebuild(read.settings)) == set()


def test_a_contract_is_cleaned_anew_without_its_source(read):
    before = read.session.reads
    change(read, "workbooks/toko/sales.yaml", "{minimum: 0}", "{minimum: 1500}")
    rebuilt = rebuild(read.settings)
    assert {"clean.toko__sales", "quarantine.toko__sales", "ready.mart_daily"} <= built(rebuilt)
    assert any("below_minimum" in line for line in rebuilt.lines())
    assert read.session.reads == before


def test_a_mistake_is_named_with_its_line_and_nothing_is_built(read):
    change(read, MART, "description: Day.", "descripton: Day.")
    rebuilt = rebuild(read.settings)
    problem = rebuilt.problems[0]
    assert (problem.line, "unknown key 'descripton'" in problem.message) == (6, True)
    assert rebuilt.failed
    assert rebuilt.outcome().endswith("to correct, nothing built")


def test_saved_files_are_seen_and_what_declares_nothing_is_not(tmp_path):
    stop, seen = threading.Event(), []
    (tmp_path / "models").mkdir()

    def watch():
        for files in saved_changes(tmp_path, stop):
            seen.append(files)
            stop.set()

    watcher = threading.Thread(target=watch)
    watcher.start()
    while watcher.is_alive():
        (tmp_path / "models" / "x.sql").write_text("select 1 as one")
        (tmp_path / "models" / "x.sql.swp").write_text("")
        (tmp_path / ".hidden.yaml").write_text("")
        watcher.join(0.2)
    assert seen == [("models/x.sql",)]


def test_it_builds_in_the_sample_only(monkeypatch, tmp_path):
    monkeypatch.setenv("CANDID_ENV", "staging")
    monkeypatch.setenv("CANDID_DATA_DIR", str(tmp_path))
    done = CliRunner().invoke(main, ["dev", "--once"])
    assert done.exit_code == 2
    assert "in the sample only" in done.stderr
