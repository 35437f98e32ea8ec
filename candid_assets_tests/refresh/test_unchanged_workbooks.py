"""A workbook that is found unchanged is as fresh as one that was read, whatever fails beside it."""

from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from candid_assets.cli import main
from candid_assets.contracts.load import load_catalog
from candid_assets.monitoring.open_alerts import seen_workbooks
from candid_assets.settings import REPOSITORY
from candid_assets.warehouse.last_looks import last_looks, note_looks
from candid_assets_tests.end_to_end.faults.kit import Shop, company_books


@pytest.fixture
def company(tmp_path):
    with company_books(tmp_path) as (server, settings):
        yield Shop(server, load_catalog(settings.catalog_dir), settings)


def seen_since(shop: Shop, moment: datetime) -> set[str]:
    now = datetime.now(UTC)
    seen = seen_workbooks(shop.settings, shop.catalog, now)
    return {workbook.name for workbook, last in seen if last is not None and last >= moment}


def test_unchanged_workbook_is_seen_though_nothing_is_published(company):
    assert company.refresh().published
    assert set(last_looks(company.settings.data_dir)) == {"toko", "gudang"}
    snapshot, later = company.settings.published_file.stat(), datetime.now(UTC)
    assert seen_since(company, later) == set()
    assert not company.refresh().published
    assert company.settings.published_file.stat() == snapshot
    assert seen_since(company, later) == {"toko", "gudang"}


def test_workbook_that_cannot_be_asked_is_not_seen_and_the_others_are(company):
    company.refresh()
    later = datetime.now(UTC)
    company.server.fault({"do": "error", "error": "not_found"}, workbook="Toko", count=None)
    company.server.change("Toko", "edit", tab="Q1", cells={"C3": 41})
    assert not company.refresh().succeeded
    assert seen_since(company, later) == {"gudang"}


def test_command_that_finds_nothing_changed_has_seen_every_workbook(company, monkeypatch):
    for name, value in {
        "CANDID_ENV": company.settings.env,
        "CANDID_CATALOG_DIR": str(company.settings.catalog_dir),
        "CANDID_DATA_DIR": str(company.settings.data_root),
        "DAGSTER_HOME": str(REPOSITORY),
        **company.server.environment,
    }.items():
        monkeypatch.setenv(name, value)
    company.refresh()
    later = datetime.now(UTC)
    done = CliRunner().invoke(main, ["run"])
    assert done.exit_code == 0, done.output
    assert not (company.settings.data_dir / "dagster").exists()
    assert seen_since(company, later) == {"toko", "gudang"}


def test_looks_of_workbooks_that_are_gone_are_not_kept(tmp_path):
    first, second = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
    note_looks(tmp_path, ["a", "b"], ["a", "b"], first)
    note_looks(tmp_path, ["c"], ["a", "c"], second)
    assert last_looks(tmp_path) == {"a": first, "c": second}


@pytest.mark.parametrize("content", [b"", b"[]", b'{"a": 1}', b'{"a": "2026-01-01"}', b"\xff"])
def test_damaged_note_of_looks_says_nothing(tmp_path, content):
    (tmp_path / "looks.json").write_bytes(content)
    assert last_looks(tmp_path) == {}
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    note_looks(tmp_path, ["a"], ["a"], moment)
    assert last_looks(tmp_path) == {"a": moment}
