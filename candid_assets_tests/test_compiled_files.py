"""What is kept of source files is used for exactly them, and damage is never taken for it."""

import sys

import pytest

from candid_assets import compiled_files
from candid_assets.compiled_files import compiled_file, hash_of, keep_compiled


@pytest.fixture(autouse=True)
def package(tmp_path, monkeypatch):
    """A package of two files, in a process that may keep what it compiles."""
    root = tmp_path / "package"
    (root / "inner").mkdir(parents=True)
    for name in ("outer.py", "inner/module.py"):
        (root / name).write_text("X = 1\n")
    monkeypatch.setattr(compiled_files, "PACKAGE", root)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    yield root
    compiled_files._code_hash.cache_clear()


def key_of(*parts):
    """Return a key as the next process does."""
    compiled_files._code_hash.cache_clear()
    return hash_of(parts, "*.py", "inner/*.py")


def test_what_was_kept_comes_back_under_its_key_alone(package):
    keep_compiled(package / "outer.py", key_of(), b"made")
    assert compiled_file(package / "outer.py", key_of()) == b"made"
    assert compiled_file(package / "outer.py", key_of("other")) is None
    assert compiled_file(package / "inner" / "module.py", key_of()) is None


@pytest.mark.parametrize("name", ["outer.py", "inner/module.py", "new.py", "inner/new.py"])
def test_a_file_that_changes_or_comes_changes_the_key(package, name):
    before = key_of()
    (package / name).write_text("X = 2\n")
    assert key_of() != before


def test_a_file_that_goes_or_moves_changes_the_key(package):
    before = key_of()
    (package / "inner" / "module.py").rename(package / "inner" / "other.py")
    renamed = key_of()
    (package / "inner" / "other.py").unlink()
    assert len({before, renamed, key_of()}) == 3


def test_a_library_that_comes_or_another_python_changes_the_key(tmp_path, monkeypatch):
    keys = {key_of()}
    (tmp_path / "anything-2.dist-info").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    keys.add(key_of())
    monkeypatch.setattr(sys, "version", "3.99")
    keys.add(key_of())
    assert len(keys) == 3


def test_parts_are_told_apart_from_their_neighbours():
    keys = [key_of("ab", "c"), key_of("a", "bc"), key_of("abc"), key_of("abc", ""), key_of()]
    keys += [key_of("abc", None), key_of(b"ab", b"d"), key_of("abc", "0")]
    assert len(set(keys)) == len(keys)


def test_a_kept_file_that_was_cut_or_changed_is_none(package):
    keep_compiled(package / "outer.py", key_of(), b"made of much")
    (file,) = (package / "__pycache__").iterdir()
    whole = file.read_bytes()
    for place in range(len(whole)):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert compiled_file(package / "outer.py", key_of()) is None
        file.write_bytes(whole[:place])
        assert compiled_file(package / "outer.py", key_of()) is None


def test_what_is_kept_is_not_pythons_own_bytecode_of_the_module(package):
    keep_compiled(package / "outer.py", key_of(), b"made")
    names = [path.name for path in (package / "__pycache__").iterdir()]
    assert names == [f"outer.{sys.implementation.cache_tag}.opt-kept.pyc"]


def test_where_python_writes_no_bytecode_nothing_is_kept(package, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    keep_compiled(package / "outer.py", key_of(), b"made")
    assert not (package / "__pycache__").exists()
