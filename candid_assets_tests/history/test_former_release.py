"""A warehouse of a release that kept no builds opens, and its next refresh records them."""

import duckdb

from candid_assets_tests.history.shop import same_tables
from candid_assets_tests.history.test_rebuild import rebuilt

FORMER = """
drop table meta.versions;
drop sequence meta.numbers;
alter table meta.extracts drop column number;
alter table meta.runs drop column number;
alter table meta.schema_changes drop column number;
alter table meta.schema_changes drop column resolved_number;
drop table meta.builds;
drop table meta.publications;
drop table meta.published_tables;
drop table meta.quarantine_history;
drop table meta.pruned_extracts;
create table meta.kept as
    select layer, "table", 'former' as inputs_key, fingerprint, row_count, built_at, run_id
    from meta.tables;
drop table meta.tables;
create table meta.tables (
    layer varchar not null, "table" varchar not null, inputs_key varchar not null,
    fingerprint varchar not null, row_count bigint not null, built_at timestamptz not null,
    run_id varchar not null, primary key (layer, "table")
);
insert into meta.tables from meta.kept;
drop table meta.kept;
"""


def test_warehouse_of_a_release_without_build_records_is_upgraded(shop):
    shop.edit("Penjualan", C3="dua")
    shop.refresh()
    with duckdb.connect(str(shop.settings.warehouse_file)) as connection:
        connection.execute(FORMER)
    shop.saved.clear()
    shop.edit("Penjualan", C1="Harga")
    shop.refresh()
    again = rebuilt(shop, "now")
    # The tab that holds still shows what the former release built.
    assert {d.reason for d in again.differences} <= {
        "it was made before builds were recorded",
        "it reads a table that was made before builds were recorded",
    }
    assert {d.table for d in again.differences} >= {"clean.toko__sales"}
    shop.edit("Penjualan", C1="Jumlah (Rp)", C2="5.000")
    shop.refresh()
    run_id, saved = shop.saved[-1]
    again = rebuilt(shop, run_id)
    assert again.differences == []
    assert same_tables(saved, again.file) == []
