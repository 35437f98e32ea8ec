"""A small company with something wrong of every kind, as its snapshot shows it."""

import json

import duckdb

from candid_assets.contracts.load import load_catalog
from candid_assets.settings import Settings
from candid_assets.warehouse.publish import publish
from candid_assets_tests.web.api.company import publish_rows

SHEET = "https://docs.google.com/spreadsheets/d/Toko/edit#gid=7&range="
REASONS = (
    "struct_pack(\"column\" := 'amount_idr', header := 'C', cell := 'C4', \"value\" := '=1+1',"
    " reason := 'not_a_number', message := 'C (C4): is not a number',"
    f" link := '{SHEET}C4')"
)
HISTORY = (
    # _id, column, reason, days ago, mended days ago, cell, value
    ("key N0004", "amount_idr", "not_a_number", 3, None, "C4", "=1+1"),
    ("key N0012", "amount_idr", "below_minimum", 1, None, "C12", "-5"),
    ("key N0002", "sold_date", "not_a_date", 9, 2, "B2", "besok <b>pagi</b>"),
)


def publish_troubles(settings: Settings) -> None:
    """Publish the company's tables with rows kept out, failed checks, a hold and failures."""
    publish_rows(settings)
    assert not load_catalog(settings.catalog_dir).problems
    with duckdb.connect(str(settings.warehouse_file)) as connection:
        connection.execute(
            "create table quarantine.toko__segala as select 4::integer as _row, 'x' as _extract,"
            f" 'key N0004' as _id, [{REASONS}] as _reasons, 'N0004' as \"A\", '2025-05-05' as"
            ' "B", \'=1+1\' as "C"'
        )
        for n, (row, column, reason, since, mended, cell, value) in enumerate(HISTORY):
            connection.execute(
                "insert into meta.quarantine_history values ('toko__segala', $1, $2, $3,"
                " now() - to_days($4::int), now(), now() - to_days($5::int), 'run-1', null, $6, $7,"
                " $2 || ' (' || $6 || '): is wrong', $8, $9, null)",
                [row, column, reason, since, mended, cell, value, SHEET + cell, 100 + n],
            )
        for layer, table, name, severity, message in (
            ("clean", "toko__segala", "nothing_quarantined", "warning", "1 row is in quarantine"),
            ("clean", "toko__segala", "references_found", "warning", "1 value is not found"),
        ):
            connection.execute(
                "insert into meta.checks values (?, ?, ?, false, ?, false, ?, '{}', '[]', now(),"
                " 'run-1')",
                [layer, table, name, severity, message],
            )
        connection.execute(
            "insert into meta.extracts (workbook, tab, content_hash, spreadsheet_id, sheet_id,"
            " title, rows_read, fetched_at, run_id, hidden, number)"
            " values ('toko', 'segala', 'x', 'Toko', 7, 'Segala', 4, now(), 'run-1', false, 1)"
        )
        samples = [{"column": "remark", "value": "tunai", "cell": "J9", "link": f"{SHEET}J9"}]
        connection.execute(
            "update meta.checks set samples = ? where name = 'references_found'",
            [json.dumps(samples)],
        )
        connection.execute(
            "insert into meta.failures values ('clean', 'gudang__harian', 'gudang', 'harian',"
            " 'tab_missing', 'workbook Gudang has no tab Jan25', 'candid contracts diff gudang',"
            " now(), 'run-1')"
        )
        connection.execute(
            "insert into meta.holds values ('toko', 'harian', 'toko__harian', 'Jan25',"
            " 'rows_vanished', 'aaaa', 'bbbbccccddddeeee', 900, 3, '897 of 900 rows are gone',"
            " now(), 'run-1', null)"
        )
        publish(connection, settings.published_file)
