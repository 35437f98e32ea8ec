"""A file is read as it is, and what stands in its place is named without waiting for it."""

import errno
import os
import socket

import pytest

from candid_assets.contracts import yaml_document
from candid_assets.expected_errors import expected_error
from candid_assets.regular_files import (
    IrregularFileError,
    irregular_kind,
    read_bytes,
    read_text,
    require_regular,
)
from candid_assets.storage_errors import StorageError
from candid_assets.warehouse import data_folder


def a_socket(path):
    with socket.socket(socket.AF_UNIX) as bound:
        # Names of sockets are short, and paths of tests are long.
        here = os.open(path.parent, os.O_RDONLY)
        bound.bind(f"/proc/self/fd/{here}/{path.name}")
        os.close(here)


KINDS = {
    "a named pipe": os.mkfifo,
    "a socket": a_socket,
    "a device": lambda path: path.symlink_to("/dev/zero"),
}


@pytest.mark.parametrize("read", [read_bytes, read_text, require_regular])
@pytest.mark.parametrize("kind", KINDS)
def test_what_stands_in_the_place_of_a_file_is_named(tmp_path, kind, read):
    path = tmp_path / "looks.json"
    KINDS[kind](path)
    with pytest.raises(IrregularFileError) as raised:
        read(path)
    told_of = expected_error(raised.value, tmp_path)
    assert told_of.message == f"{path} is {kind} where a file belongs"
    assert "move it away" in told_of.fix
    assert raised.value.errno == errno.EINVAL
    assert irregular_kind(path) == kind


def test_a_file_is_read_whole(tmp_path):
    path = tmp_path / "looks.json"
    path.write_bytes(b"Barang \xe2\x82\xac\r\nhabis\n")
    assert read_bytes(path) == path.read_bytes()
    assert read_text(path) == "Barang €\nhabis\n"
    path.write_bytes(b"\xff")
    assert read_text(path, errors="replace") == "\ufffd"
    with pytest.raises(UnicodeDecodeError):
        read_text(path)
    require_regular(path)
    assert irregular_kind(path) == ""


def test_missing_files_and_folders_are_the_errors_of_python(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_bytes(tmp_path / "nothing")
    with pytest.raises(IsADirectoryError) as raised:
        read_bytes(tmp_path)
    assert "is a folder where a file belongs" in expected_error(raised.value, tmp_path).message
    require_regular(tmp_path / "nothing")
    require_regular(tmp_path)


@pytest.mark.parametrize(
    ("number", "words"), [(errno.EIO, "the disk fails"), (errno.EDQUOT, "the disk quota")]
)
def test_a_disk_that_gives_no_content_is_named(tmp_path, monkeypatch, number, words):
    def refuse(path):
        raise OSError(number, os.strerror(number), str(path))

    monkeypatch.setattr(yaml_document, "read_text", refuse)
    (problem,) = yaml_document.read_document(tmp_path / "harian.yaml").problems
    assert words in problem.message
    assert "UTF-8" not in problem.fix
    monkeypatch.setattr(data_folder, "read_bytes", refuse)
    with pytest.raises(StorageError) as raised:
        data_folder.require_known_folder(tmp_path)
    assert words in raised.value.message
    assert "remove the file" not in raised.value.fix
