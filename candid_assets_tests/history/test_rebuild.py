"""Any earlier publication is built again, equal table for table to the file saved then."""

from datetime import UTC, datetime

import pytest

from candid_assets.history.errors import HistoryError
from candid_assets.history.rebuild import rebuild
from candid_assets_tests.history.shop import DAILY_SQL, SALES, same_tables

pytestmark = pytest.mark.slow


def rebuilt(shop, as_of, name="again.duckdb"):
    return rebuild(shop.settings, as_of, shop.root / name, datetime.now(UTC), None)


def assert_all_identical(shop):
    for number, (run_id, saved) in enumerate(shop.saved):
        again = rebuilt(shop, run_id, f"again-{number}.duckdb")
        assert again.differences == []
        assert same_tables(saved, again.file) == []


def test_every_publication_is_rebuilt_identically_after_edits(shop):
    shop.refresh()
    shop.edit("Penjualan", C2="9.999", A5="N4", B5="1 Sept 2025", C5="tujuh")
    shop.refresh()
    shop.edit("Penjualan", C5="7 rb")
    shop.refresh()
    shop.edit("Penjualan", C2="1.000", A5=None, B5=None, C5=None)
    shop.refresh()
    assert len(shop.saved) == 4
    # A, B, C and A again: the same extract has the same time of loading.
    first, last = (shop.query("from raw.toko__sales", shop.saved[i][1]) for i in (0, 3))
    assert first == last
    assert_all_identical(shop)


def test_table_that_kept_its_last_good_content_is_rebuilt_from_that_extract(shop):
    shop.refresh()
    shop.edit("Penjualan", C1="Harga")
    shop.edit("Catatan", A4="Joko")
    record = shop.refresh()
    assert [f.cause for f in record.failures] == ["missing_column"]
    raw, clean = (
        shop.query(f"select distinct _extract from {layer}.toko__sales")
        for layer in ("raw", "clean")
    )
    assert raw != clean
    assert_all_identical(shop)


def test_layouts_and_schema_changes_are_rebuilt_as_of_the_publication(shop):
    layouts = "select * exclude (accepted_at) from meta.layouts order by all"
    changes = "select kind, subject, resolved_at from meta.schema_changes order by all"
    shop.refresh()
    shop.edit("Penjualan", C1="Harga")
    shop.refresh()
    assert [row[2] for row in shop.query(changes)] == [None]
    shop.edit("Penjualan", C1="Jumlah (Rp)")
    shop.refresh()
    assert None not in [row[2] for row in shop.query(changes)]
    for number, (run_id, saved) in enumerate(shop.saved):
        again = rebuilt(shop, run_id, f"again-{number}.duckdb")
        for record in (layouts, changes):
            assert shop.query(record, again.file) == shop.query(record, saved)


def test_a_ready_table_built_from_older_inputs_is_rebuilt_from_those(shop):
    shop.refresh()
    shop.write("models/sales/mart_daily.sql", DAILY_SQL.replace("count(*)", "1 // (count(*) - 4)"))
    shop.edit("Penjualan", C2="5.000")
    shop.refresh()
    shop.write(
        "models/sales/mart_daily.sql", DAILY_SQL.replace("sum(amount_idr)", "sum(error(who))")
    )
    shop.edit("Penjualan", C2="6.000")
    shop.edit("Catatan", A4="Joko")
    record = shop.refresh()
    assert [f.cause for f in record.failures] == ["sql_error"]
    clean = shop.query("select sum(amount_idr) from clean.toko__sales")
    assert clean != shop.query("select sum(amount_idr) from ready.mart_daily")
    assert_all_identical(shop)


def test_rebuild_uses_the_contracts_and_models_of_the_publication(shop):
    shop.refresh()
    shop.write("workbooks/toko/sales.yaml", SALES.replace("amount_idr", "total_idr"))
    shop.write("models/sales/mart_daily.sql", DAILY_SQL.replace("(amount_idr)", "(total_idr)"))
    shop.refresh()
    for path in list(shop.settings.catalog_dir.rglob("*")):
        if path.is_file():
            path.unlink()
    assert_all_identical(shop)


def test_rebuild_under_a_broken_contract_uses_the_last_valid_one(shop):
    shop.refresh()
    shop.write("workbooks/toko/sales.yaml", SALES.replace("primaryKey", "primaryKy"))
    shop.edit("Catatan", A4="Joko")
    assert not shop.refresh().succeeded
    assert_all_identical(shop)


def test_rebuilt_links_use_the_sheet_id_of_the_publication(shop):
    shop.edit("Penjualan", C2="abc")
    shop.refresh()
    shop.server.change("Toko", "rename_tab", tab="Catatan", title="Catatan lama")
    shop.edit("Penjualan", C3="abc")
    shop.refresh()
    assert_all_identical(shop)


def test_damaged_extract_is_reported_and_other_tables_are_rebuilt(shop):
    shop.refresh()
    file = next((shop.settings.landing_dir / "toko" / "notes").iterdir())
    file.unlink()
    again = rebuilt(shop, "now")
    reasons = {d.table: d.reason for d in again.differences}
    assert set(reasons) == {
        "raw.toko__notes",
        "clean.toko__notes",
        "quarantine.toko__notes",
        "ready.mart_people",
    }
    assert str(file) in reasons["raw.toko__notes"]
    assert reasons["ready.mart_people"] == "a table that it reads could not be built"


def test_rebuild_reports_that_the_code_has_changed(shop, monkeypatch):
    shop.refresh()
    from candid_assets.history import rebuild as module

    monkeypatch.setattr(module, "code_version", lambda: "0.2.0+ffff duckdb 9")
    from candid_assets.warehouse import raw_query

    monkeypatch.setattr(raw_query, "first_loaded", lambda *_: datetime(2020, 1, 1, tzinfo=UTC))
    again = rebuilt(shop, "now")
    assert {d.table for d in again.differences} == {"raw.toko__sales", "raw.toko__notes"}
    assert all("0.2.0+ffff" in d.reason for d in again.differences)


def test_a_moment_before_the_first_publication_is_refused(shop):
    shop.refresh()
    with pytest.raises(HistoryError, match="nothing was published yet"):
        rebuilt(shop, "2020-01-01")


def test_only_an_earlier_rebuild_is_overwritten(shop):
    shop.refresh()
    rebuilt(shop, "now")
    assert rebuilt(shop, "now").is_identical
    (shop.root / "mine.duckdb").write_text("my notes")
    with pytest.raises(HistoryError, match="is not a rebuild"):
        rebuilt(shop, "now", "mine.duckdb")
    with pytest.raises(HistoryError, match="in use by the platform"):
        rebuild(shop.settings, "now", shop.settings.published_file, datetime.now(UTC), None)
    assert list(shop.root.glob(".*")) == []


def test_publication_recorded_by_a_failed_run_is_withdrawn(shop, monkeypatch):
    from candid_assets.refresh import closing as module

    shop.refresh()
    publish = module.publish

    def broken(*_):
        raise OSError("disk full")

    monkeypatch.setattr(module, "publish", broken)
    shop.edit("Penjualan", C2="5.000")
    record = shop.refresh()
    assert [failure.cause for failure in record.failures] == ["storage_failed"]
    assert "disk full" in record.failures[0].message
    monkeypatch.setattr(module, "publish", publish)
    shop.edit("Penjualan", C2="6.000")
    shop.refresh()
    assert shop.query("select list(publication) from meta.publications") == [([1, 2],)]
    assert_all_identical(shop)


def test_catalogs_are_kept_once_each(shop):
    shop.refresh()
    shop.edit("Penjualan", C2="5.000")
    shop.refresh()
    assert len(list(shop.settings.catalogs_dir.iterdir())) == 1
    shop.write("workbooks/toko/README.md", "A note.")
    shop.edit("Penjualan", C2="6.000")
    shop.refresh()
    assert len(list(shop.settings.catalogs_dir.iterdir())) == 2
