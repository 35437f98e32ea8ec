"""A damaged extract is never built from: it is named, and the next refresh writes it anew."""

import duckdb
import pytest

from candid_assets.warehouse.landing import Landing, verify

AMOUNTS = "select amount_idr::integer from clean.toko__sales order by receipt_id"


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 4
    path.chmod(0o600)
    path.write_bytes(content)


def landed(shop, tab):
    return sorted(shop.settings.landing_dir.glob(f"toko/{tab}/*.parquet"))


def test_content_that_comes_back_is_not_taken_from_a_damaged_file(shop):
    shop.refresh()
    (first,) = landed(shop, "sales")
    shop.edit("Penjualan", C2="7.000")
    shop.refresh()
    flip(first)
    shop.edit("Penjualan", C2="1.000")
    record = shop.refresh()
    assert record.succeeded
    verify(first)
    assert shop.query(AMOUNTS) == [(1000,), (2500,), (2_000_000,)]


def test_reading_all_again_heals(shop):
    shop.refresh()
    (file,) = landed(shop, "sales")
    flip(file)
    assert shop.refresh(force=True).succeeded
    verify(file)


@pytest.mark.parametrize("damage", [flip, lambda path: path.unlink()])
def test_a_damaged_extract_that_is_needed_is_named_and_the_next_refresh_heals(shop, damage):
    shop.refresh()
    (file,) = landed(shop, "sales")
    with duckdb.connect(str(shop.settings.warehouse_file)) as connection:
        connection.execute("update meta.tables set inputs_key = 'x' where layer = 'raw'")
    damage(file)
    record = shop.refresh()
    (failure,) = [f for f in record.failures if f.cause == "landing_damaged"]
    assert str(file) in failure.message
    assert "candid restore" in failure.fix
    assert shop.refresh().succeeded
    verify(file)
    whole = Landing(shop.settings.landing_dir)
    assert whole.open("toko", "sales", file.stem).num_rows == 4
    assert shop.query(AMOUNTS) == [(1000,), (2500,), (2_000_000,)]
