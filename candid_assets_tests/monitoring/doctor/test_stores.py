"""The doctor names every store that is damaged, with what to do; quick checks see what is used."""

import pytest

from candid_assets.monitoring.doctor import stores
from candid_assets_tests.history.conftest import shop

__all__ = ["shop"]


def broken(shop, deep):
    findings = list(stores.check_stores(shop.settings, deep=deep))
    wrong = [finding for finding in findings if finding.state != "ok"]
    assert all(finding.why and finding.fix for finding in wrong)
    return {finding.check for finding in wrong if finding.check != "history"}


def flip(file):
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.chmod(0o600)
    file.write_bytes(content)


@pytest.mark.parametrize("deep", [False, True])
def test_each_damaged_store_is_named(shop, deep):
    shop.refresh()
    settings = shop.settings
    assert broken(shop, deep) == set()
    (extract,) = settings.landing_dir.glob("toko/sales/*.parquet")
    (catalog,) = settings.catalogs_dir.glob("*.zip")
    seen = set()
    stored = ((extract, "landing"), (catalog, "catalogs"), (settings.published_file, "snapshot"))
    for file, name in (*stored, (settings.warehouse_file, "warehouse")):
        content = file.read_bytes()
        flip(file)
        seen |= broken(shop, deep)
        assert name in seen, file
        file.write_bytes(content)
    assert broken(shop, deep) == set()


def test_an_earlier_extract_is_read_by_the_deep_check_alone(shop):
    shop.refresh()
    (earlier,) = shop.settings.landing_dir.glob("toko/sales/*.parquet")
    shop.edit("Penjualan", C2="9.000")
    shop.refresh()
    flip(earlier)
    assert broken(shop, deep=False) == set()
    assert broken(shop, deep=True) == {"landing"}


def test_a_missing_warehouse_is_named_beside_what_was_made_with_it(shop):
    assert broken(shop, deep=False) == {"snapshot"}
    shop.refresh()
    shop.settings.warehouse_file.unlink()
    (finding,) = [stores.check_warehouse(shop.settings)]
    assert (finding.state, "candid restore" in finding.fix) == ("failed", True)


def test_damaged_pages_of_the_history_are_named(shop, tmp_path):
    import sqlite3

    file = tmp_path / "runs.db"
    with sqlite3.connect(file) as database:
        database.execute("create table t as select 1 as n")
    assert stores._damaged_databases(tmp_path) == []
    file.write_bytes(file.read_bytes()[:3000])
    assert stores._damaged_databases(tmp_path) == [str(file)]
