"""The units of docs/server, run as they stand: systemd's part is played by what they say."""

import os
import shlex
import signal
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from candid_assets.settings import REPOSITORY
from candid_assets_tests.end_to_end.served.conftest import (
    ADDRESS,
    Served,
    _first_match,
    candid,
    processes_of,
)
from candid_assets_tests.end_to_end.served.test_killed_server_leaves_nothing import assert_all_end

pytestmark = pytest.mark.served

UNITS = REPOSITORY / "docs" / "server"
HOME = "/srv/candid"


def unit(name):
    """The keys of a unit, each with its values in order: configparser keeps one of a name."""
    settings = defaultdict(list)
    for line in (UNITS / name).read_text().splitlines():
        if "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            settings[key].append(value)
    return settings


def command(line):
    """An ExecStart with the program of this installation in the place of the server's."""
    program, *arguments = shlex.split(line.removeprefix("-"))
    assert program == f"{HOME}/.venv/bin/candid"
    return [str(Path(sys.executable).with_name("candid")), *arguments]


@pytest.fixture
def as_unit(company, tmp_path):
    """What systemd gives a service: the file's environment, the unit's, a folder, a umask."""
    _, _, environment = company
    given = {n: environment[n] for n in environment if n.startswith(("CANDID_", "GOOGLE_"))}

    def started(name, line, **more):
        settings = unit(name)
        (where,) = settings["WorkingDirectory"]
        assert where == HOME
        own = dict(e.split("=", 1) for e in settings["Environment"])
        assert set(own) <= {"XDG_CACHE_HOME"}
        cache = {"XDG_CACHE_HOME": str(tmp_path / "cache")} if own else {}
        return subprocess.Popen(
            [*command(line), *more.pop("arguments", [])],
            env={"PATH": "/usr/bin:/bin", "HOME": HOME, "LANG": "C.UTF-8", **given, **cache},
            cwd=REPOSITORY,
            umask=int(settings["UMask"][0], 8),
            start_new_session=True,
            **more,
        )

    return started


def test_the_services_run_from_a_place_that_they_may_write_only_data_in():
    for name in ("candid.service", "candid-backup.service"):
        settings = unit(name)
        assert settings["ReadWritePaths"] == [f"{HOME}/data"]
        assert settings["ProtectSystem"] == ["strict"]
        assert settings["NoNewPrivileges"] == ["yes"]
        assert settings["EnvironmentFile"] == ["/etc/candid/candid.env"]
        assert settings["User"] == settings["Group"] == ["candid"]


def test_systemd_unit_serves_stops_within_its_timeout_and_makes_a_nightly_backup(
    company, as_unit, tmp_path
):
    _, settings, environment = company
    directives, log = unit("candid.service"), tmp_path / "serve.log"
    # Without KillSignal and ExecStop systemd sends SIGTERM, in mixed mode to the first alone.
    assert not directives["KillSignal"]
    assert not directives["ExecStop"]
    assert directives["KillMode"] == ["mixed"]
    (line,) = directives["ExecStart"]
    with log.open("w") as written:
        process = as_unit(
            "candid.service", line, arguments=["--port", "0"], stdout=written, stderr=written
        )
        origin = _first_match(process, log, ADDRESS)
        token = candid(environment, "users", "token", "rina").split()[-1]
        served = Served(origin, settings.data_dir, {"rina": token}, log, "", process.pid)
        served.until(lambda: served.newest("refresh_all"), lambda r: r["status"] == "SUCCESS")
        family = processes_of(process.pid)
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(timeout=int(directives["TimeoutStopSec"][0])) == 0, log.read_text()[
            -4000:
        ]
        assert_all_end(family)
    mode = settings.published_file.parent.stat().st_mode
    assert mode & 0o077 == 0, "the unit's umask"
    for line in unit("candid-backup.service")["ExecStart"]:
        assert as_unit("candid-backup.service", line).wait(timeout=300) == 0, line
    (made,) = (settings.data_root / "backups").glob("*.tar.gz")
    assert made.stat().st_size > 0
