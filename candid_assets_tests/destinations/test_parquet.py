"""Files and a manifest that names them, in a folder and in a store that speaks S3."""

import hashlib
import json
import threading

import boto3
import duckdb
import pyarrow.parquet as pq
import pytest

from candid_assets.atomic_files import new_part
from candid_assets.destinations import parquet
from candid_assets.destinations.deliver import deliver
from candid_assets.destinations.payload import DeliveryError
from candid_assets_tests.destinations.conftest import TABLES
from candid_assets_tests.object_store import object_store
from candid_assets_tests.web.api.company import MANY_DIGITS, ROWS, publish_rows

FOLDER = "{server: files, environment: staging, type: local, path: out, format: parquet}"


def manifest(root):
    return json.loads((root / "manifest.json").read_text())


def test_a_folder_has_every_table_and_the_manifest_is_true(company, declare):
    delivered = deliver(company, *declare(FOLDER))
    assert all(one.whole and one.equal for one in delivered)
    root = company.data_dir / "out"
    tables = manifest(root)
    assert {t["table"] for t in tables["tables"]} == TABLES
    assert tables["snapshot"] == delivered[0].snapshot
    for table in tables["tables"]:
        content = (root / table["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == table["sha256"]
        assert len(content) == table["bytes"]
        read = pq.read_table(root / table["file"])
        assert read.num_rows == table["rows"]
        assert read.column_names == [column["name"] for column in table["columns"]]
    types = {t["table"]: t["file"] for t in tables["tables"]}
    rows = pq.read_table(root / types["fct_types"]).to_pylist()
    with duckdb.connect(str(company.published_file), read_only=True) as connection:
        here = connection.execute("from ready.fct_types").fetchall()
    assert [tuple(row.values()) for row in rows] == here
    assert rows[0]["exact"] == MANY_DIGITS


def test_only_files_of_the_previous_delivery_are_kept_for_their_readers(company, declare):
    delivery = declare(FOLDER)
    root = company.data_dir / "out"
    named = []
    for extra in range(3):
        publish_rows(company, extra=extra)
        deliver(company, *delivery)
        named.append({t["file"] for t in manifest(root)["tables"]})
    stands = {path.relative_to(root).as_posix() for path in root.rglob("*.parquet")}
    assert stands == named[1] | named[2]


def test_interrupted_delivery_keeps_the_previous_manifest(company, declare):
    delivery = declare(FOLDER)
    deliver(company, *delivery)
    root = company.data_dir / "out"
    before = (root / "manifest.json").read_bytes()

    def broken():
        raise OSError("the disk is full")

    publish_rows(company, extra=5)
    with pytest.raises(DeliveryError, match="the disk is full"):
        deliver(company, *delivery, before_swap=broken)
    assert (root / "manifest.json").read_bytes() == before
    for table in manifest(root)["tables"]:
        assert (root / table["file"]).exists()


def test_one_table_alone_leaves_the_others_in_the_manifest(company, declare):
    delivery = declare(FOLDER)
    deliver(company, *delivery)
    before = {t["table"]: t for t in manifest(company.data_dir / "out")["tables"]}
    deliver(company, *delivery, only=["mart_daily"])
    after = {t["table"]: t for t in manifest(company.data_dir / "out")["tables"]}
    assert after.keys() == TABLES
    assert after["fct_types"] == before["fct_types"]
    assert after["mart_daily"]["file"] != before["mart_daily"]["file"]


@pytest.fixture(scope="module")
def store():
    with object_store() as address:
        yield address


@pytest.fixture
def bucket(store, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    client = boto3.client("s3", endpoint_url=store, region_name="us-east-1")
    client.create_bucket(Bucket="candid")
    return client


def test_a_store_that_speaks_s3_has_the_same(company, declare, store, bucket):
    server = (
        "{server: store, environment: staging, type: s3, location: s3://candid/bi,"
        f" endpointUrl: {store}, region: us-east-1, format: parquet}}"
    )
    delivery = declare(server)
    for extra in range(3):
        publish_rows(company, extra=extra)
        assert all(one.equal for one in deliver(company, *delivery))
    tables = json.loads(bucket.get_object(Bucket="candid", Key="bi/manifest.json")["Body"].read())
    assert {t["table"]: t["rows"] for t in tables["tables"]}["fct_types"] == ROWS
    for table in tables["tables"]:
        content = bucket.get_object(Bucket="candid", Key=f"bi/{table['file']}")["Body"].read()
        assert hashlib.sha256(content).hexdigest() == table["sha256"]
    stored = bucket.list_objects_v2(Bucket="candid", Prefix="bi/")["Contents"]
    assert len([o for o in stored if o["Key"].endswith(".parquet")]) == 2 * len(TABLES)


def test_a_store_without_the_bucket_says_what_to_check(company, declare, store, bucket):
    server = (
        "{server: store, environment: staging, type: s3, location: s3://nobodys/bi,"
        f" endpointUrl: {store}, region: us-east-1}}"
    )
    with pytest.raises(DeliveryError, match="AWS_ACCESS_KEY_ID"):
        deliver(company, *declare(server))


def test_reader_of_the_manifest_reads_one_delivery(company, declare):
    delivery = declare(FOLDER)
    deliver(company, *delivery)
    root, over, seen = company.data_dir / "out", threading.Event(), set()

    def read():
        while not over.is_set():
            tables = {t["table"]: t for t in manifest(root)["tables"]}
            table = pq.read_table(root / tables["fct_types"]["file"], columns=["amount_idr"])
            seen.add((table.num_rows, str(min(table["amount_idr"].to_pylist()))))

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for extra in (1, 2):
            publish_rows(company, extra=extra)
            deliver(company, *delivery)
    finally:
        over.set()
        reader.join()
    assert seen <= {(ROWS, f"{extra}.05") for extra in (0, 1, 2)}


def test_files_are_on_the_disk_before_the_manifest_names_them(company, declare, monkeypatch):
    root = company.data_dir / "out"
    forced = []

    def force(path):
        assert not (root / "manifest.json").exists()
        forced.append(path)

    monkeypatch.setattr(parquet, "force_to_disk", force)
    deliver(company, *declare(FOLDER))
    files = {root / table["file"] for table in manifest(root)["tables"]}
    assert files | {file.parent for file in files} | {root} == set(forced)


def test_the_manifest_that_a_killed_delivery_left_half_written_goes_with_the_next(company, declare):
    root = company.data_dir / "out"
    root.mkdir()
    part = new_part(root)
    part.write_bytes(b'{"tables": ')
    deliver(company, *declare(FOLDER))
    assert not part.exists()
