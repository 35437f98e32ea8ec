"""Code of another place does not get into a process of production."""

import importlib.util
import marshal
import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from types import ModuleType

import pytest

from candid_assets.gate import git as git_module
from candid_assets.gate.errors import GateError
from candid_assets.gate.libraries import require_locked
from candid_assets.gate.production import deployed
from candid_assets.gate.running_process import (
    _places,
    _require_bare,
    _strange,
    require_unaltered,
)
from candid_assets.gate.signatures import sign, verify
from candid_assets.gate.system_tools import ToolError, system_tool, tool_environment
from candid_assets.isolation import isolated_environment
from candid_assets.settings import REPOSITORY
from candid_assets_tests.deployment.gated import Gated, approver_line

pytestmark = pytest.mark.slow

ASK = (
    "from candid_assets.isolation import open_to_other_code;"
    "from candid_assets.settings import Settings; print(open_to_other_code(Settings()))"
)


def _said(gated: Gated, **variables) -> str:
    """What a process says lets other code into it."""
    given = {
        **isolated_environment(gated.settings(), os.environ),
        "CANDID_DATA_DIR": str(gated.data),
        **variables,
    }
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        env={name: value for name, value in given.items() if value is not None},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_a_process_that_candid_started_loads_nothing_else(gated: Gated, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/srv/evil")
    monkeypatch.setenv("PYTHONSTARTUP", "/srv/evil.py")
    monkeypatch.setenv("LD_PRELOAD", "")
    monkeypatch.setenv("PYTHONUSERBASE", "/srv/evil")
    assert _said(gated) == ""


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"PYTHONPATH": f"/srv/evil:{REPOSITORY}"}, "PYTHONPATH is /srv/evil"),
        ({"PYTHONUSERBASE": "/srv/evil"}, "PYTHONUSERBASE is set"),
        ({"PYTHONWARNINGS": "ignore::evil.Warning"}, "PYTHONWARNINGS is set"),
        ({"PYTHONBREAKPOINT": "evil.hook"}, "PYTHONBREAKPOINT is set"),
        ({"LD_LIBRARY_PATH": "/srv/evil"}, "LD_LIBRARY_PATH is set"),
        ({"PYTHONSAFEPATH": None}, "modules of the working directory"),
        ({"PYTHONPYCACHEPREFIX": None}, "bytecode that nobody has compared"),
        ({"PYTHONPYCACHEPREFIX": "/srv/evil"}, "bytecode that nobody has compared"),
    ],
    ids=lambda given: next(iter(given)) if isinstance(given, dict) else "",
)
def test_a_process_that_lets_other_code_in_says_how(gated: Gated, variables, words):
    assert words in _said(gated, **variables)


def test_production_does_not_run_in_a_process_that_was_started_otherwise(gated: Gated):
    with pytest.raises(GateError, match="does not run in this process"):
        require_unaltered(gated.settings(), gated.installation, "d" * 64)


@pytest.mark.parametrize(
    ("file", "is_strange"),
    [
        ("/srv/evil/duckdb.py", True),
        ("{home}/.local/lib/python3.11/site-packages/duckdb/__init__.py", True),
        ("{root}/catalog.py", True),
        ("{root}/candid_assets/names.py", False),
        ("{purelib}/duckdb/__init__.py", False),
        ("{stdlib}/json/__init__.py", False),
    ],
)
def test_a_module_of_another_folder_is_named(gated: Gated, file, is_strange):
    places = {name: sysconfig.get_path(name) for name in ("purelib", "stdlib")}
    path = file.format(root=gated.root, home=Path.home(), **places)
    loaded = ModuleType("loaded")
    loaded.__file__ = path
    assert (_strange(loaded, _places(gated.installation)) == path) is is_strange


def test_a_link_in_pythons_own_folder_is_pythons(gated: Gated, tmp_path, monkeypatch):
    (tmp_path / "lib").mkdir()
    (tmp_path / "sitecustomize.py").write_text("")
    link = tmp_path / "lib" / "sitecustomize.py"
    link.symlink_to(tmp_path / "sitecustomize.py")
    monkeypatch.setattr(sysconfig, "get_path", lambda _: str(tmp_path / "lib"))
    loaded = ModuleType("sitecustomize")
    for file, strange in ((link, None), (tmp_path / "sitecustomize.py",) * 2):
        loaded.__file__ = str(file)
        assert _strange(loaded, _places(gated.installation)) == (strange and str(strange))


@pytest.mark.parametrize("name", ["duckdb.py", "duckdb.pyc", "duckdb.so", "duckdb/__init__.py"])
def test_a_module_beside_the_package_is_named_though_git_ignores_it(gated: Gated, name):
    (gated.root / name).parent.mkdir(exist_ok=True)
    (gated.root / name).write_text("")
    with pytest.raises(GateError, match="in place of a library"):
        _require_bare(gated.root)


def test_compiled_code_that_takes_a_modules_place_does_not_run(gated: Gated):
    (gated.root / ".git" / "info" / "exclude").write_text("*.pyc\n")
    folder = gated.root / "candid_assets" / "names"
    folder.mkdir()
    code = compile("ORDER = 'forged'", "names", "exec")
    header = importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little") + b"\0" * 8
    (folder / "__init__.pyc").write_bytes(header + marshal.dumps(code))
    with pytest.raises(GateError, match=r"code of candid_assets .*differ"):
        gated.check()


# False programs


@pytest.fixture
def false_programs(tmp_path, monkeypatch):
    """A git that says that all is well and an ssh-keygen that takes every signature, in PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("git", "ssh-keygen"):
        (folder / name).write_text("#!/bin/sh\nexit 0\n")
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


def test_a_false_git_in_the_path_does_not_make_a_tree_clean(gated: Gated, false_programs):
    (gated.root / "stray.py").write_text("")
    with pytest.raises(GateError, match="dirty"):
        gated.check()


def test_a_false_ssh_keygen_in_the_path_verifies_nothing(gated: Gated, false_programs):
    listed = approver_line(gated.keys["ani"], "ani")
    signature = sign(b"this", gated.keys["agent"])
    with pytest.raises(GateError, match="not one of ani"):
        verify(b"this", signature, "ani", listed)


def test_program_that_others_may_write_to_is_not_used(tmp_path, monkeypatch):
    from candid_assets.gate import system_tools

    (tmp_path / "git").write_text("")
    (tmp_path / "git").chmod(0o777)
    monkeypatch.setattr(system_tools, "FOLDERS", (str(tmp_path),))
    with pytest.raises(ToolError, match="others than root"):
        system_tool("git")
    monkeypatch.setenv("LD_PRELOAD", "/srv/evil.so")
    assert "LD_PRELOAD" not in tool_environment()


def test_a_hook_of_git_does_not_change_what_the_gate_commits(gated: Gated):
    hook = gated.root / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho forged > deployments/forged\ngit add deployments/forged\n")
    hook.chmod(0o755)
    git_module.Git(gated.root).output("commit", "--quiet", "--allow-empty", "-m", "x")
    assert not (gated.root / "deployments" / "forged").exists()


def test_what_checking_the_content_costs_a_run_is_less_than_a_second(served: Gated):
    """Of the processor, its programs included: what else the machine does is no matter of it."""
    settings, installation = served.settings(), served.installation
    (deployment,) = served.records.applied()
    require_locked(settings, installation, deployment.digest)
    before = sum(os.times()[:4])
    deployed(settings, installation)
    require_locked(settings, installation, deployment.digest)
    places = _places(installation)
    for loaded in list(sys.modules.values()):
        _strange(loaded, places)
    assert sum(os.times()[:4]) - before < 1.0
