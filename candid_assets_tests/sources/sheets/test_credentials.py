"""Every kind of Google credentials reads, under the two read-only scopes and no other."""

import json

import pytest
from google.auth.compute_engine import _metadata
from google.oauth2.credentials import Credentials

from candid_assets.settings import Settings
from candid_assets.sources.sheets.conduct import conduct_of
from candid_assets.sources.sheets.credentials import SCOPES, beyond_reading
from candid_assets.sources.sheets.session import SheetsSession
from candid_assets.sources.sheets.transport import SHEETS_BASE
from candid_assets.sources.source_errors import SourceError
from candid_assets_tests.sources.sheets.conftest import BRISK, good, read

PERSON = {
    "type": "authorized_user",
    "client_id": "32555940559.apps.googleusercontent.com",
    "client_secret": "sandbox",
    "refresh_token": "1//sandbox",
    "account": "dewi@candid.example",
}


@pytest.fixture
def sample(book):
    return book(Satu=[["a", 1]])


@pytest.fixture
def no_file(settings, monkeypatch, tmp_path):
    """Settings without a key file: Application Default Credentials, and none on this computer."""
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path / "gcloud"))
    monkeypatch.setattr(_metadata, "_NO_GCE_CHECK", True)
    (tmp_path / "gcloud").mkdir()
    return settings.model_copy(update={"credentials_file": None})


def well_known(tmp_path, content):
    file = tmp_path / "gcloud" / "application_default_credentials.json"
    file.write_text(json.dumps(content))


def reads(settings: Settings, sample) -> SheetsSession:
    with SheetsSession.from_settings(settings, policy=BRISK) as session:
        assert good(read(session, sample)).rows == 1
        assert conduct_of(session.requests_sent, SCOPES).writes == ()
        return session


def asked_scopes(google):
    return [sorted(call["scopes"]) for call in google.calls() if call["kind"] == "tokens"]


def test_a_person_signed_in_with_gcloud_reads_through_the_well_known_file(
    no_file, google, sample, tmp_path
):
    well_known(tmp_path, PERSON)
    session = reads(no_file, sample)
    assert session.account == "dewi@candid.example"
    assert asked_scopes(google) == [sorted(SCOPES)]


def test_a_service_account_in_the_well_known_file_reads(no_file, google, sample, tmp_path):
    well_known(tmp_path, json.loads(google.credentials_file.read_text()))
    session = reads(no_file, sample)
    assert session.account.endswith("gserviceaccount.com")
    assert asked_scopes(google) == [sorted(SCOPES)]


def test_a_named_file_of_a_person_reads(settings, google, sample, tmp_path):
    file = tmp_path / "person.json"
    file.write_text(json.dumps(PERSON))
    reads(settings.model_copy(update={"credentials_file": file}), sample)
    assert asked_scopes(google) == [sorted(SCOPES)]


def test_a_service_account_impersonated_by_a_person_reads_under_the_same_scopes(
    settings, google, sample, tmp_path
):
    file = tmp_path / "impersonated.json"
    target = "reader@candid.iam.gserviceaccount.com"
    url = "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/"
    file.write_text(
        json.dumps(
            {
                "type": "impersonated_service_account",
                "service_account_impersonation_url": f"{url}{target}:generateAccessToken",
                "source_credentials": PERSON,
                "delegates": [],
            }
        )
    )
    session = reads(settings.model_copy(update={"credentials_file": file}), sample)
    assert session.account == target
    assert asked_scopes(google)[-1] == sorted(SCOPES)


def test_the_metadata_server_of_a_google_machine_gives_tokens(no_file, google, sample, monkeypatch):
    monkeypatch.setattr(_metadata, "_NO_GCE_CHECK", False)
    host = google.url.removeprefix("http://")
    # google-auth reads the host's name once, when it is imported.
    monkeypatch.setattr(_metadata, "_GCE_METADATA_HOST", host)
    monkeypatch.setenv("GCE_METADATA_IP", host)
    session = reads(no_file, sample)
    assert session.account == "machine@candid-sandbox.iam.gserviceaccount.com"
    asked = [scopes for scopes in asked_scopes(google) if scopes]
    assert asked
    assert all(scopes == sorted(SCOPES) for scopes in asked)


def test_missing_credentials_are_reported_with_what_to_set(no_file):
    with pytest.raises(SourceError) as caught:
        SheetsSession.from_settings(no_file)
    assert caught.value.code == "bad_credentials"
    assert "GOOGLE_APPLICATION_CREDENTIALS" in caught.value.fix


def test_expired_sign_in_is_reported(no_file, google, sample, tmp_path):
    well_known(tmp_path, PERSON | {"refresh_token": "revoked"})
    with (
        SheetsSession.from_settings(no_file, policy=BRISK) as session,
        pytest.raises(SourceError) as caught,
    ):
        read(session, sample)
    assert caught.value.code == "bad_credentials"
    assert "invalid_grant" in caught.value.message


def granted_more(google):
    """The next token says that it was granted for writing too."""
    granted = f"{SCOPES[0]} https://www.googleapis.com/auth/spreadsheets"
    body = {"access_token": "x", "expires_in": 3600, "token_type": "Bearer", "scope": granted}
    google.fault({"do": "answer", "status": 200, "body": body}, api="tokens")


@pytest.fixture
def deployed_as(tmp_path, monkeypatch):
    """Production is deployed to read with an account."""

    def write(account: str) -> None:
        (tmp_path / "production.env").write_text(f"CANDID_READ_ACCOUNT={account}\n")
        monkeypatch.setattr("candid_assets.gate.content.REPOSITORY", tmp_path)

    return write


@pytest.mark.parametrize("account", ["machine@candid-sandbox.iam.gserviceaccount.com", "other@x.y"])
def test_a_google_machine_reads_for_production_only_as_the_account_deployed(
    no_file, google, sample, monkeypatch, deployed_as, account
):
    deployed_as(account)
    monkeypatch.setattr(_metadata, "_NO_GCE_CHECK", False)
    host = google.url.removeprefix("http://")
    monkeypatch.setattr(_metadata, "_GCE_METADATA_HOST", host)
    monkeypatch.setenv("GCE_METADATA_IP", host)
    settings = no_file.for_env("production")
    if account.startswith("machine"):
        assert reads(settings, sample).account == account
        return
    with SheetsSession.from_settings(settings, policy=BRISK) as session:
        with pytest.raises(SourceError, match="not of other@x"):
            session.get(f"{SHEETS_BASE}/v4/spreadsheets/x", {}, workbook="x")
        assert session.sheets_reads == 0


def test_production_refuses_an_account_that_was_granted_more_than_reading(
    no_file, google, sample, tmp_path, deployed_as
):
    well_known(tmp_path, PERSON)
    deployed_as(PERSON["account"])
    settings = no_file.for_env("production")
    granted_more(google)
    with SheetsSession.from_settings(settings, policy=BRISK) as session:
        with pytest.raises(SourceError, match=r"may do more than read \(.*auth/spreadsheets\)"):
            session.get(f"{SHEETS_BASE}/v4/spreadsheets/x", {}, workbook="x")
        assert session.sheets_reads == 0


def test_scopes_beyond_reading_are_recognised():
    more = "https://www.googleapis.com/auth/drive"
    for scopes, expected in ((SCOPES, ()), ((*SCOPES, "openid"), ()), ((*SCOPES, more), (more,))):
        asking = Credentials("token", scopes=list(scopes))
        granted = Credentials("token", scopes=list(SCOPES), granted_scopes=list(scopes))
        assert beyond_reading(asking) == beyond_reading(granted) == expected
