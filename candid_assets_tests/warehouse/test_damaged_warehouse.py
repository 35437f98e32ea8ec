"""A damaged, cut or missing warehouse is named at once, or repaired; it is never published."""

import shutil
import time

import duckdb
import pytest

from candid_assets.warehouse.duckdb_blocks import HEADERS, DamagedFileError, verify_file
from candid_assets.warehouse.errors import WarehouseError, WarehouseHeldError
from candid_assets.warehouse.opening import opened_for_writing
from candid_assets.warehouse.publish import is_published, publish

pytestmark = pytest.mark.slow

BLOCK = 262_144
AMOUNTS = "select amount_idr::integer from clean.toko__sales order by receipt_id"


def flip(path, at):
    path.chmod(0o600)
    content = bytearray(path.read_bytes())
    content[at] ^= 0x10
    path.write_bytes(content)


def block_of(path, schema, table):
    """Return where the first block of a table's rows begins."""
    with duckdb.connect(str(path), read_only=True) as connection:
        row = connection.execute(
            "select min(block_id) from pragma_storage_info(?) where block_id >= 0",
            [f"{schema}.{table}"],
        ).fetchone()
    return HEADERS + row[0] * BLOCK


@pytest.fixture
def big(tmp_path):
    """A DuckDB file whose tables have blocks of their own."""
    file = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(file)) as connection:
        for schema in ("raw", "clean", "quarantine", "ready", "meta"):
            connection.execute(f"create schema {schema}")
        connection.execute("create table ready.a as select hash(range) as n from range(200_000)")
        connection.execute("create table meta.b as select hash(range) as n from range(200_000)")
        connection.execute('create table meta.tables (layer varchar, "table" varchar, build int)')
        connection.execute("create table meta.publications (publication bigint)")
    return file


def test_every_flipped_bit_of_a_file_is_seen(big, tmp_path):
    content = big.read_bytes()
    verify_file(big)
    unseen = []
    for number in range(150):
        at = (number * 304_729) % len(content) if number % 4 else number * 30 % HEADERS
        damaged = tmp_path / "damaged.duckdb"
        damaged.write_bytes(
            content[:at] + bytes([content[at] ^ (1 << number % 8)]) + content[at + 1 :]
        )
        try:
            verify_file(damaged)
            unseen.append(at)
        except DamagedFileError:
            pass
    assert unseen == []


@pytest.mark.parametrize("length", [0, 1, 4096, HEADERS, HEADERS + BLOCK, -1])
def test_a_cut_file_is_seen(big, length):
    big.write_bytes(big.read_bytes()[:length])
    with pytest.raises(DamagedFileError, match="is damaged"):
        verify_file(big)


def test_a_damaged_block_is_not_published(big, tmp_path):
    target = tmp_path / "published" / "candid.duckdb"
    with duckdb.connect(str(big)) as connection:
        publish(connection, target)
    good = target.read_bytes()
    flip(big, block_of(big, "ready", "a") + 5000)
    with duckdb.connect(str(big)) as connection:
        connection.execute("create table ready.more as select 1 as n")
        with pytest.raises(DamagedFileError, match="block"):
            publish(connection, target)
    assert target.read_bytes() == good
    assert [path.name for path in target.parent.iterdir()] == ["candid.duckdb"]


def test_a_damaged_snapshot_is_published_again(shop):
    shop.refresh()
    file = shop.settings.published_file
    flip(file, block_of(file, "ready", "mart_daily") + 100)
    with opened_for_writing(shop.settings.warehouse_file) as connection:
        assert not is_published(connection, file)
    assert shop.refresh().published
    verify_file(file)


@pytest.mark.parametrize("table", ["raw.toko__sales", "clean.toko__sales", "ready.mart_daily"])
@pytest.mark.parametrize("with_snapshot", [True, False])
def test_a_damaged_table_is_repaired_and_built_again(shop, table, with_snapshot):
    shop.refresh()
    before = shop.query(AMOUNTS)
    flip(
        shop.settings.warehouse_file, block_of(shop.settings.warehouse_file, *table.split(".")) + 40
    )
    if not with_snapshot:
        shop.settings.published_file.unlink()
    record = shop.refresh()
    assert record.succeeded
    assert table in {f"{built.layer}.{built.table}" for built in record.built}
    verify_file(shop.settings.warehouse_file)
    verify_file(shop.settings.published_file)
    assert shop.query(AMOUNTS) == before
    comment = "select comment from duckdb_tables() where table_name = 'toko__sales'"
    assert (None,) not in shop.query(comment)


def test_a_folder_where_the_snapshot_belongs_is_named_until_it_is_moved_away(shop):
    shop.refresh()
    file = shop.settings.published_file
    file.unlink()
    file.mkdir()
    (failure,) = shop.refresh().failures
    assert failure.message.endswith(f"{file} is a folder where a file belongs")
    assert failure.fix.startswith("move the folder away")
    file.rmdir()
    assert shop.refresh().published


def test_damage_in_the_record_is_named_with_the_backup_as_its_fix(shop):
    shop.refresh()
    file = shop.settings.warehouse_file
    flip(file, block_of(file, "meta", "builds") + 40)
    with pytest.raises(WarehouseError, match="is damaged") as raised, opened_for_writing(file):
        pass
    assert "candid restore" in raised.value.fix


@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "half", "zeros", "text", "header"])
def test_a_warehouse_that_is_no_more_is_named_within_seconds(shop, damage):
    shop.refresh()
    file = shop.settings.warehouse_file
    content = file.read_bytes()
    if damage == "missing":
        file.unlink()
    elif damage == "header":
        flip(file, 4100)
    else:
        changed = {"empty": b"", "cut": content[:5000], "half": content[: len(content) // 2]}
        file.write_bytes(changed.get(damage, (b"\0" if damage == "zeros" else b"t") * len(content)))
    kept = shop.settings.published_file.read_bytes()
    started = time.monotonic()
    with pytest.raises(WarehouseError) as raised:
        shop.refresh()
    assert time.monotonic() - started < 5
    assert str(file) in raised.value.message
    assert "candid restore" in raised.value.fix
    assert shop.settings.published_file.read_bytes() == kept


def test_an_older_warehouse_than_the_snapshot_is_named(shop, tmp_path):
    shop.refresh()
    shutil.copy(shop.settings.warehouse_file, tmp_path / "older")
    shop.edit("Penjualan", C2="9.000")
    shop.refresh()
    shutil.copy(tmp_path / "older", shop.settings.warehouse_file)
    with pytest.raises(WarehouseError, match="older than the published snapshot"):
        shop.refresh()


def test_the_first_run_killed_while_it_made_the_file_is_followed_by_another(shop):
    shop.settings.data_dir.mkdir(parents=True)
    shop.settings.warehouse_file.write_bytes(b"")
    assert shop.refresh().succeeded


def test_one_writer_at_a_time_even_when_a_copy_was_made(tmp_path):
    file = tmp_path / "warehouse.duckdb"
    with opened_for_writing(file):
        file.read_bytes()  # ends DuckDB's own lock
        held = pytest.raises(WarehouseHeldError, match="another refresh holds")
        with held, opened_for_writing(file, 0.1):
            pass
    with opened_for_writing(file, 0.1):
        pass


def test_growth_by_fragments_is_given_back(shop, monkeypatch):
    monkeypatch.setattr("candid_assets.warehouse.compaction.LEAST_BYTES", 300_000)
    sizes = []
    shop.refresh()
    for number in range(6):
        shop.edit("Penjualan", C2=f"{number + 1}.500")
        assert shop.refresh().succeeded
        sizes.append(shop.settings.warehouse_file.stat().st_size)
    written = "select count(*) from meta.compactions"
    assert shop.query(written, shop.settings.warehouse_file) > [(1,)]
    assert max(sizes) < 2 * min(sizes)
    assert shop.query(AMOUNTS) == [(6500,), (2500,), (2_000_000,)]


def test_warehouse_whose_last_write_was_cut_off_is_taken_from_the_snapshot(shop, caplog):
    """As a process leaves it that is killed while DuckDB adds to a block of its metadata."""
    shop.refresh()
    before = shop.query(AMOUNTS)
    file = shop.settings.warehouse_file
    _cut_off(file)
    record = shop.refresh()
    assert record.succeeded
    assert "its last write was cut off, so it was taken from the published snapshot" in caplog.text
    verify_file(file)
    assert shop.query(AMOUNTS) == before
    assert [p.name for p in file.parent.glob("warehouse.duckdb*")] == ["warehouse.duckdb"]


def test_taking_a_warehouse_from_the_snapshot_goes_on_after_a_kill(shop):
    shop.refresh()
    file = shop.settings.warehouse_file
    _cut_off(file)
    left = file.with_name(f"{file.name}.wal")
    left.rename(file.with_name(f"{file.name}.interrupted"))
    assert shop.refresh().succeeded
    assert [p.name for p in file.parent.glob("warehouse.duckdb*")] == ["warehouse.duckdb"]
    file.with_name(f"{file.name}.interrupted").touch()  # killed just before it was removed
    assert shop.refresh().succeeded
    assert [p.name for p in file.parent.glob("warehouse.duckdb*")] == ["warehouse.duckdb"]


@pytest.mark.parametrize("snapshot", ["missing", "damaged"])
def test_cut_off_write_without_a_whole_snapshot_is_named(shop, snapshot):
    shop.refresh()
    file, published = shop.settings.warehouse_file, shop.settings.published_file
    _cut_off(file)
    if snapshot == "missing":
        published.unlink()
    else:
        flip(published, HEADERS + 100)
    with pytest.raises(WarehouseError, match="is damaged") as raised, opened_for_writing(file):
        pass
    assert "candid restore" in raised.value.fix
    assert file.with_name(f"{file.name}.wal").exists()


def _cut_off(file):
    """Damage the block that holds the list of all tables, and leave a log beside the file."""
    with file.open("rb") as opened:
        heads = [opened.read(4096) for _ in range(3)]
    newest = max(heads[1:], key=lambda head: int.from_bytes(head[8:16], "little"))
    block = int.from_bytes(newest[16:24], "little") & (2**56 - 1)
    flip(file, HEADERS + block * BLOCK + BLOCK - 100)
    file.with_name(f"{file.name}.wal").write_bytes(b"")
