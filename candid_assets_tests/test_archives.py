"""An archive is unpacked into its folder or not at all, by Pythons with and without a filter."""

import io
import tarfile

import pytest

from candid_assets.archives import unpack


def archive_of(name, kind=tarfile.REGTYPE):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        member = tarfile.TarInfo(name)
        member.type, member.size, member.linkname = (
            kind,
            2 if kind == tarfile.REGTYPE else 0,
            "/etc",
        )
        archive.addfile(member, io.BytesIO(b"ok"))
    packed.seek(0)
    return tarfile.open(fileobj=packed)


@pytest.fixture(params=["with a filter", "without"])
def python(request, monkeypatch):
    if request.param == "without":
        monkeypatch.delattr(tarfile, "data_filter", raising=False)


def test_files_are_unpacked(python, tmp_path):
    with archive_of("a/b.txt") as archive:
        unpack(archive, tmp_path)
    assert (tmp_path / "a" / "b.txt").read_text() == "ok"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("../out", tarfile.REGTYPE),
        ("a/../../out", tarfile.REGTYPE),
        ("link", tarfile.SYMTYPE),
        ("pipe", tarfile.FIFOTYPE),
    ],
)
def test_nothing_leaves_the_folder(python, tmp_path, name, kind):
    folder = tmp_path / "in"
    folder.mkdir()
    with archive_of(name, kind) as archive, pytest.raises(tarfile.TarError):
        unpack(archive, folder)
    assert list(tmp_path.rglob("*")) == [folder]
