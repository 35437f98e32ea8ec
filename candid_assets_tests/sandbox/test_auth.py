"""Tokens are given for good assertions alone, and calls need a live token of enough scope."""

import json
import stat
import time

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth.exceptions import RefreshError

from candid_assets.sandbox.auth import AUDIENCE, GRANT_TYPE, TokenService
from candid_assets.sandbox.keys import write_credentials
from candid_assets_tests.sandbox.client import AUTH, DRIVE, READ_SCOPES, SHEETS, google_session
from candid_assets_tests.sandbox.conftest import BOOK

GET = f"{SHEETS}/v4/spreadsheets/{BOOK}"
FILE = f"{DRIVE}/drive/v3/files/{BOOK}"
TIMEFRAME = "reasonable timeframe"


@pytest.fixture
def account(server):
    return json.loads(server.credentials_file.read_text())


def assertion(account, key=None, **claims):
    now = int(time.time())
    content = {
        "iss": account["client_email"],
        "aud": AUDIENCE,
        "iat": now,
        "exp": now + 3600,
        "scope": " ".join(READ_SCOPES),
        **claims,
    }
    return jwt.encode(content, key or account["private_key"], algorithm="RS256")


def ask(server, token, grant=GRANT_TYPE):
    form = {"grant_type": grant, "assertion": token}
    return requests.post(f"{server.url}/token", data=form, timeout=10)


def test_a_good_assertion_gives_a_token_for_an_hour(server, account):
    answer = ask(server, assertion(account))
    assert answer.status_code == 200
    assert answer.json()["expires_in"] == 3600
    assert answer.json()["token_type"] == "Bearer"


def test_the_files_own_token_address_is_an_audience_too(server, account):
    assert ask(server, assertion(account, aud=account["token_uri"])).status_code == 200


def test_another_key_is_refused(server, account):
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    answer = ask(server, assertion(account, stranger))
    assert answer.status_code == 400
    assert answer.json() == {
        "error": "invalid_grant",
        "error_description": "Invalid JWT Signature.",
    }


def test_an_unsigned_assertion_is_refused(server, account):
    claims = {"iss": account["client_email"], "aud": AUDIENCE, "scope": READ_SCOPES[0]}
    answer = ask(server, jwt.encode(claims, None, algorithm="none"))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"exp": int(time.time()) - 3600, "iat": int(time.time()) - 7200}, TIMEFRAME),
        ({"iat": int(time.time()) + 3600, "exp": int(time.time()) + 7200}, TIMEFRAME),
        ({"exp": int(time.time()) + 86400}, TIMEFRAME),
        ({"iat": None}, TIMEFRAME),
        ({"aud": "https://example.com/token"}, "Failed audience check"),
        ({"iss": "lain@candid-sandbox.iam.gserviceaccount.com"}, "account not found"),
        ({"scope": ""}, "Invalid OAuth scope"),
        ({"scope": "spreadsheets"}, "Invalid OAuth scope"),
    ],
)
def test_a_wrong_claim_is_refused(server, account, claims, said):
    answer = ask(server, assertion(account, **claims))
    assert answer.status_code == 400
    assert said in answer.json()["error_description"]


def test_another_grant_is_refused(server, account):
    answer = ask(server, assertion(account), grant="password")
    assert answer.json()["error"] == "unsupported_grant_type"


def test_a_clock_that_is_off_is_noticed(server):
    server.control("POST", "/settings", {"clock_offset": 4200})
    with google_session(server) as session, pytest.raises(RefreshError) as caught:
        session.get(GET)
    assert TIMEFRAME in str(caught.value)
    server.control("POST", "/settings", {"clock_offset": -1200})
    with google_session(server) as session, pytest.raises(RefreshError):
        session.get(GET)


def test_call_without_a_token_is_refused_as_unregistered(server):
    answer = requests.get(f"{server.url}/v4/spreadsheets/{BOOK}", timeout=10)
    assert (answer.status_code, answer.json()["error"]["status"]) == (403, "PERMISSION_DENIED")


def test_an_unknown_token_is_not_accepted(server):
    header = {"Authorization": "Bearer nonsense"}
    answer = requests.get(f"{server.url}/v4/spreadsheets/{BOOK}", headers=header, timeout=10)
    assert (answer.status_code, answer.json()["error"]["status"]) == (401, "UNAUTHENTICATED")
    drive = requests.get(f"{server.url}/drive/v3/files", headers=header, timeout=10)
    assert drive.status_code == 401
    assert drive.json()["error"]["errors"][0]["reason"] == "authError"


def test_an_expired_token_is_not_accepted_and_a_new_one_is(server, account):
    name = ask(server, assertion(account)).json()["access_token"]
    header = {"Authorization": f"Bearer {name}"}
    server.control("POST", "/settings", {"clock_offset": 3601})
    answer = requests.get(f"{server.url}/v4/spreadsheets/{BOOK}", headers=header, timeout=10)
    assert answer.status_code == 401
    assert answer.json()["error"]["details"][0]["reason"] == "ACCESS_TOKEN_EXPIRED"


def test_google_auth_asks_anew_when_its_token_has_expired(server, google):
    assert google.get(GET).status_code == 200
    server.fault("expire_tokens", api="sheets_reads")
    assert google.get(GET).status_code == 200
    assert server.counters()["tokens"] == 2


@pytest.mark.parametrize(
    ("scope", "sheets", "drive"),
    [
        ("spreadsheets.readonly", 200, 403),
        ("spreadsheets", 200, 403),
        ("drive.metadata.readonly", 403, 200),
        ("drive.readonly", 200, 200),
        ("drive", 200, 200),
        ("userinfo.email", 403, 403),
    ],
)
def test_a_scope_opens_what_it_names_and_no_more(server, scope, sheets, drive):
    with google_session(server, [AUTH + scope]) as session:
        answers = session.get(GET), session.get(FILE)
    assert [answer.status_code for answer in answers] == [sheets, drive]
    for answer in answers:
        if answer.status_code == 403:
            reason = answer.json()["error"]["details"][0]["reason"]
            assert reason == "ACCESS_TOKEN_SCOPE_INSUFFICIENT"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", f"/v4/spreadsheets/{BOOK}/values/'Jan25'!A1"),
        ("POST", f"/v4/spreadsheets/{BOOK}/values/'Jan25'!A1:append"),
        ("POST", f"/v4/spreadsheets/{BOOK}:batchUpdate"),
        ("PATCH", f"/drive/v3/files/{BOOK}"),
        ("DELETE", f"/drive/v3/files/{BOOK}"),
    ],
)
def test_a_write_is_refused_and_logged(server, google, method, path):
    base = DRIVE if path.startswith("/drive") else SHEETS
    assert google.request(method, base + path, json={}).status_code == 403
    assert server.counters()["writes"] == 1
    assert server.calls()[-1]["method"] == method
    with google_session(server, [f"{AUTH}drive"]) as session:
        assert session.request(method, base + path, json={}).status_code == 501


def test_the_scopes_asked_for_are_logged(server, google):
    google.get(GET)
    token, read = server.calls()
    assert token["kind"] == "tokens"
    assert token["scopes"] == read["scopes"] == list(READ_SCOPES)


def test_the_key_file_is_its_owners_alone(tmp_path):
    path = tmp_path / "deep" / "service-account.json"
    first = write_credentials(path, "http://127.0.0.1:1/token")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = write_credentials(path, "http://127.0.0.1:2/token")
    assert again["private_key"] == first["private_key"]
    assert json.loads(path.read_text())["token_uri"] == "http://127.0.0.1:2/token"
    path.write_text("{}")
    assert write_credentials(path, "x")["private_key"] != first["private_key"]


def test_a_token_ends_with_the_services_own_clock():
    now = [1_000_000.0]
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    service = TokenService("a@b", key.public_key(), clock=lambda: now[0])
    claims = {"iss": "a@b", "aud": AUDIENCE, "iat": now[0], "exp": now[0] + 3600}
    signed = jwt.encode({**claims, "scope": READ_SCOPES[0]}, key, algorithm="RS256")
    _, body = service.exchange({"grant_type": GRANT_TYPE, "assertion": signed})
    header = f"Bearer {body['access_token']}"
    assert service.admit(header, "sheets").email == "a@b"
    now[0] += 3600
    with pytest.raises(Exception, match="invalid authentication credentials"):
        service.admit(header, "sheets")
