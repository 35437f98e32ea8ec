"""Libraries that are not those of the lock, to the byte, do not run in production."""

import base64
import hashlib
import os
import shutil
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

from candid_assets.gate import libraries as module
from candid_assets.gate.errors import GateError
from candid_assets.gate.libraries import Libraries, compare, require_locked
from candid_assets_tests.deployment.gated import Gated

DEPLOYMENT = "d" * 64


def recorded(folder: Path, name: str, version: str, files: dict[str, str]) -> None:
    """Install a library as pip and uv do: its files and the record of their hashes."""
    info = f"{name}-{version}.dist-info"
    files = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
    }
    lines = [f"{info}/RECORD,,"]
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=")
        lines.append(f"{path},sha256={digest.decode()},{len(text)}")
    (folder / info / "RECORD").write_text("\n".join(lines) + "\n")


@pytest.fixture
def installed(tmp_path) -> Libraries:
    folder, lock = tmp_path / "site-packages", tmp_path / "requirements.lock"
    recorded(
        folder, "duckdb", "1.5.5", {"duckdb/__init__.py": "x = 1\n", "duckdb/sql.py": "y = 2\n"}
    )
    recorded(folder, "six", "1.17.0", {"six.py": "z = 3\n"})
    (folder / "duckdb" / "__pycache__").mkdir()
    (folder / "duckdb" / "__pycache__" / "sql.cpython-311.pyc").write_bytes(b"anything")
    lock.write_text(
        "duckdb==1.5.5 \\\n    --hash=sha256:0\nsix==1.17.0 \\\n    --hash=sha256:0\n"
        "pywin32==311 ; sys_platform == 'win32' \\\n    --hash=sha256:0\n"
    )
    return Libraries(folder, lock)


def test_what_the_lock_says_is_taken_as_it_was_installed(installed):
    assert compare(installed) == compare(installed)


def _older(folder):
    shutil.rmtree(folder / "six-1.17.0.dist-info")
    recorded(folder, "six", "1.16.0", {"six.py": "z = 2\n"})


WAYS = {
    "an older library": (_older, "six is 1.16.0, 1.17.0 in requirements.lock"),
    "a library too many": (
        lambda folder: recorded(folder, "evil", "1.0", {"evil.py": ""}),
        "evil is not in requirements.lock",
    ),
    "a library that is gone": (
        lambda folder: shutil.rmtree(folder / "six-1.17.0.dist-info"),
        "six is absent",
    ),
    "an edited file": (
        lambda folder: (folder / "duckdb" / "sql.py").write_text("y = 3\n"),
        "sql.py differ from what was installed",
    ),
    "a file that is gone": (lambda folder: (folder / "six.py").unlink(), "six.py differ"),
    "sitecustomize": (
        lambda folder: (folder / "sitecustomize.py").write_text("import os\n"),
        "sitecustomize.py in the libraries' folder belong to no library",
    ),
    "a file of paths": (
        lambda folder: (folder / "evil.pth").write_text("import os\n"),
        "evil.pth in the libraries' folder",
    ),
    "a module in a library": (
        lambda folder: (folder / "duckdb" / "extra.py").write_text(""),
        "extra.py in the libraries' folder",
    ),
    "compiled code without a source": (
        lambda folder: (folder / "duckdb" / "six.pyc").write_bytes(b""),
        "six.pyc in the libraries' folder",
    ),
    "a link": (
        lambda folder: (folder / "numpy").symlink_to("/srv"),
        "numpy in the libraries' folder",
    ),
    "a folder that shadows a module": (
        lambda folder: [(folder / "six").mkdir(), (folder / "six" / "__init__.py").write_text("")],
        "six/__init__.py in the libraries' folder",
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_other_libraries_are_named(installed, way):
    # It puts another finder of libraries in place of Python's, which leaves out absent files.
    import_module("importlib_metadata")
    change, words = WAYS[way]
    change(installed.folder)
    with pytest.raises(GateError, match=words):
        compare(installed)


def with_extras(installed: Libraries) -> Libraries:
    extras = installed.lock.with_name("requirements-engines.lock")
    extras.write_text("six==1.17.0 \\\n    --hash=sha256:0\nspark==4.3.0 \\\n    --hash=sha256:0\n")
    return replace(installed, extras_lock=extras)


def test_a_library_of_an_extra_may_be_there_in_the_version_of_its_lock(installed):
    libraries = with_extras(installed)
    without = compare(libraries)
    recorded(installed.folder, "spark", "4.3.0", {"spark.py": "a = 1\n"})
    assert compare(libraries) != without
    (installed.folder / "spark.py").write_text("a = 2\n")
    with pytest.raises(GateError, match=r"spark\.py differ from what was installed"):
        compare(libraries)


def test_a_library_of_an_extra_in_another_version_is_named(installed):
    recorded(installed.folder, "spark", "4.2.0", {"spark.py": "a = 1\n"})
    with pytest.raises(GateError, match=r"spark is not in requirements\.lock"):
        compare(installed)
    with pytest.raises(GateError, match=r"spark is 4\.2\.0, 4\.3\.0 in requirements-engines\.lock"):
        compare(with_extras(installed))


@pytest.fixture
def production(gated: Gated, installed, monkeypatch):
    monkeypatch.setattr(module.Libraries, "of", lambda _: installed)

    def check():
        require_locked(gated.settings(), gated.installation, DEPLOYMENT)

    check()
    return check


def test_what_was_compared_is_not_read_again(production, monkeypatch):
    monkeypatch.setattr(module, "compare", lambda _: pytest.fail("read again"))
    production()


def test_libraries_that_were_compared_are_not_read_again_for_another_deployment(
    gated, production, installed, monkeypatch
):
    with monkeypatch.context() as patch:
        patch.setattr(module, "compare", lambda _: pytest.fail("read again"))
        require_locked(gated.settings(), gated.installation, "e" * 64)
        require_locked(gated.settings(), gated.installation, "e" * 64)
    (installed.folder / "six.py").write_text("z = 666\n")
    for deployment in ("e" * 64, "f" * 64):
        with pytest.raises(GateError, match=r"six\.py differ"):
            require_locked(gated.settings(), gated.installation, deployment)


def test_an_edit_that_keeps_size_and_time_is_noticed(production, installed):
    file = installed.folder / "duckdb" / "sql.py"
    before = file.stat()
    file.write_text("y = 9\n")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file.stat().st_mtime_ns == before.st_mtime_ns
    with pytest.raises(GateError, match=r"sql\.py differ"):
        production()


def test_an_edit_with_its_record_is_noticed(production, installed):
    recorded(installed.folder, "six", "1.17.0", {"six.py": "z = 666\n"})
    with pytest.raises(GateError, match="own records of their files are others"):
        production()


def test_another_lock_than_the_one_compared_is_compared_again(production, installed):
    lock = installed.lock
    lock.write_text(lock.read_text().replace("six==1.17.0", "six==1.18.0"))
    with pytest.raises(GateError, match=r"six is 1\.17\.0, 1\.18\.0"):
        production()
