import os
import stat

import pytest

from candid_assets.atomic_files import PRIVATE, READ_ONLY, replacing, write_once, write_whole


@pytest.fixture
def target(tmp_path):
    return tmp_path / "folder" / "file.txt"


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


def names(path):
    return sorted(p.name for p in path.parent.iterdir())


@pytest.mark.parametrize("content", ["isi é\r\n", "isi é\r\n".encode()])
def test_content_replaces_the_file_as_it_is_given(target, content):
    write_whole(target, "former")
    write_whole(target, content)
    assert target.read_bytes() == "isi é\r\n".encode()
    assert names(target) == ["file.txt"]


def test_a_file_has_the_mode_that_is_given_or_that_of_any_new_file(target):
    before = os.umask(0o027)
    try:
        write_whole(target, "a")
        assert mode_of(target) == 0o640
    finally:
        os.umask(before)
    write_whole(target, "b", PRIVATE)
    assert mode_of(target) == PRIVATE
    write_whole(target, "c", READ_ONLY)
    assert mode_of(target) == READ_ONLY


def test_a_file_with_a_mode_of_its_own_is_private_while_it_is_written(target):
    with replacing(target, READ_ONLY) as part:
        assert mode_of(part) == PRIVATE


def fail_half_way(target):
    with replacing(target) as part:
        part.write_text("half")
        raise ZeroDivisionError


def test_a_block_that_fails_leaves_the_former_file_and_nothing_beside(target):
    write_whole(target, "former")
    with pytest.raises(ZeroDivisionError):
        fail_half_way(target)
    assert target.read_text() == "former"
    assert names(target) == ["file.txt"]


def test_a_block_that_removes_its_file_leaves_the_former_one(target):
    write_whole(target, "former")
    with replacing(target) as part:
        part.unlink()
    assert target.read_text() == "former"


def test_a_single_writer_removes_what_a_killed_one_left(target):
    target.parent.mkdir()
    left = target.with_name(".file.txt.part")
    left.write_text("left")
    with replacing(target, single_writer=True) as part:
        assert part == left
        assert part.read_text() == ""
        part.write_text("new")
    assert target.read_text() == "new"
    assert names(target) == ["file.txt"]


def test_what_is_written_once_is_never_replaced(target):
    write_once(target, b"first")
    with pytest.raises(FileExistsError):
        write_once(target, b"second")
    assert target.read_bytes() == b"first"
    assert mode_of(target) == READ_ONLY
    assert names(target) == ["file.txt"]


@pytest.mark.parametrize("durable", [True, False])
def test_what_is_durable_is_forced_to_disk_with_its_name(target, durable, monkeypatch):
    forced = []
    monkeypatch.setattr(os, "fsync", lambda handle: forced.append(os.fstat(handle).st_mode))
    write_whole(target, "content", durable=durable)
    assert [stat.S_ISDIR(mode) for mode in forced] == ([False, True] if durable else [])
