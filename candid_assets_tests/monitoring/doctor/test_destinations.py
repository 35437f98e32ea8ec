"""What keeps a delivery from getting in is told before it is tried, with how to correct it."""

import json
import re
import socket

import boto3
import psycopg
import pytest
from botocore.config import Config
from click.testing import CliRunner
from moto.core import set_initial_no_auth_action_count

from candid_assets.cli import main
from candid_assets.destinations.deliver import deliver
from candid_assets.monitoring.doctor.destinations import check_destinations
from candid_assets_tests.destinations.conftest import (
    company,
    declare,
    postgres_server,
    to_postgres,
)
from candid_assets_tests.object_store import object_store
from candid_assets_tests.postgres import PASSWORD

__all__ = ["company", "declare", "to_postgres"]


@pytest.fixture
def examined(company):
    """The findings of a destination as states, what and how to correct it."""

    def examine(delivery):
        catalog, _ = delivery
        findings = list(check_destinations(company, catalog))
        assert {f.check for f in findings} == {"destination bi"}
        assert all(f.state == "ok" or (f.why and f.fix) for f in findings)
        return [(f.state, f.what, f.fix) for f in findings]

    return examine


def only(findings, state):
    ((actual, what, fix),) = findings
    assert actual == state, (what, fix)
    return what, fix


# PostgreSQL


def server(url, **changed):
    text = postgres_server(url)
    for name, value in changed.items():
        text = re.sub(rf"{name}: [^,}}]*", f"{name}: {value}", text)
    return text


@pytest.fixture
def login(database, monkeypatch):
    """A login that owns nothing and may do nothing."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f"create role plain login password '{PASSWORD}'")
        monkeypatch.setenv("CANDID_DESTINATION_BI_USER", "plain")
        monkeypatch.setenv("CANDID_DESTINATION_BI_PASSWORD", PASSWORD)
        yield connection
        connection.execute("drop owned by plain cascade")
        connection.execute("drop role plain")


def test_accessible_database_is_ok_and_nothing_is_created_in_it(database, to_postgres, examined):
    what, _ = only(examined(to_postgres), "ok")
    assert "schema candid" in what
    with psycopg.connect(database) as connection:
        made = "select count(*) from pg_namespace where nspname = 'candid'"
        assert connection.execute(made).fetchone() == (0,)


def test_after_a_delivery_it_is_well_too(company, to_postgres, examined):
    deliver(company, *to_postgres)
    only(examined(to_postgres), "ok")


def test_a_wrong_password_names_the_variables_and_shows_no_secret(
    to_postgres, examined, monkeypatch
):
    monkeypatch.setenv("CANDID_DESTINATION_BI_PASSWORD", "guessed-secret")
    what, fix = only(examined(to_postgres), "failed")
    assert "password authentication failed" in what
    assert "guessed-secret" not in what + fix
    assert "CANDID_DESTINATION_BI_PASSWORD" in fix


def test_unreachable_server_names_the_host_and_port_to_correct(
    declare, database, examined, monkeypatch
):
    monkeypatch.setenv("CANDID_DESTINATION_BI_USER", "candid")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        what, fix = only(examined(declare(server(database, port=port))), "failed")
    assert "refused" in what
    assert "start the server, correct host and port in" in fix
    assert "bi.yaml" in fix


def test_a_database_that_is_not_there_is_named(declare, database, examined, to_postgres):
    what, fix = only(examined(declare(server(database, database="nowhere"))), "failed")
    assert "nowhere" in what
    assert "create database nowhere" in fix


def test_without_the_right_to_make_a_schema_it_says_how_to_make_one(
    declare, database, login, examined
):
    delivery = declare(postgres_server(database))
    what, fix = only(examined(delivery), "failed")
    assert what == "there is no schema candid, and plain may not make one"
    login.execute(fix.partition(";")[0])
    only(examined(delivery), "ok")


def test_read_only_schema_is_reported_with_the_grant_that_mends_it(
    company, declare, database, login, examined
):
    delivery = declare(postgres_server(database))
    login.execute("create schema candid")
    login.execute("grant usage on schema candid to plain")
    what, fix = only(examined(delivery), "failed")
    assert what == "plain may not make tables in schema candid"
    login.execute(fix)
    only(examined(delivery), "ok")
    # What it says is what a delivery needs: no right to make schemas where the schema stands.
    assert all(one.equal for one in deliver(company, *delivery))


def test_tables_of_others_are_named_each_with_its_fix(declare, database, login, examined):
    delivery = declare(postgres_server(database))
    login.execute("create schema candid authorization plain")
    login.execute("create table candid.mart_daily (theirs text)")
    login.execute("create table candid.fct_types (ours text)")
    login.execute("comment on table candid.fct_types is 'candid'")
    (_, owned, hand_over), (_, theirs, comment) = examined(delivery)
    assert owned == "candid.fct_types belongs to somebody else than plain"
    assert theirs == "candid.mart_daily is there and no delivery of candid made it"
    login.execute(hand_over)
    login.execute(comment.partition(" with ")[2])
    ((state, what, _),) = examined(delivery)
    assert (state, what) == ("failed", "candid.mart_daily belongs to somebody else than plain")


def test_read_only_server_is_reported(database, to_postgres, examined):
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(
            "alter role candid in database "
            f"{database.rsplit('/', 1)[1]} set default_transaction_read_only = on"
        )
        what, fix = examined(to_postgres)[0][1:]
    assert "takes no writes" in what
    assert "standby" in fix


# Folders


def folder(path):
    return f"{{server: files, environment: staging, type: local, path: {path}, format: parquet}}"


def test_a_folder_of_the_data_needs_nothing(declare, examined, company):
    what, _ = only(examined(declare(folder("out"))), "ok")
    assert "is made by the first delivery" in what
    assert not (company.data_dir / "out").exists()


def test_a_folder_elsewhere_that_is_missing_may_be_a_disk_that_is_not_mounted(
    declare, examined, tmp_path
):
    missing = tmp_path / "share" / "bi"
    what, fix = only(examined(declare(folder(missing))), "note")
    assert what == f"{missing} is not there"
    assert fix == f"mount it, or mkdir -p {missing}"
    missing.mkdir(parents=True)
    only(examined(declare(folder(missing))), "ok")
    assert list(missing.iterdir()) == []


def test_a_folder_that_cannot_be_written_says_whose_it_must_be(declare, examined):
    # The kernel's own folder: nobody makes a file in it, not even root.
    what, fix = only(examined(declare(folder("/sys/kernel"))), "failed")
    assert what.startswith("/sys/kernel cannot be written: ")
    assert "ReadWritePaths=/sys/kernel" in fix


def test_file_in_place_of_the_folder_is_reported(declare, examined, tmp_path):
    (tmp_path / "bi").write_text("")
    what, _ = only(examined(declare(folder(tmp_path / "bi"))), "failed")
    assert what == f"{tmp_path / 'bi'} is a file, no folder"


# S3


@pytest.fixture(scope="module")
def address():
    with object_store() as running:
        yield running


@pytest.fixture
def store(address, monkeypatch):
    """The contract's server of a bucket; a client to look with."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    quick = Config(retries={"max_attempts": 1})
    client = boto3.client("s3", endpoint_url=address, region_name="us-east-1", config=quick)
    client.create_bucket(Bucket="candid")

    def served(bucket="candid", at=address):
        return (
            f"{{server: store, environment: staging, type: s3, location: s3://{bucket}/bi,"
            f" endpointUrl: {at}, region: us-east-1, format: parquet}}"
        )

    return served, client


def test_writable_bucket_is_ok_and_left_unchanged(declare, examined, store):
    served, client = store
    only(examined(declare(served())), "ok")
    # Arrow keeps the folder of a file that it removes.
    assert [o["Key"] for o in client.list_objects_v2(Bucket="candid")["Contents"]] == ["bi/"]


def test_a_missing_bucket_is_named(declare, examined, store):
    what, fix = only(examined(declare(store[0]("nobodys"))), "failed")
    assert what == "there is no bucket nobodys"
    assert "correct location in" in fix


def test_unknown_access_keys_are_reported(declare, examined, store):
    delivery = declare(store[0]())
    with_keys = set_initial_no_auth_action_count(0)(lambda: only(examined(delivery), "failed"))
    what, fix = with_keys()
    assert "s3://candid/bi" in what
    assert fix.startswith("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")


def test_store_that_does_not_answer_is_reported_at_once(declare, examined, store):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}"
        what, fix = only(examined(declare(store[0](at=nobody))), "failed")
    assert "does not answer" in what
    assert "correct endpointUrl in" in fix


# The command


def test_production_sends_no_login_to_an_unapproved_destination(company, declare, tmp_path):
    catalog, _ = declare(folder(tmp_path).replace("staging", "production"))
    (finding,) = check_destinations(company.for_env("production"), catalog)
    assert finding.state == "note"
    assert "was not asked: " in finding.what
    assert "candid plan" in finding.fix


def test_the_command_tells_of_destinations(company, declare, monkeypatch):
    declare(folder("/sys/kernel"))
    monkeypatch.setenv("CANDID_ENV", "staging")
    monkeypatch.setenv("CANDID_DATA_DIR", str(company.data_root))
    monkeypatch.setenv("CANDID_CATALOG_DIR", str(company.catalog_dir))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(company.data_dir / "none.json"))
    done = CliRunner().invoke(main, ["doctor", "--json"])
    assert done.exit_code == 1
    states = {f["check"]: f["state"] for f in json.loads(done.stdout)["findings"]}
    assert states["destination bi"] == "failed"
