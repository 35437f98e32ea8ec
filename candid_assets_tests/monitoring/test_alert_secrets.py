"""A password of a receiver of alerts crosses no network in the clear without a word that it may."""

from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from candid_assets.monitoring.alert_targets import Target
from candid_assets.monitoring.mail_server import mail_urls
from candid_assets.monitoring.send_alert import send
from candid_assets_tests.postgres import free_port


class OpenServer:
    """A real mail server that takes passwords without encryption, as a tapped line would."""

    def __init__(self):
        self.passwords, self.mail = [], []

    def __call__(self, server, session, envelope, mechanism, auth_data):
        self.passwords.append(auth_data.password.decode())
        return AuthResult(success=True)

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.mail.append(envelope.content)
        return "250 OK"


@contextmanager
def open_server(port):
    server = OpenServer()
    how = {"authenticator": server, "auth_require_tls": False}
    controller = Controller(server, hostname="127.0.0.1", port=port, **how)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


def sent(url):
    """Send one alert by CANDID_SMTP_URL; return why it was not sent."""
    urls = mail_urls(url, "candid@candid.example", "ops@candid.example")
    return send(Target("mail", urls, "CANDID_SMTP_URL"), f"{datetime.now(UTC)}", "text")


def test_a_password_waits_for_starttls_and_goes_without_it_on_a_word():
    port = free_port()
    with open_server(port) as server:
        address = f"smtp://ops:canary-password@127.0.0.1:{port}"
        reason = sent(address)
        assert reason is not None
        assert "canary" not in reason
        assert server.passwords == []
        assert sent(f"{address}/?starttls=yes") is not None
        assert server.passwords == []
        assert sent(f"{address}/?starttls=no") is None
        assert server.passwords == ["canary-password"]


def test_a_relay_without_a_login_needs_no_encryption():
    port = free_port()
    with open_server(port) as server:
        assert sent(f"smtp://127.0.0.1:{port}") is None
    assert len(server.mail) == 1


@pytest.mark.parametrize(
    "url",
    [
        "mailto://ops:canary-password@mail.candid.example?to=ops@candid.example",
        "json://ops:canary-password@hook.candid.example/x",
        "http://ops:canary-password@hook.candid.example/x",
        "xml://ops:canary-password@10.0.0.7/x",
        "form://ops:canary-password@[2001:db8::1]/x",
        "mailto://ops:canary-password@127.evil.example?to=ops@candid.example",
    ],
)
def test_any_other_address_with_a_password_without_encryption_is_not_sent_to(url, monkeypatch):
    monkeypatch.setattr("apprise.Apprise.notify", lambda *_, **__: pytest.fail("it was sent"))
    reason = send(Target("target 1", (url,), "CANDID_ALERT_URLS"), "title", "text")
    assert "its password would be sent without encryption" in reason
    assert "canary" not in reason


@pytest.mark.parametrize(
    "url",
    [
        "mailtos://ops:canary-password@mail.candid.example?to=ops@candid.example",
        "mailto://ops:canary-password@gmail.com",
        "mailto://ops:canary-password@mail.candid.example?to=a@candid.example&mode=insecure",
        "jsons://ops:canary-password@hook.candid.example/x",
        "https://ops:canary-password@hook.candid.example/x",
        "json://ops:canary-password@127.0.0.1:9/x",
        "http://ops:canary-password@hook.candid.example/x?cleartext=yes",
        "tgram://123456789:ABCdefghijklmnop1234567890ABCdefghi/12315544/",
        "http://hook.candid.example/x",
    ],
)
def test_what_is_encrypted_or_on_this_computer_or_said_to_be_meant_is_sent_to(url, monkeypatch):
    taken = []
    monkeypatch.setattr("apprise.Apprise.notify", lambda one, *_, **__: taken.append(one) or True)
    assert send(Target("target 1", (url,), "CANDID_ALERT_URLS"), "title", "text") is None
    (apprise,) = taken
    assert "cleartext" not in apprise.urls()[0]
