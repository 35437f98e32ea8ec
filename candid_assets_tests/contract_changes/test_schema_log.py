"""The schema that readers rely on: nothing vanishes from it without a word in the log."""

from datetime import date

import pytest
from click.testing import CliRunner

from candid_assets.cli import main
from candid_assets.contract_changes.schema_log import SchemaLogEntry, log_file, named, with_entries
from candid_assets.contract_changes.schema_snapshot import (
    read,
    schema_of,
    snapshot_file,
    unexplained,
    updated,
    written,
)
from candid_assets.contracts.load import load_catalog
from candid_assets.settings import Settings
from candid_assets_tests.contracts.small_catalog import spoil, write_catalog

DAY = date(2025, 11, 25)


def _texts():
    log = log_file(Settings())
    return snapshot_file(log).read_text(encoding="utf-8"), log.read_text(encoding="utf-8")


def test_every_difference_from_the_committed_schema_has_its_entry_in_the_log():
    text, log = _texts()
    now = schema_of(load_catalog(Settings().catalog_dir))
    assert [str(problem) for problem in unexplained(read(text), now, log)] == []
    assert written(updated(read(text), now)) == text, "run `make docs` and review docs/schema.txt"


OLD = {"clean.a__b.x": "DATE", "clean.a__b.y": "VARCHAR", "ready.t.z": "BIGINT"}


@pytest.mark.parametrize(
    ("now", "heading", "entry", "missing"),
    [
        ({"clean.a__b.x": "DATE", "ready.t.z": "BIGINT"}, "Retired", "clean.a__b.y", 1),
        ({"clean.a__b.x": "DATE", "ready.t.z": "BIGINT"}, "Renamed", "clean.a__b.y", 1),
        ({**OLD, "clean.a__b.x": "VARCHAR"}, "Retyped", "clean.a__b.x", 1),
        ({**OLD, "clean.a__b.w": "VARCHAR"}, "Added", "clean.a__b.w", 1),
        ({"ready.t.z": "BIGINT"}, "Retired", "clean.a__b", 2),
    ],
)
def test_a_change_needs_an_entry_under_its_heading(now, heading, entry, missing):
    assert len(list(unexplained(OLD, now, ""))) == missing
    wrong = with_entries("", DAY, [SchemaLogEntry("Added", "`clean.a__b.q`")])
    assert len(list(unexplained(OLD, now, wrong))) == missing
    log = with_entries(wrong, DAY, [SchemaLogEntry(heading, f"`{entry}`: why")])
    assert list(unexplained(OLD, now, log)) == []


def test_removed_table_stays_in_the_record_and_needs_an_entry():
    now = {"clean.a__b.x": "DATE", "ready.t.z": "BIGINT"}
    kept = updated(OLD, now)
    assert kept["clean.a__b.y"] == "VARCHAR (gone)"
    assert read(written(kept)) == kept
    assert updated(kept, now) == kept
    assert [u.name for u in unexplained(kept, now, "")] == ["clean.a__b.y"]


def test_entries_are_listed_under_their_day_and_heading_newest_day_first():
    log = with_entries(
        "",
        DAY,
        [SchemaLogEntry("Added", "`clean.a.b`: one"), SchemaLogEntry("Retired", "`ready.c`")],
    )
    log = with_entries(
        log,
        DAY,
        [SchemaLogEntry("Added", "`clean.a.d`: two"), SchemaLogEntry("Added", "`clean.a.b`: one")],
    )
    log = with_entries(log, date(2025, 12, 1), [SchemaLogEntry("Retyped", "`ready.e.f`")])
    assert log.partition("## ")[2] == (
        "2025-12-01\n\n### Retyped\n\n- `ready.e.f`\n\n"
        "## 2025-11-25\n\n### Added\n\n- `clean.a.b`: one\n- `clean.a.d`: two\n\n"
        "### Retired\n\n- `ready.c`\n"
    )
    assert named(log)["Added"] == {"clean.a.b", "clean.a.d"}
    assert named(log)["Retired"] == {"ready.c"}


def test_schema_command_adds_new_tables_and_refuses_removed_ones(tmp_path):
    root = write_catalog(tmp_path / "catalog")
    variables = {"CANDID_CATALOG_DIR": str(root)}

    def snapshot(*arguments):
        done = CliRunner().invoke(main, ["contracts", "snapshot", *arguments], env=variables)
        return done.exit_code, done.output

    assert snapshot()[0] == 0
    assert snapshot("--check")[0] == 0
    old = "description: Day of opening.}\n"
    new = old + "  - {name: city, physicalName: Kota, logicalType: string, description: City.}\n"
    outlets = "workbooks/sales_master/outlets.yaml"
    spoil(root, outlets, old, new)
    assert snapshot("--check")[0] == 1
    assert snapshot()[0] == 0
    assert (
        "- `clean.sales_master__outlets.city`: VARCHAR" in (root / "schema-changes.md").read_text()
    )
    spoil(root, outlets, new, old)
    code, output = snapshot()
    assert code == 1
    assert "clean.sales_master__outlets.city vanished; write it under Retired" in output
