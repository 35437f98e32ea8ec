"""Landing keeps each content once, whole, and notices when a file is not."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from candid_assets.sources.content_hash import content_hash
from candid_assets.sources.extract import TabExtract
from candid_assets.sources.sheets.tab_builder import TabBuilder
from candid_assets.sources.spool import spooling
from candid_assets.sources.spool_folder import spool_folder
from candid_assets.warehouse.errors import LandingError
from candid_assets.warehouse.landing import LandedFacts, Landing
from candid_assets.warehouse.parquet_seal import MARK, is_sealed, seal


def extract(rows: list[list[object]], **changes: object) -> TabExtract:
    builder = TabBuilder()
    builder.add(1, rows, rows)
    table = builder.table()
    made = TabExtract(
        spreadsheet_id="book",
        sheet_id=7,
        title="Order Harian",
        hidden=False,
        rows=table.num_rows,
        columns=table.num_columns - 2,
        table=table,
        content_hash=content_hash(table),
        fetched_at=datetime(2026, 1, 5, 3, 0, 1, 5, tzinfo=UTC),
        modified_time=datetime(2026, 1, 5, 2, tzinfo=UTC),
        locale="in_ID",
        time_zone="Asia/Jakarta",
        merges=((0, 1, 0, 3),),
    )
    return replace(made, **changes)


ROWS = [["No", "Nama"], [1, "Toko"], [None, "é\u00a0x"]] * 200


@pytest.fixture
def landing(tmp_path):
    return Landing(tmp_path / "landing")


def test_an_extract_comes_back_as_it_was_stored(landing):
    stored = extract(ROWS)
    landed = landing.store("shop", "orders", stored)
    assert landed.is_new
    assert landed.path == landing.root / "shop" / "orders" / f"{stored.content_hash}.parquet"
    assert landing.open("shop", "orders", stored.content_hash).equals(stored.table)
    facts = landing.facts("shop", "orders", stored.content_hash)
    assert all(getattr(facts, name) == getattr(stored, name) for name in type(facts).__slots__)


def test_the_file_says_where_it_came_from_to_any_reader(landing):
    path = landing.store("shop", "orders", extract(ROWS)).path
    assert b"Order Harian" in pq.read_schema(path).metadata[b"candid"]


def test_the_same_content_is_stored_once(landing):
    first = landing.store("shop", "orders", extract(ROWS))
    stamp = first.path.stat().st_mtime_ns
    again = landing.store("shop", "orders", extract(ROWS, title="Lain", locale="en_US"))
    assert (again.path, again.is_new) == (first.path, False)
    assert first.path.stat().st_mtime_ns == stamp
    assert landing.facts("shop", "orders", first.content_hash).title == "Order Harian"


def test_extracts_are_listed_in_the_order_first_seen(landing):
    times = [datetime(2026, 1, day, tzinfo=UTC) for day in (3, 1, 2)]
    for i, time in enumerate(times):
        landing.store("shop", "orders", extract([["x", i]], fetched_at=time))
    listed = landing.list("shop", "orders")
    seen = [landing.facts("shop", "orders", e.content_hash).fetched_at.day for e in listed]
    assert seen == [1, 2, 3]
    assert landing.list("shop", "nothing") == []


def test_an_empty_tab_is_stored_too(landing):
    stored = extract([])
    landing.store("shop", "orders", stored)
    assert landing.open("shop", "orders", stored.content_hash).num_rows == 0


def test_folder_holds_only_complete_files(landing):
    path = landing.store("shop", "orders", extract(ROWS)).path
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_write_that_fails_leaves_nothing_behind(landing, monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(pq, "write_table", broken)
    with pytest.raises(OSError, match="disk full"):
        landing.store("shop", "orders", extract(ROWS))
    assert list((landing.root / "shop" / "orders").iterdir()) == []


@pytest.mark.parametrize("keep", [0, 3, 100, -1, -60])
def test_truncated_file_is_detected_and_stored_again(landing, keep):
    stored = extract(ROWS)
    path = landing.store("shop", "orders", stored).path
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content[:keep])
    with pytest.raises(LandingError, match="reads the tab anew"):
        landing.open("shop", "orders", stored.content_hash)
    assert landing.store("shop", "orders", stored).is_new
    assert landing.open("shop", "orders", stored.content_hash).equals(stored.table)


def test_flipped_bit_in_a_page_is_detected(landing):
    stored = extract([[f"teks {i}", i * 37] for i in range(5000)])
    path = landing.store("shop", "orders", stored).path
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 0x10
    path.unlink()
    path.write_bytes(content)
    with pytest.raises(LandingError, match="is damaged"):
        landing.open("shop", "orders", stored.content_hash)


def test_a_file_under_another_name_is_not_trusted(landing):
    stored, other = extract(ROWS), extract([["lain"]])
    path = landing.store("shop", "orders", stored).path
    path.rename(landing.path("shop", "orders", other.content_hash))
    with pytest.raises(LandingError, match="is damaged"):
        landing.open("shop", "orders", other.content_hash)


def test_a_foreign_parquet_file_is_not_trusted(landing):
    path = landing.path("shop", "orders", "0" * 64)
    path.parent.mkdir(parents=True)
    pq.write_table(pa.table({"a": [1]}), path)
    with pytest.raises(LandingError, match="is damaged"):
        landing.facts("shop", "orders", "0" * 64)


def test_missing_extract_is_reported(landing):
    with pytest.raises(LandingError, match=r"missing; run `candid run` again"):
        landing.open("shop", "orders", "0" * 64)


@pytest.mark.parametrize("name", ["", "../../etc", "abc", "Z" * 64])
def test_only_a_content_hash_names_a_file(landing, name):
    with pytest.raises(LandingError, match="not a content hash"):
        landing.path("shop", "orders", name)


def damages(content: bytes, count: int) -> Iterator[bytes]:
    """Yield the content with one bit flipped, at places spread over the whole file."""
    for number in range(count):
        at, bit = (number * 7919) % len(content), number % 8
        yield content[:at] + bytes([content[at] ^ (1 << bit)]) + content[at + 1 :]


def test_no_flipped_bit_of_a_landed_file_is_read_and_each_is_healed_by_the_content(landing):
    stored = extract(ROWS)
    path = landing.store("shop", "orders", stored).path
    content = path.read_bytes()
    believed, fixes = [], set()
    for number, damaged in enumerate(damages(content, 600)):
        path.unlink()
        path.write_bytes(damaged)
        fresh = Landing(landing.root)
        try:
            fresh.whole_file("shop", "orders", stored.content_hash)
            believed.append(number)
        except LandingError as error:
            fixes.add("candid restore" in error.fix)
        assert fresh.store("shop", "orders", stored).is_new
        assert fresh.open("shop", "orders", stored.content_hash).equals(stored.table)
    assert (believed, fixes) == ([], {True})


def test_a_spooled_file_is_sealed_too(landing, tmp_path):
    with spool_folder(landing.root) as folder, spooling(folder, 2) as spool:
        spool.add_header(["No", "Nama"])
        stored = replace(extract([]), spooled=spool, rows=1, content_hash=spool.content_hash)
        path = landing.store("shop", "orders", stored).path
    assert is_sealed(path)
    path.chmod(0o600)
    content = bytearray(path.read_bytes())
    content[6] ^= 1
    path.write_bytes(content)
    with pytest.raises(LandingError, match="is damaged"):
        Landing(landing.root).whole_file("shop", "orders", stored.content_hash)


def test_a_file_of_an_earlier_release_is_read_by_the_checksums_of_its_pages(landing):
    stored = extract([[f"teks {i}", i * 37] for i in range(5000)])
    path = landing.path("shop", "orders", stored.content_hash)
    path.parent.mkdir(parents=True)
    facts = {name: getattr(stored, name) for name in LandedFacts.__dataclass_fields__}
    table = stored.table.replace_schema_metadata({b"candid": orjson.dumps(facts)})
    pq.write_table(table, path, compression="zstd", write_page_checksum=True)
    assert is_sealed(path) is None
    assert landing.open("shop", "orders", stored.content_hash).equals(stored.table)
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 0x10
    path.write_bytes(content)
    with pytest.raises(LandingError, match="is damaged"):
        Landing(landing.root).whole_file("shop", "orders", stored.content_hash)


def test_a_sealed_file_whose_seal_is_gone_is_not_trusted(landing):
    stored = extract(ROWS)
    path = landing.store("shop", "orders", stored).path
    content = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(content.replace(MARK, b"x" * len(MARK)))
    with pytest.raises(LandingError, match="its seal is gone"):
        Landing(landing.root).whole_file("shop", "orders", stored.content_hash)


@pytest.mark.parametrize("content", [b"", b"PAR1", b"\xff" * 100 + b"PAR1", b"x" * 200])
def test_what_is_no_parquet_file_is_not_sealed(tmp_path, content):
    path = tmp_path / "x.parquet"
    path.write_bytes(content)
    assert is_sealed(path) is not True
    if content[-4:] != b"PAR1" or len(content) < 8:
        with pytest.raises(OSError, match="no footer"):
            seal(path)
