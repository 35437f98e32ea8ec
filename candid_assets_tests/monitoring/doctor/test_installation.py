"""Each thing a first-time operator gets wrong is found, with what, why and how to correct it."""

import json
import os
import re
import subprocess
import sys
import time

import duckdb
import pytest
from click.testing import CliRunner

from candid_assets.cli import main
from candid_assets.monitoring.doctor import installation
from candid_assets.sandbox.process import SandboxServer
from candid_assets.sources.retry import RetryPolicy
from candid_assets.sources.sheets import doctor as google
from candid_assets_tests.end_to_end.faults.kit import write_company

pytestmark = pytest.mark.slow

BRISK = RetryPolicy(
    attempts=2, deadline=5, first_wait=0.01, longest_wait=0.02, connect_timeout=1, read_timeout=2
)


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    root = tmp_path_factory.mktemp("company")
    write_company(root)
    with SandboxServer(root / "books") as server:
        yield root, server


@pytest.fixture
def doctor(company, tmp_path, monkeypatch):
    root, server = company
    server.reset(workbooks=True)
    monkeypatch.setattr(google, "POLICY", BRISK)
    variables = {
        "CANDID_ENV": "staging",
        "CANDID_CATALOG_DIR": str(root / "catalog"),
        "CANDID_DATA_DIR": str(tmp_path / "data"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        **server.environment,
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    def examine():
        done = CliRunner().invoke(main, ["doctor", "--json"])
        report = json.loads(done.stdout.splitlines()[-1])
        assert done.exit_code == (1 if report["failed"] else 0), done.output
        for finding in report["findings"]:
            assert finding["state"] == "ok" or (finding["why"] and finding["fix"]), finding
        return {f["check"]: f for f in report["findings"]}

    examine.server = server
    examine.data = tmp_path / "data" / "staging"
    yield examine
    server.control("POST", "/settings", {"clock_offset": 0})
    server.reset(workbooks=True)


def corrected(findings):
    return {name for name, finding in findings.items() if finding["state"] == "failed"}


def test_a_sound_installation_has_nothing_to_mend(doctor):
    findings = doctor()
    assert corrected(findings) == set()
    assert {"settings", "catalog", "data folder", "disk", "warehouse", "snapshot", "history"} < set(
        findings
    )
    assert {"token", "clock", "Google Drive API", "Google Sheets API", "quota"} < set(findings)
    assert {"workbook toko", "workbook gudang", "versions", "credentials", "key"} < set(findings)
    assert doctor.server.counters()["writes"] == 0
    # Whether the API is enabled shows in a refusal, which is believed when it comes twice.
    assert doctor.server.counters()["sheets_reads"] == 2


def test_text_output_begins_with_the_environment(doctor):
    doctor.server.change("Toko", "unshare")
    done = CliRunner().invoke(main, ["doctor"], env={"COLUMNS": "300"})
    assert done.exit_code == 1
    assert "environment staging" in done.output.splitlines()[0]
    assert "✗ workbook toko" in done.output
    assert "fix: share it with candid-sandbox@" in done.output
    assert "1 to correct" in done.output


def test_a_wrong_setting_is_named(doctor, monkeypatch):
    monkeypatch.setenv("CANDID_ENV", "produktion")
    monkeypatch.setenv("CANDID_READS_PER_MINUTE", "many")
    done = CliRunner().invoke(main, ["doctor", "--json"])
    report = json.loads(done.stdout)
    assert (done.exit_code, report["failed"]) == (1, 2)
    assert "produktion" in report["findings"][0]["what"]
    assert "CANDID_READS_PER_MINUTE" in report["findings"][1]["what"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "is missing"),
        ("{", "is not JSON"),
        ("[]", "is of type None"),
        ('{"type": "web"}', "is of type 'web'"),
        ('{"installed": {"client_id": "x"}}', "is of type None"),
    ],
)
def test_invalid_credentials_file_is_reported(doctor, monkeypatch, tmp_path, content, problem):
    file = tmp_path / "key.json"
    if content is not None:
        file.write_text(content)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
    findings = doctor()
    assert corrected(findings) == {"credentials"}
    assert problem in findings["credentials"]["what"]
    assert str(file) in findings["credentials"]["what"]


def test_unreadable_credentials_file_is_reported(doctor, monkeypatch, tmp_path):
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path))
    assert "cannot be read" in doctor()["credentials"]["what"]


def test_a_key_that_others_can_read_is_noted(doctor):
    file = doctor.server.credentials_file
    file.chmod(0o644)
    try:
        findings = doctor()
    finally:
        file.chmod(0o600)
    assert (findings["credentials"]["state"], corrected(findings)) == ("note", set())


def test_malformed_key_is_reported(doctor, monkeypatch, tmp_path):
    content = json.loads(doctor.server.credentials_file.read_text())
    content["private_key"] = content["private_key"][:200]
    file = tmp_path / "key.json"
    file.write_text(json.dumps(content))
    file.chmod(0o600)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
    findings = doctor()
    assert corrected(findings) == {"key"}


@pytest.mark.parametrize("offset", [7200, -7200])
def test_a_clock_that_is_wrong_is_measured_against_googles(doctor, offset):
    doctor.server.control("POST", "/settings", {"clock_offset": offset})
    findings = doctor()
    assert corrected(findings) == {"clock", "token"}
    way = "behind" if offset > 0 else "ahead of"
    # The header tells whole seconds.
    assert re.search(rf"(7199|7200|7201) s {way} Google's", findings["clock"]["what"])
    assert findings["token"]["fix"] == "set the clock right first"


def test_deleted_key_is_distinguished_from_a_wrong_clock(doctor):
    refused = {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}
    doctor.server.fault({"do": "answer", "status": 400, "body": refused}, api="tokens", count=None)
    findings = doctor()
    assert corrected(findings) == {"token"}
    assert "the key of candid-sandbox@" in findings["token"]["fix"]


def test_unavailable_token_endpoint_is_reported(doctor):
    doctor.server.fault({"do": "error", "error": "unavailable"}, api="tokens", count=None)
    assert "got no access token" in doctor()["token"]["what"]


@pytest.mark.parametrize(
    ("api", "name"), [("sheets_reads", "Google Sheets API"), ("drive_reads", "Google Drive API")]
)
def test_an_api_that_is_not_enabled_is_named(doctor, api, name):
    doctor.server.fault({"do": "error", "error": "api_disabled"}, api=api, count=None)
    findings = doctor()
    assert corrected(findings) == {name}
    assert f"Library > {name} > Enable" in findings[name]["fix"]


def test_token_without_the_scopes_is_reported(doctor):
    doctor.server.fault({"do": "error", "error": "scope"}, api="drive_reads", count=None)
    assert "scopes" in doctor()["Google Drive API"]["what"]


@pytest.mark.parametrize(
    ("do", "what", "fix"),
    [
        ("unshare", "is not shared with candid-sandbox@", "share it with candid-sandbox@"),
        ("trash", "is in the trash", "restore it"),
        ("make_office_file", "is an uploaded Office file", "Save as Google Sheets"),
    ],
)
def test_a_workbook_that_cannot_be_read_says_how_to_mend_it(doctor, do, what, fix):
    doctor.server.change("Toko", do)
    findings = doctor()
    assert corrected(findings) == {"workbook toko"}
    assert what in findings["workbook toko"]["what"]
    assert fix in findings["workbook toko"]["fix"]


def test_deleted_workbook_is_distinguished_from_one_that_is_not_shared(doctor):
    file = doctor.server.folder / "Toko.json"
    content = file.read_bytes()
    file.unlink()
    try:
        findings = doctor()
    finally:
        file.write_bytes(content)
    assert "was not found" in findings["workbook toko"]["what"]
    assert findings["workbook gudang"]["state"] == "ok"


def test_missing_network_is_reported_once(doctor, monkeypatch):
    monkeypatch.setenv("CANDID_GOOGLE_API_URL", "http://127.0.0.1:9")
    findings = doctor()
    assert corrected(findings) == {"Google"}
    assert findings["clock"]["state"] == "note"


def test_a_used_up_quota_is_noted(doctor, monkeypatch):
    monkeypatch.setenv("CANDID_READS_PER_MINUTE", "4")
    doctor()
    findings = doctor()
    assert findings["quota"]["what"].startswith("0 of 4")
    assert findings["quota"]["state"] == "note"


def test_invalid_catalog_is_reported_with_file_and_line(doctor, company, monkeypatch, tmp_path):
    write_company(tmp_path / "other")
    file = tmp_path / "other/catalog/workbooks/toko/harian.yaml"
    file.write_text(file.read_text().replace("primaryKey:", "primaryKy:"))
    monkeypatch.setenv("CANDID_CATALOG_DIR", str(tmp_path / "other" / "catalog"))
    assert "harian.yaml:" in doctor()["catalog"]["what"]
    monkeypatch.setenv("CANDID_CATALOG_DIR", str(tmp_path / "nowhere"))
    assert "there is no catalog" in doctor()["catalog"]["what"]


def test_unwritable_data_folder_is_reported(doctor, tmp_path):
    (tmp_path / "data").write_text("a file where the folder should be")
    findings = doctor()
    assert "is a file" in findings["settings"]["what"]
    assert corrected(findings) == {"settings"}


def test_low_disk_space_is_reported_before_the_disk_is_full(doctor, monkeypatch):
    monkeypatch.setattr(installation, "LEAST_FREE", 10**18)
    assert corrected(doctor()) == {"disk"}
    monkeypatch.setattr(installation, "LEAST_FREE", 0)
    monkeypatch.setattr(installation, "SPARE_FREE", 10**18)
    assert doctor()["disk"]["state"] == "note"


def test_a_warehouse_at_work_is_noted_with_its_process(doctor):
    doctor.data.mkdir(parents=True)
    file = doctor.data / "warehouse.duckdb"
    script = (
        "import duckdb, sys, time; c = duckdb.connect(sys.argv[1]); c.execute('checkpoint');"
        "print('open', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(file)], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout.readline() == "open\n"
        findings = doctor()
        holder.kill()
    assert findings["warehouse"]["state"] == "note"
    assert "held by another process" in findings["warehouse"]["what"]


@pytest.mark.parametrize("name", ["warehouse.duckdb", "published/candid.duckdb"])
def test_damaged_database_file_is_reported(doctor, name):
    file = doctor.data / name
    file.parent.mkdir(parents=True)
    file.write_bytes(os.urandom(20_000))
    check = {"warehouse.duckdb": "warehouse"}.get(name, "snapshot")
    findings = doctor()
    # A snapshot without the warehouse that it was made from is a loss, too.
    assert corrected(findings) == {check, "warehouse"}
    assert str(file) in findings[check]["what"]
    assert findings[check]["fix"]


def test_warehouse_of_another_environment_is_reported(doctor):
    doctor.data.mkdir(parents=True)
    with duckdb.connect(str(doctor.data / "warehouse.duckdb")) as connection:
        connection.execute(
            "create schema meta; create table meta.environment as select 'sample' as env"
        )
    assert "holds sample data" in doctor()["warehouse"]["what"]


def test_damaged_history_is_reported(doctor):
    file = doctor.data / "dagster" / "history" / "runs.db"
    file.parent.mkdir(parents=True)
    file.write_bytes(os.urandom(8192))
    findings = doctor()
    assert "history" in corrected(findings)


def test_package_of_another_version_is_reported(monkeypatch):
    monkeypatch.setattr(installation, "requires", lambda _: ["duckdb==0.1", "no-such-package"])
    finding = installation.check_versions()
    assert finding.state == "failed"
    assert "no-such-package none" in finding.what


def test_the_doctor_is_quick(doctor):
    started = time.monotonic()
    doctor()
    assert time.monotonic() - started < 20
