"""One-time links that nothing but a person uses up, and logins that nobody else can shut."""

from itertools import count
from urllib.parse import urlencode

import pytest
from starlette.requests import Request
from starlette.responses import Response

from candid_assets.web.login_limits import LoginLimits
from candid_assets.web.one_time_links import make_link
from candid_assets.web.users import User
from candid_assets_tests.web.conftest import PASSWORD

FORM = "application/x-www-form-urlencoded"
OPENED = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Accept": "text/html"}
IMAGE = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
NUMBERS = count()


@pytest.fixture
def person(web):
    """A person whose name no other test has tried."""
    kept = web.users.all()["rina"].password
    added = []

    def add():
        name = f"person-{next(NUMBERS)}"
        web.users.add(User(name=name, role="operator", password=kept))
        added.append(name)
        return name

    yield add
    for name in added:
        web.users.remove(name)


def link_of(web, name):
    path = make_link(web.users, name, web.port).partition(str(web.port))[2]
    return path, path.partition("key=")[2]


def press(web, key, **headers):
    """Press the button of a link's page."""
    sent = {"Content-Type": FORM, "Origin": web.origin} | headers
    return web.call("POST", "/login", urlencode({"key": key}), sent)


def test_a_link_logs_in_once_by_the_button_of_its_page(web, person):
    path, key = link_of(web, person())
    page = web.call("GET", path)
    assert page.status == 200
    assert b'<form method="post" action="/login">' in page.body
    assert f'name="key" value="{key}"'.encode() in page.body
    answer = press(web, key)
    assert answer.status == 303
    session = {"Cookie": answer.cookies}
    assert web.call("GET", "/server_info", headers=session).status == 200
    assert press(web, key).status == 401
    assert web.call("GET", path).status == 401


def test_a_preview_of_a_link_neither_logs_in_nor_uses_it_up(web, person):
    path, key = link_of(web, person())
    bots = ("Slackbot-LinkExpanding 1.0", "WhatsApp/2", "facebookexternalhit/1.1")
    for method in ("HEAD", "GET", "HEAD", "GET"):
        for agent in bots:
            answer = web.call(method, path, headers={"User-Agent": agent, "Accept": "*/*"})
            assert answer.status == 200
            assert "session" not in str(answer.headers.get("Set-Cookie", "")).lower()
            assert "candid_staging=" not in str(answer.headers.get("Set-Cookie", ""))
    assert press(web, key).status == 303


def test_a_page_of_another_site_neither_presses_the_button_nor_loads_the_link(web, person):
    path, key = link_of(web, person())
    assert web.call("GET", path, headers=IMAGE).status == 403
    frame = IMAGE | {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}
    assert web.call("GET", path, headers=frame).status == 403
    assert press(web, key, Origin="https://evil.example").status == 403
    assert press(web, key, **{"Sec-Fetch-Site": "cross-site"}).status == 403
    # A link that a person follows from a page of mail opens the page with the button.
    assert web.call("GET", path, headers=OPENED | {"Sec-Fetch-Site": "cross-site"}).status == 200
    assert press(web, key).status == 303


def test_images_of_another_site_load_nothing_of_this_one(web):
    session = {"Cookie": web.cookie("rina")}
    for path in ("/login", "/login?key=x", "/logout", "/", "/server_info", "/api/v1/tables"):
        for site in ("cross-site", "same-site"):
            headers = session | IMAGE | {"Sec-Fetch-Site": site}
            assert web.call("GET", path, headers=headers).status == 403, path


def test_wrong_keys_and_images_of_other_sites_keep_nobody_out(web, person):
    name = person()
    for n in range(70):
        web.call("GET", f"/login?key=x{n}", headers=IMAGE if n % 2 else {})
    for n in range(10):
        assert press(web, f"x{n}").status == 401
    assert web.login(name).status == 303
    assert press(web, link_of(web, name)[1]).status == 303


def test_an_operator_who_is_guessed_at_from_the_same_address_gets_in_all_the_same(web, person):
    """By a browser that was used before, and by a link, whatever others send."""
    name = person()
    known = web.login(name).cookies
    assert [web.login(name, f"guess {n}").status for n in range(7)] == [401] * 5 + [429] * 2
    assert web.login(name).status == 429
    form = urlencode({"name": name, "password": PASSWORD})
    headers = {"Content-Type": FORM, "Origin": web.origin}
    assert web.call("POST", "/login", form, headers | {"Cookie": known}).status == 303
    assert press(web, link_of(web, name)[1]).status == 303


def test_a_browser_that_a_person_used_gives_no_more_guesses_at_others(web, person):
    name, other = person(), person()
    known = {"Cookie": web.login(name).cookies}
    headers = {"Content-Type": FORM, "Origin": web.origin} | known

    def tries(victim):
        form = urlencode({"name": victim, "password": "guess"})
        return [web.call("POST", "/login", form, headers).status for _ in range(6)]

    assert tries(other) == [401] * 5 + [429]
    assert tries(name) == [401] * 5 + [429]


def asked_from(address, cookie=""):
    headers = [(b"cookie", cookie.encode())] if cookie else []
    return Request({"type": "http", "client": (address, 1), "headers": headers})


def test_failures_of_one_client_are_not_those_of_another():
    limits = LoginLimits("secret", "staging", secure=False)
    waits = [limits.seconds_to_wait(asked_from("192.0.2.1"), "rina") for _ in range(6)]
    assert waits[:5] == [0] * 5
    assert 0 < waits[5] <= 300
    assert limits.seconds_to_wait(asked_from("192.0.2.2"), "rina") == 0
    assert limits.seconds_to_wait(asked_from("192.0.2.1"), "dimas") == 0


def test_one_client_tries_no_more_than_sixty_names_and_no_other_has_to_wait():
    limits = LoginLimits("secret", "staging", secure=False)
    waits = [limits.seconds_to_wait(asked_from("192.0.2.1"), f"name-{n}") for n in range(61)]
    assert waits[:60] == [0] * 60
    assert waits[60] > 0
    assert limits.seconds_to_wait(asked_from("192.0.2.2"), "name-60") == 0


def test_a_cookie_of_a_used_browser_that_was_forged_or_changed_counts_for_nothing():
    mine, theirs = (LoginLimits(secret, "staging", secure=True) for secret in ("a", "b"))
    answer = Response()
    theirs.remember(asked_from("192.0.2.1"), answer, "rina")
    sent = answer.headers["set-cookie"].lower()
    assert "httponly" in sent
    assert "secure" in sent
    assert "samesite=strict" in sent
    forged = answer.headers["set-cookie"].partition(";")[0]
    for cookie in (forged, forged[:-1], "__Secure-candid_staging_browser=", "x"):
        for _ in range(5):
            mine.seconds_to_wait(asked_from("192.0.2.9", cookie), "rina")
        assert mine.seconds_to_wait(asked_from("192.0.2.9", cookie), "rina") > 0
        mine.succeeded(asked_from("192.0.2.9"), "rina")


def test_no_password_key_token_or_session_is_written_anywhere(web, person):
    name = person()
    link = link_of(web, name)[1]
    session = web.cookie(name).partition("=")[2]
    assert press(web, link).status == 303
    assert web.login(name, "canary-wrong-password").status == 401
    web.call("GET", "/server_info?token=canary-in-address", by="dimas")
    web.ask("dimas", "{ version }", headers={"X-Key": "canary-header"})
    secrets = [PASSWORD, link, session, session.split(".")[-1], *web.tokens.values()]
    secrets += ["canary-wrong-password", "canary-in-address", "canary-header"]
    root = web.settings.data_dir.parent.parent
    files = [path for path in root.rglob("*") if path.is_file()]
    assert any(path.name == "audit.jsonl" for path in files)
    seen = {
        (secret, path)
        for path in files
        for secret in secrets
        if secret.encode() in path.read_bytes()
    }
    assert seen == set()
