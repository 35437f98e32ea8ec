"""`candid users`: who is added may come in, who is removed may not, and no secret is kept."""

import json
import stat

import pytest
from click.testing import CliRunner

from candid_assets.cli import main
from candid_assets.monitoring.doctor.installation import check_audit_log, check_users
from candid_assets.settings import Settings
from candid_assets.web.users import Users


@pytest.fixture
def users(tmp_path, monkeypatch):
    monkeypatch.setenv("CANDID_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("CANDID_ENV", "staging")

    def call(*arguments, stdin=None, code=0):
        done = CliRunner().invoke(main, ["users", *arguments], input=stdin)
        assert done.exit_code == code, done.output
        return done

    return call


@pytest.fixture
def store(tmp_path):
    return Users(Settings(CANDID_DATA_DIR=tmp_path, CANDID_ENV="staging").data_dir)


def test_a_person_is_added_with_a_password_that_is_kept_as_argon2(users, store):
    users("add", "rina", "--role", "operator", "--password-stdin", stdin="kopi susu gula\n")
    assert store.by_password("rina", "kopi susu gula").role == "operator"
    assert store.by_password("rina", "kopi susu") is None
    kept = store.file.read_text()
    assert "$argon2id$" in kept
    assert "kopi" not in kept
    assert stat.S_IMODE(store.file.stat().st_mode) == 0o600


def test_password_is_prompted_for_twice(users, store):
    users("add", "rina", "--role", "viewer", stdin="kopi susu gula\nkopi susu gula\n")
    assert store.by_password("rina", "kopi susu gula")


def test_an_agent_is_added_with_a_token_that_is_shown_once(users, store):
    done = users("add", "data-eng", "--role", "agent", "--job", "refresh_x", "--json")
    added = json.loads(done.stdout)
    assert store.by_token(added["token"]).jobs == ("refresh_x",)
    assert added["token"] not in store.file.read_text()
    (listed,) = json.loads(users("list", "--json").stdout)
    assert listed["name"] == "data-eng"
    assert added["token"] not in str(listed)


def test_new_token_invalidates_the_previous_one(users, store):
    first = json.loads(users("add", "data-eng", "--role", "agent", "--json").stdout)["token"]
    second = json.loads(users("token", "data-eng", "--json").stdout)["token"]
    assert store.by_token(first) is None
    assert store.by_token(second)


def test_new_password_closes_every_session(users, store):
    users("add", "rina", "--role", "viewer", "--password-stdin", stdin="kopi susu gula\n")
    stamp = store.all()["rina"].stamp
    assert store.by_stamp("rina", stamp)
    users("password", "rina", "--password-stdin", stdin="teh manis hangat\n")
    assert store.by_stamp("rina", stamp) is None
    assert store.by_password("rina", "kopi susu gula") is None
    assert store.by_password("rina", "teh manis hangat")


def test_impossible_change_is_refused_with_the_reason(users):
    users("add", "rina", "--role", "viewer", "--password-stdin", stdin="short\n", code=2)
    users("add", "Rina X", "--role", "viewer", "--password-stdin", stdin="long enough\n", code=2)
    users("add", "x", "--role", "viewer", "--job", "y", "--password-stdin", stdin="x" * 20, code=2)
    users("add", "x", "--role", "root", code=2)
    users("add", "data-eng", "--role", "agent")
    assert "there is a user" in users("add", "data-eng", "--role", "agent", code=2).output
    assert "candid users token" in users("password", "data-eng", "--password-stdin", code=2).output
    assert "no link" in users("link", "data-eng", code=2).output
    assert "there is no user" in users("remove", "nobody", code=2).output


def test_changes_of_users_are_logged_in_the_audit_log(users, store):
    users("add", "data-eng", "--role", "agent")
    users("remove", "data-eng")
    lines = (store.folder / "audit.jsonl").read_text().splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["user added", "user removed"]


def test_the_doctor_finds_a_users_file_that_others_can_read(users, store, tmp_path):
    settings = Settings(CANDID_DATA_DIR=tmp_path, CANDID_ENV="staging")
    assert "none yet" in check_users(settings).what
    users("add", "data-eng", "--role", "agent")
    assert check_users(settings).state == "ok"
    store.file.chmod(0o640)
    finding = check_users(settings)
    assert (finding.state, finding.fix) == ("failed", f"chmod 600 {store.file}")


def test_the_doctor_names_the_first_line_of_the_audit_log_that_does_not_fit(users, store, tmp_path):
    settings = Settings(CANDID_DATA_DIR=tmp_path, CANDID_ENV="staging")
    assert check_audit_log(settings).what == "nothing yet"
    for name in ("data-eng", "data-sci"):
        users("add", name, "--role", "agent")
    users("remove", "data-sci")
    finding = check_audit_log(settings)
    assert (finding.state, "3 lines, the last of SHA-256" in finding.what) == ("ok", True)
    log = settings.audit_file
    log.write_text(log.read_text().replace("data-eng", "rina"))
    finding = check_audit_log(settings)
    assert finding.state == "failed"
    assert finding.what == "the line before audit.jsonl line 2 is not as it was written"
