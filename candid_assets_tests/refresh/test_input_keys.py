"""The hashes of the code that makes tables are kept between processes and never outdated."""

import json
import sys
from pathlib import Path

import pytest

from candid_assets import compiled_files
from candid_assets.compiled_files import compiled_file, hash_of
from candid_assets.refresh import input_keys
from candid_assets.refresh.input_keys import code_hashes


@pytest.fixture(autouse=True)
def hashed(tmp_path, monkeypatch):
    """How often the code was hashed, in a process that keeps what it compiles in a new folder."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "bytecode"))
    times = []
    really = input_keys._hashed

    def counted():
        times.append(1)
        return really()

    monkeypatch.setattr(input_keys, "_hashed", counted)
    yield times
    code_hashes.cache_clear()
    compiled_files._code_hash.cache_clear()


def in_next_process():
    code_hashes.cache_clear()
    compiled_files._code_hash.cache_clear()
    return code_hashes()


def test_the_next_process_does_not_hash_the_same_code_again(hashed):
    first = in_next_process()
    assert in_next_process() == first
    assert len(hashed) == 1
    assert len({first.raw, first.tab, first.family, first.history}) == 4


def test_the_hashes_are_those_of_the_code_as_it_is():
    in_next_process()
    key = hash_of((), *input_keys._FILES)
    kept = compiled_file(Path(input_keys.__file__), key)
    assert in_next_process() == input_keys.CodeHashes(**json.loads(kept))
    assert input_keys._hashed() == code_hashes()


def test_any_file_of_the_package_that_changes_has_the_code_hashed_again(hashed, monkeypatch):
    in_next_process()
    read = Path.read_bytes
    for name in ("cleaning/numbers.sql", "contracts/header_text.py", "names.py"):
        edited = compiled_files.PACKAGE / name
        with monkeypatch.context() as context:
            context.setattr(Path, "read_bytes", lambda p, e=edited: read(p) + b"\n" * (p == e))
            in_next_process()
    assert len(hashed) == 4
