"""The job that audits what is published ends green where all rules hold, and else names them."""

import duckdb
import pytest

from candid_assets.names import AUDIT_PUBLISHED
from candid_assets.orchestration.audit_job import build_audit_job, build_audit_schedule
from candid_assets.reports.audit_pages import newest_audit
from candid_assets.settings import Settings
from candid_assets_tests.refresh.conftest import shop

__all__ = ["shop"]

STOCK = """name: stock
physicalName: Stok
description: Stock.
properties:
  - {name: sku, physicalName: Kode, logicalType: string, primaryKey: true, description: Product.}
  - {name: qty, physicalName: Jumlah, logicalType: integer, required: true, description: Pieces.}
"""


@pytest.fixture
def published(shop, monkeypatch) -> Settings:
    """The settings of a small company whose one table is published."""
    shop.contract("stock", STOCK)
    shop.sheet(Stok=[["Kode", "Jumlah"], ["A", 1], ["B", 2]])
    assert shop.run().succeeded
    settings = shop.settings
    monkeypatch.setenv("CANDID_ENV", settings.env)
    monkeypatch.setenv("CANDID_DATA_DIR", str(settings.data_root))
    monkeypatch.setenv("CANDID_CATALOG_DIR", str(settings.catalog_dir))
    return settings


def test_published_tables_whose_rules_hold_are_audited_with_a_page_each(published):
    assert build_audit_job("staging").execute_in_process().success
    audit = newest_audit(published)
    assert [table.relation for table in audit.tables] == ["clean.toko__stock"]
    assert audit.rules > 0
    assert audit.failing == ()
    assert "clean.toko__stock" in audit.page("clean.toko__stock").read_text()


def test_a_broken_rule_fails_the_job_and_is_named(published):
    published.published_file.chmod(0o600)
    with duckdb.connect(str(published.published_file)) as connection:
        connection.execute("insert into clean.toko__stock from clean.toko__stock limit 1")
    result = build_audit_job("staging").execute_in_process(raise_on_error=False)
    assert not result.success
    (failure,) = [e for e in result.all_events if e.is_step_failure]
    said = failure.step_failure_data.user_failure_data
    assert "some are broken" in said.description
    assert "sku" in said.metadata["clean.toko__stock"].value
    assert [table.relation for table in newest_audit(published).failing] == ["clean.toko__stock"]


def test_the_page_of_a_table_that_is_gone_goes_with_it(published):
    build_audit_job("staging").execute_in_process()
    old = newest_audit(published).folder / "clean.gone.html"
    old.write_text("old")
    build_audit_job("staging").execute_in_process()
    assert not old.exists()


def test_before_anything_is_published_there_is_nothing_to_audit(published):
    published.published_file.unlink()
    assert build_audit_job("staging").execute_in_process().success
    assert newest_audit(published) is None


@pytest.mark.parametrize(("env", "status"), [("sample", "STOPPED"), ("production", "RUNNING")])
def test_the_audit_is_daily_outside_the_sample(env, status):
    schedule = build_audit_schedule(env)
    assert schedule.job_name == AUDIT_PUBLISHED
    assert schedule.default_status.value == status
