"""A folder in which a reader follows a written page: `candid` is on the path, and a home."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from candid_assets.settings import REPOSITORY

_CANDID = '#!/bin/sh\nexec "{python}" -m candid_assets.cli "$@"\n'
_PYTHON = """\
#!/bin/sh
case "$*" in
"-m pytest -n auto") set -- -c "{remember}" ;;
esac
exec "{python}" "$@"
"""
"""Python of a clone; all tests would take half an hour, so it only remembers that they passed."""
_REMEMBER = """\
from candid_assets.gate.evidence import remember
from candid_assets.settings import REPOSITORY
from candid_assets_tests.conftest import key_now
remember(REPOSITORY / 'data', 'tests', key_now(), {'tests': 1})"""
PERSON = "you@example.com"


def script(path: Path, text: str) -> None:
    """Write a program."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


class Desk:
    """A folder, and a shell in it that runs `candid` as it stands here."""

    def __init__(self, folder: Path) -> None:
        self.here = folder
        script(folder / "bin" / "candid", _CANDID.format(python=sys.executable))
        self.environment = _plain(folder / "bin", REPOSITORY)

    def attempt(self, text: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Run commands with what a person types when they ask."""
        return subprocess.run(
            ["bash", "-e", "-c", text],
            input=typed,
            cwd=self.here,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
            start_new_session=True,  # without a terminal, passwords are read from what is typed
        )

    def run(self, text: str, typed: str = "") -> str:
        """Run commands that succeed; return what they printed."""
        done = self.attempt(text, typed)
        assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
        return done.stdout


class Clone(Desk):
    """A fresh clone of the repository, installed, of a person who has an SSH key."""

    def __init__(self, folder: Path) -> None:
        self.here, self.home = folder / "clone", folder / "home"
        _copy(self.here)
        tools = self.here / ".venv" / "bin"
        python = _PYTHON.format(python=sys.executable, remember=_REMEMBER)
        script(tools / "python", python)
        script(tools / "candid", _CANDID.format(python=tools / "python"))
        self.environment = _plain(tools, self.here) | {"HOME": str(self.home)}
        self.home.mkdir()
        self.run(
            f'git config --global user.name You && git config --global user.email "{PERSON}"\n'
            'mkdir ~/.ssh && ssh-keygen -q -t ed25519 -N "" -f ~/.ssh/id_ed25519\n'
            "git init --quiet --initial-branch=main && git add --all\n"
            'git commit --quiet --message "feat: all of it" --author "Ani <ani@candid.example>"'
        )
        (self.here / ".venv" / "installed").touch()


def _copy(folder: Path) -> None:
    """Copy what git has or would take of this repository."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    for name in names.stdout.split("\0"):
        source = REPOSITORY / name
        if name and source.is_file() and not source.is_symlink():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, folder / name)


def _plain(tools: Path, code: Path) -> dict[str, str]:
    """Return the variables of a person who has set none of the platform's."""
    skipped = ("CANDID_", "DAGSTER_", "GIT_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(skipped)}
    path = f"{tools}{os.pathsep}{os.environ['PATH']}"
    return {**kept, "PATH": path, "PYTHONPATH": str(code), "COLUMNS": "200"}
