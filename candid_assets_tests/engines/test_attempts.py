"""What attempts on a cluster left behind, and inputs of earlier content, are found and removed."""

from pathlib import Path

from candid_assets.engines.attempts import (
    attempts_folder,
    input_file,
    new_attempt,
    remove_unused,
    unused_files,
)
from candid_assets.settings import Settings
from candid_assets.warehouse.builds import TableState

NOW = TableState("key", "b" * 64, 3)
BEFORE = TableState("key", "a" * 64, 3)


def input_of(settings: Settings, state: TableState) -> Path:
    file = input_file(settings, "clean", "toko__sales", state)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"rows")
    return file


def test_attempts_and_inputs_of_earlier_content_go_and_those_of_the_present_stay(
    tmp_path: Path,
) -> None:
    settings = Settings(CANDID_DATA_DIR=tmp_path / "data", CANDID_STORE_URL=str(tmp_path / "store"))
    before, now = input_of(settings, BEFORE), input_of(settings, NOW)
    attempt = new_attempt(settings, "ready__mart_days").folder
    (attempt / "rows").mkdir()
    (attempt / "rows" / "part-0.parquet").write_bytes(b"rows")
    unused = unused_files(settings, {("clean", "toko__sales"): NOW})
    assert unused == [attempt, before]
    remove_unused(unused)
    assert not attempt.exists()
    assert not before.exists()
    assert now.exists()
    assert unused_files(settings, {("clean", "toko__sales"): NOW}) == []


def test_nothing_is_looked_for_where_no_cluster_ever_computed_or_the_store_is_no_folder(
    tmp_path: Path,
) -> None:
    assert unused_files(Settings(CANDID_DATA_DIR=tmp_path), {}) == []
    elsewhere = Settings(CANDID_DATA_DIR=tmp_path, CANDID_STORE_URL="s3://bucket/candid")
    assert unused_files(elsewhere, {}) == []


def test_store_of_several_environments_keeps_each_of_them_by_itself(tmp_path: Path) -> None:
    settings = Settings(CANDID_DATA_DIR=tmp_path, CANDID_STORE_URL=f"file://{tmp_path}/store")
    assert attempts_folder(settings) != attempts_folder(settings.for_env("staging"))
