"""A command whose output nobody can take ends as it would, or says that its result is lost."""

import os
import subprocess
import sys

import pytest

from candid_assets.settings import REPOSITORY

FULL = "/dev/full"
ENVIRONMENT = os.environ | {"PYTHONPATH": str(REPOSITORY)}
LIST = "metrics list"
LOST = "what the command prints cannot be written: No space left on device"


def candid(tmp_path, words, redirected):
    """Run a command in a shell, as cron does, with its output redirected."""
    command = f"{sys.executable} -m candid_assets.cli {words} {redirected}"
    env = os.environ | {"CANDID_ENV": "sample", "CANDID_DATA_DIR": str(tmp_path)}
    return shell(command, env=env)


def shell(*words, env=None):
    return subprocess.run(
        ["/bin/bash", "-c", *words],
        env=env,
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )


def test_full_disk_behind_its_messages_changes_nothing_of_a_command(tmp_path):
    plain = candid(tmp_path, LIST, "")
    done = candid(tmp_path, LIST, f"2>{FULL}")
    assert (done.returncode, done.stdout) == (plain.returncode, plain.stdout) != (1, "")
    assert candid(tmp_path, "metrics show nothing", f"2>{FULL}").returncode == 2


@pytest.mark.parametrize("option", ["", "--json"])
def test_result_that_cannot_be_written_is_an_error_that_names_the_output(tmp_path, option):
    done = candid(tmp_path, f"{LIST} {option}", f">{FULL}")
    assert done.returncode == 1
    assert LOST in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_reader_that_leaves_is_no_error_to_tell(tmp_path):
    done = candid(tmp_path, LIST, "| head -c 1 >/dev/null; exit ${PIPESTATUS[1]}")
    assert (done.returncode, len(done.stderr.splitlines())) == (0, 1), done.stderr


def test_refresh_goes_on_when_nobody_can_take_its_progress():
    code = (
        "import sys\n"
        "from candid_assets.console import Output\n"
        "from candid_assets.reports.run_screen import TerminalProgress\n"
        "output = Output(as_json=False)\n"
        "with TerminalProgress(output.progress) as progress:\n"
        "    progress.stage('extract', 1)\n"
        "    progress.step('extract', 'one')\n"
        "sys.stderr.write('went on')"
    )
    done = shell(f'{sys.executable} -c "$0" >{FULL}', code)
    assert done.stderr.startswith("went on")


@pytest.mark.parametrize("closed", ["1>&-", "2>&-", "0<&- 1>&- 2>&-"])
def test_a_command_without_its_streams_writes_into_no_other_file(tmp_path, closed):
    plain = candid(tmp_path, LIST, "")
    done = candid(tmp_path, LIST, closed)
    assert done.returncode == plain.returncode == 0
    assert done.stdout in ("", plain.stdout)
    opened = "import os; print(os.open('/dev/zero', os.O_RDONLY), file=open('seen', 'w'))"
    begun = "from candid_assets.output_streams import open_missing_streams as begin; begin(); "
    shell(f"cd {tmp_path} && {sys.executable} -c {begun + opened!r} {closed}", env=ENVIRONMENT)
    assert int((tmp_path / "seen").read_text()) > 2


def test_a_folder_that_is_gone_is_named(tmp_path):
    command = f"mkdir {tmp_path}/gone && cd {tmp_path}/gone && rmdir ../gone && "
    done = shell(f"{command}{sys.executable} -m candid_assets.cli {LIST}", env=ENVIRONMENT)
    assert done.returncode == 1
    assert "the folder in which this command was started is gone" in done.stderr
    assert "Traceback" not in done.stderr
