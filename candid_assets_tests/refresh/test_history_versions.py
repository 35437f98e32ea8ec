"""Histories: every version of what is tracked, from the extracts that brought and ended it."""

from datetime import UTC, datetime, timedelta

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from candid_assets.contracts.load import load_catalog
from candid_assets.contracts.model_file import read_model
from candid_assets.history.rebuild import rebuild
from candid_assets.lineage.catalog_lineage import CatalogLineage
from candid_assets.lineage.explain import explain
from candid_assets.refresh import history_versions as versioning
from candid_assets.warehouse.database import bootstrap, open_published
from candid_assets_tests.history.conftest import shop
from candid_assets_tests.history.shop import Shop, same_tables

pytestmark = pytest.mark.slow

__all__ = ["shop"]

SQL = "select receipt_id, amount_idr from clean.toko__sales\n"
YAML = """name: amount_history
description: Every amount of a receipt.
dataGranularityDescription: One row per receipt and version.
customProperties: [{property: owner, value: team:shop}, {property: kind, value: history}]
properties:
  - {name: receipt_id, logicalType: string, primaryKey: true, primaryKeyPosition: 1, required: true, description: Receipt.}
  - {name: amount_idr, logicalType: number, description: Amount.}
  - {name: valid_from, logicalType: timestamp, primaryKey: true, primaryKeyPosition: 2, required: true, description: From.}
  - {name: valid_to, logicalType: timestamp, description: To.}
  - {name: is_current, logicalType: boolean, required: true, description: Current.}
"""  # noqa: E501
NAME = "ready.amount_history"


def describe_history(shop: Shop, sql: str = SQL, yaml: str = YAML) -> None:
    shop.write("models/sales/amount_history.sql", sql)
    shop.write("models/sales/amount_history.yaml", yaml)


def versions(shop: Shop, receipt: str = "N2", file=None) -> list[tuple]:
    return shop.query(
        f"select amount_idr::integer, valid_from, valid_to, is_current from {NAME}"
        f" where receipt_id = '{receipt}' order by valid_from",
        file,
    )


def read_at(shop: Shop) -> list[datetime]:
    """When each extract of the tab was read, in Asia/Jakarta."""
    rows = shop.query(
        "select cast(fetched_at as timestamp) from meta.extracts where tab = 'sales'"
        " order by fetched_at"
    )
    return [moment for (moment,) in rows]


@pytest.fixture
def history(shop: Shop) -> Shop:
    describe_history(shop)
    record = shop.refresh()
    assert record.succeeded, [str(f) for f in record.failures]
    return shop


def test_the_first_extract_opens_one_version_of_each_row(history):
    (first,) = read_at(history)
    assert versions(history) == [(2500, first, None, True)]
    assert history.query(f"select count(*), count_if(is_current) from {NAME}") == [(3, 3)]


def test_edit_closes_a_version_and_opens_one_at_the_time_of_its_extract(history):
    others = f"from {NAME} where receipt_id <> 'N2' order by all"
    before = history.query(others)
    history.edit("Penjualan", C3=9900)
    record = history.refresh()
    first, second = read_at(history)
    assert versions(history) == [(2500, first, second, False), (9900, second, None, True)]
    assert history.query(others) == before
    assert {b.table for b in record.built if b.layer == "ready"} == {"amount_history", "mart_daily"}


def test_restored_value_is_a_third_version(history):
    for value in (9900, 2500):
        history.edit("Penjualan", C3=value)
        history.refresh()
    first, second, third = read_at(history)
    assert versions(history) == [
        (2500, first, second, False),
        (9900, second, third, False),
        (2500, third, None, True),
    ]


def test_unchanged_inputs_build_nothing_and_a_forced_build_changes_nothing(history):
    history.edit("Penjualan", C3=9900)
    history.refresh()
    before = history.query(f"from {NAME} order by all")
    assert [b for b in history.refresh().built if b.layer != "sheets"] == []
    record = history.refresh(force=True)
    assert record.succeeded, [str(f) for f in record.failures]
    assert history.query(f"from {NAME} order by all") == before


def test_edit_of_an_untracked_column_opens_no_version(history):
    before = history.query(f"from {NAME} order by all")
    history.edit("Penjualan", B3="19/08/2025")
    history.refresh()
    assert history.query(f"from {NAME} order by all") == before


def test_removed_row_closes_its_version_and_a_restored_one_opens_another(history):
    history.edit("Penjualan", A3="", B3="", C3="")
    history.refresh()
    ((_, first, end, current),) = versions(history)
    assert (end, current) == (read_at(history)[1], False)
    history.edit("Penjualan", A3="N2", B3="18/08/2025", C3=2500)
    history.refresh()
    again = versions(history)
    assert [row[1:] for row in again] == [
        (first, end, False),
        (read_at(history)[2], None, True),
    ]


def test_rebuild_of_any_moment_gives_the_versions_valid_at_that_moment(history):
    for value in (9900, 2500, 100):
        history.edit("Penjualan", C3=value)
        history.refresh()
    for number, (run_id, saved) in enumerate(history.saved):
        again = rebuild(
            history.settings, run_id, history.root / f"{number}.duckdb", datetime.now(UTC), None
        )
        assert again.is_identical, again.differences
        assert same_tables(again.file, saved) == []
        assert len(versions(history, file=again.file)) == number + 1


def test_history_declared_late_has_all_versions_of_earlier_extracts(shop):
    shop.refresh()
    for value in (9900, 2500):
        shop.edit("Penjualan", C3=value)
        shop.refresh()
    describe_history(shop)
    record = shop.refresh()
    assert record.succeeded, [str(f) for f in record.failures]
    first, second, third = read_at(shop)
    expected = [
        (2500, first, second, False),
        (9900, second, third, False),
        (2500, third, None, True),
    ]
    assert versions(shop) == expected
    shop.edit("Penjualan", C3=1)
    shop.refresh()
    assert len(versions(shop)) == 4
    for number, (run_id, saved) in enumerate(shop.saved[-2:]):
        file = shop.root / f"late{number}.duckdb"
        again = rebuild(shop.settings, run_id, file, datetime.now(UTC), None)
        assert again.is_identical, again.differences
        assert same_tables(again.file, saved) == []


def test_a_column_tracked_later_is_tracked_from_the_first_extract_on(history):
    history.edit("Penjualan", B3="19/08/2025")
    history.refresh()
    day = "  - {name: sold_date, logicalType: date, description: Day.}\n"
    at = YAML.index("  - {name: valid_from")
    describe_history(history, SQL.replace("amount_idr", "amount_idr, sold_date"),
                     YAML[:at] + day + YAML[at:])  # fmt: skip
    record = history.refresh()
    assert record.succeeded, [str(f) for f in record.failures]
    first, second = read_at(history)
    assert history.query(
        f"select sold_date::varchar, valid_from, valid_to from {NAME} where receipt_id = 'N2'"
        " order by valid_from"
    ) == [("2025-08-18", first, second), ("2025-08-19", second, None)]


def test_a_changed_contract_opens_versions_when_the_table_was_built_again(history):
    text = (history.settings.catalog_dir / "workbooks/toko/sales.yaml").read_text()
    history.write("workbooks/toko/sales.yaml", text.replace(
        "description: Amount.}", "description: Amount., customProperties: "
        "[{property: blankWords, value: ['2500']}]}"))  # fmt: skip
    record = history.refresh()
    assert record.succeeded, [str(f) for f in record.failures]
    (first,) = read_at(history)
    old, new = versions(history)
    assert old[0] == 2500
    assert old[1] == first
    assert old[2] == new[1] > first
    assert new[0] is None


def test_a_query_that_fails_keeps_the_versions(history):
    before = history.query(f"from {NAME} order by all")
    describe_history(
        history, SQL.replace("amount_idr from", "amount_idr / (1 - 1)::int[] as amount_idr from")
    )
    record = history.refresh()
    assert not record.succeeded
    describe_history(history)
    history.edit("Penjualan", C3=9900)
    history.refresh()
    assert len(versions(history)) == 2
    assert len(before) == 3


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "is_current, logicalType: boolean",
            "is_open, logicalType: boolean",
            "when each version begins",
        ),
        ("primaryKey: true, primaryKeyPosition: 2, ", "", "last part of a history's key"),
        ("primaryKey: true, primaryKeyPosition: 1, req", "req", "has keys"),
    ],
)
def test_incomplete_history_declaration_is_reported(shop, old, new, message):
    describe_history(shop, yaml=YAML.replace(old, new))
    problems = [str(p) for p in load_catalog(shop.settings.catalog_dir).problems]
    assert any(message in p for p in problems), problems


def test_a_history_of_a_model_is_refused(shop):
    describe_history(shop, "select who as receipt_id, notes as amount_idr from ready.mart_people\n")
    problems = [str(p) for p in load_catalog(shop.settings.catalog_dir).problems]
    assert any("whose past is not kept" in p for p in problems)


def test_explain_names_the_cell_of_a_current_version_and_refers_a_closed_one_to_diff(history):
    history.edit("Penjualan", C3=9900)
    history.refresh()
    lineage = CatalogLineage(load_catalog(history.settings.catalog_dir))
    table = ("ready", "amount_history")
    for condition, cells in (("is_current", ["A3", "C3"]), ("not is_current", [])):
        with open_published(history.settings.published_file) as connection:
            explained = explain(connection, lineage, table, f"receipt_id = 'N2' and {condition}")
        assert explained["matching"] == 1
        named_cells = [
            c["cell"]
            for s in explained["rows"][0]["sources"]
            for r in s["rows"]
            for c in r["cells"]
        ]
        assert named_cells == cells
        assert ["candid diff" in note["why"] for note in explained["notes"]] == (
            [] if cells else [True]
        )


CONTENTS = st.lists(st.dictionaries(st.sampled_from("abc"), st.integers(0, 2) | st.none()))


@pytest.fixture(scope="module")
def fold_model(tmp_path_factory):
    root = tmp_path_factory.mktemp("catalog")
    for name, text in (("sql", SQL), ("yaml", YAML)):
        path = root / f"models/sales/amount_history.{name}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    model = read_model("sales", root / "models/sales/amount_history.yaml").model
    assert model is not None
    return model


@settings(max_examples=40)
@given(contents=CONTENTS)
def test_versions_equal_those_of_a_plain_loop_over_all_contents(fold_model, contents):
    began = datetime(2026, 1, 1, tzinfo=UTC)
    expected: list[list] = []
    with duckdb.connect() as connection:
        bootstrap(connection, "sample")
        before = versioning.empty(connection, fold_model, "versions")
        connection.execute(
            "create table clean.toko__sales (receipt_id varchar, amount_idr integer)"
        )
        for number, content in enumerate(contents):
            moment = began + timedelta(days=number)
            _stand(connection, content, number, moment)
            connection.execute(f"create or replace temp table staged as {fold_model.sql}")
            versioning.fold(connection, fold_model, "staged", before)
            connection.execute("create or replace temp table versions as from temp.staged")
            wall = (moment + timedelta(hours=7)).replace(tzinfo=None)
            for row in expected:
                if row[3] is None and (row[0] not in content or content[row[0]] != row[1]):
                    row[3] = wall
            current = {row[0] for row in expected if row[3] is None}
            expected += [[k, v, wall, None] for k, v in content.items() if k not in current]
        folded = connection.execute(
            "select receipt_id, amount_idr::integer, valid_from, valid_to from temp.versions"
            " where is_current = (valid_to is null)"
        ).fetchall()
    assert sorted(map(repr, folded)) == sorted(repr(tuple(row)) for row in expected)


def _stand(connection, content, number, moment):
    """Let a content stand in the clean table, with the record of its extract and build."""
    name = f"h{hash(tuple(sorted(content.items(), key=repr)))}"
    connection.execute("delete from clean.toko__sales; delete from meta.tables")
    for item in content.items():
        connection.execute("insert into clean.toko__sales values (?, ?)", list(item))
    connection.execute(
        "insert into meta.extracts values ('toko', 'sales', $1, '', 1, '', 0, null, $2, '', null,"
        " null, nextval('meta.numbers'))",
        [name, moment],
    )
    used = f'[{{"workbook": "toko", "tab": "sales", "content_hash": "{name}", "rows": 1}}]'
    connection.execute(
        "insert into meta.builds values ($1, 'clean', 'toko__sales', '', '', 0, $2, '', '', '', $3,"
        " [], nextval('meta.numbers'))",
        [number, moment + timedelta(minutes=1), used],
    )
    connection.execute(
        "insert into meta.tables values ('clean', 'toko__sales', '', '', 0, $1, '', $2)",
        [moment, number],
    )
