"""Where production's data comes from and goes to is deployed: another value is refused by name."""

import os
from datetime import UTC, datetime

import dagster as dg
import pytest

from candid_assets.gate.deployed_settings import require_deployed_settings
from candid_assets.gate.errors import GateError
from candid_assets.maintenance.retention import remove_due
from candid_assets.monitoring.doctor.deployment import check_deployment
from candid_assets.sources.sheets.session import SheetsSession
from candid_assets.sources.source_errors import SourceError
from candid_assets_tests.deployment.gated import Gated


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CANDID_GOOGLE_API_URL", "http://127.0.0.1:9/forged"),
        ("CANDID_GOOGLE_API_URL", ""),
        ("CANDID_KEEP_LOGS_DAYS", "1"),
        ("CANDID_KEEP_RUNS_DAYS", "1"),
    ],
)
def test_production_does_not_run_with_another_setting(gated: Gated, name, value):
    assert gated.check().number == 1
    gated.variables = {**gated.variables, name: value}
    with pytest.raises(GateError, match=f"{name} is .* in what was deployed"):
        gated.check()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PGHOSTADDR", "10.0.0.66"),
        ("PGSERVICEFILE", "/srv/service"),
        ("PGOPTIONS", "-c search_path=forged"),
        ("CANDID_DESTINATION_BI_USER", "somebody"),
        ("REQUESTS_CA_BUNDLE", "/srv/own-authority.pem"),
        ("SSL_CERT_FILE", "/etc/../srv/own-authority.pem"),
        ("GCE_METADATA_HOST", "127.0.0.1:9"),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:9"),
        ("DAGSTER_HOME", "/srv"),
    ],
)
def test_production_does_not_run_with_a_variable_that_leads_elsewhere(
    gated: Gated, monkeypatch, name, value
):
    monkeypatch.setenv(name, value)
    with pytest.raises(GateError, match=f"{name} is {value}"):
        gated.check()


def test_certificates_of_the_system_secrets_and_limits_are_not_asked(gated: Gated, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt")
    monkeypatch.setenv("PGPASSWORD", "secret")
    monkeypatch.setenv("CANDID_DESTINATION_BI_PASSWORD", "secret")
    gated.variables = {**gated.variables, "CANDID_MEMORY": "1GB", "CANDID_ALERT_SECONDS": "60"}
    assert gated.check().number == 1


def test_production_in_another_folder_is_refused_even_after_its_deployments_are_copied(
    gated: Gated, tmp_path
):
    (tmp_path / "own").mkdir()
    (gated.data / "production").rename(tmp_path / "own" / "production")
    gated.data = tmp_path / "own"
    with pytest.raises(GateError, match="CANDID_DATA_DIR is"):
        gated.check()


def test_another_setting_is_deployed_by_a_plan_that_names_its_file(gated: Gated):
    gated.edit(
        "production.env", "CANDID_READ_ACCOUNT", "CANDID_KEEP_LOGS_DAYS=90\nCANDID_READ_ACCOUNT"
    )
    gated.green()
    plan = gated.plan()
    assert [(f.file, f.change) for f in plan.code] == [("production.env", "breaking")]
    gated.decide(plan)
    gated.apply(plan)
    with pytest.raises(GateError, match="CANDID_KEEP_LOGS_DAYS is 730 here, and 90"):
        gated.check()
    gated.variables = {**gated.variables, "CANDID_KEEP_LOGS_DAYS": "90"}
    assert gated.check().number == 2


def test_settings_file_changed_after_it_was_deployed_does_not_run(gated: Gated):
    gated.edit(
        "production.env", "CANDID_READ_ACCOUNT", "CANDID_KEEP_LOGS_DAYS=1\nCANDID_READ_ACCOUNT"
    )
    gated.variables = {**gated.variables, "CANDID_KEEP_LOGS_DAYS": "1"}
    with pytest.raises(GateError, match=r"setup .* differ from deployment 1"):
        gated.check()


def test_a_name_that_decides_nothing_in_the_settings_file_is_refused(gated: Gated):
    file = gated.root / "production.env"
    file.write_text(file.read_text() + "CANDID_GOOGLE_API_ULR=https://example.com\n")
    with pytest.raises(GateError, match="names CANDID_GOOGLE_API_ULR"):
        require_deployed_settings(gated.settings(), gated.installation)


def test_logs_of_production_are_not_removed_before_the_time_that_was_deployed(
    gated: Gated, monkeypatch
):
    monkeypatch.setattr("candid_assets.gate.content.REPOSITORY", gated.root)
    audit = gated.settings().audit_file
    audit.parent.mkdir(parents=True)
    old = audit.with_name("audit-2026-01.jsonl")
    for file in (audit, old):
        file.write_text("{}\n")
        os.utime(file, (0, 0))
    now = datetime(2026, 3, 1, tzinfo=UTC)
    gated.variables = {**gated.variables, "CANDID_KEEP_LOGS_DAYS": "1"}
    with (
        dg.instance_for_test() as instance,
        pytest.raises(GateError, match="CANDID_KEEP_LOGS_DAYS is 1 here, and 730"),
    ):
        remove_due(gated.settings(), instance, now)
    assert old.exists()


def test_the_doctor_names_what_production_is_deployed_to_read(gated: Gated, books, monkeypatch):
    monkeypatch.setattr("candid_assets.gate.content.REPOSITORY", gated.root)
    (finding,) = check_deployment(gated.settings())
    assert (finding.state, books.url in finding.what) == ("ok", True)
    gated.variables = {**gated.variables, "CANDID_GOOGLE_API_URL": "http://127.0.0.1:9"}
    (finding,) = check_deployment(gated.settings())
    assert (finding.state, "CANDID_GOOGLE_API_URL" in finding.what) == ("failed", True)


def test_another_account_does_not_read_for_production(gated: Gated, books, monkeypatch):
    monkeypatch.setattr("candid_assets.gate.content.REPOSITORY", gated.root)
    gated.variables = {
        **gated.variables,
        "GOOGLE_APPLICATION_CREDENTIALS": str(books.credentials_file),
    }
    with SheetsSession.from_settings(gated.settings()) as session:
        assert session.in_words == f"{books.url} as {session.account}"
    file = gated.root / "production.env"
    for text in ("CANDID_READ_ACCOUNT=other@candid.example\n", ""):
        file.write_text(text)
        with pytest.raises(SourceError, match="production reads as"):
            SheetsSession.from_settings(gated.settings())
    SheetsSession.from_settings(gated.settings("staging")).__exit__()
