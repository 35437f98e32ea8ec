"""What no backup holds is refused before a byte of it is unpacked."""

import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from candid_assets.maintenance import restore as module
from candid_assets.maintenance.backup import BackupError, back_up
from candid_assets.maintenance.restore import restore

ENTRY = {"sha256": "0" * 64, "bytes": 4}
MANIFEST = {"format": 1, "env": "sample", "made_at": "2025-01-01", "files": {"a": ENTRY}}


def member(name: str, kind: bytes = tarfile.REGTYPE, **more: object) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type = kind
    for key, value in more.items():
        setattr(info, key, value)
    return info


HOSTILE = {
    "link": member("data/a", tarfile.SYMTYPE, linkname="/etc/passwd"),
    "hard link": member("data/a", tarfile.LNKTYPE, linkname="../../rahasia"),
    "device": member("data/a", tarfile.CHRTYPE, devmajor=1, devminor=5),
    "pipe": member("data/a", tarfile.FIFOTYPE),
    "upwards": member("data/../../a", size=4),
    "absolute": member("/var/lib/a", size=4),
    "elsewhere": member("lain/a", size=4),
    "whole folder": member("data", size=4),
    "longer than stated": member("data/a", size=400),
}


def backup(path: Path, *members: tarfile.TarInfo, manifest: object = MANIFEST) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for info in members:
            archive.addfile(info, io.BytesIO(b"x" * info.size))
        content = json.dumps(manifest).encode()
        archive.addfile(member("manifest.json", size=len(content)), io.BytesIO(content))
    return path


@pytest.fixture
def unpacked(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    calls: list[object] = []
    real: Callable[..., None] = module.unpack
    monkeypatch.setattr(module, "unpack", lambda *a: (calls.append(a), real(*a)))
    return calls


@pytest.mark.parametrize("name", HOSTILE)
def test_member_that_no_backup_has_is_refused_before_unpacking(
    tmp_path: Path, unpacked: list[object], name: str
) -> None:
    file = backup(tmp_path / "backup.tar.gz", HOSTILE[name])
    with pytest.raises(BackupError, match="is damaged or no backup"):
        restore(file, tmp_path / "env" / "sample", "sample", replace=False)
    assert not unpacked
    assert not (tmp_path / "env" / "sample").exists()


def test_backup_larger_than_the_disk_or_with_a_member_twice_is_refused(
    tmp_path: Path, unpacked: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    twice = backup(tmp_path / "twice.tar.gz", member("data/a", size=4), member("data/a", size=4))
    large = backup(tmp_path / "large.tar.gz", member("data/a", size=4))
    for file, free in ((twice, 10**12), (large, 3)):
        usage = type("Usage", (), {"free": free})
        monkeypatch.setattr(module.shutil, "disk_usage", lambda _, usage=usage: usage)
        with pytest.raises(BackupError, match="is damaged or no backup"):
            restore(file, tmp_path / "env" / "sample", "sample", replace=False)
    assert not unpacked


@pytest.mark.parametrize("manifest", [[], {}, {"files": []}, {"files": {"a": []}}, "x", None])
def test_manifest_of_another_shape_is_refused(tmp_path: Path, manifest: object) -> None:
    file = backup(tmp_path / "backup.tar.gz", member("data/a", size=4), manifest=manifest)
    with pytest.raises(BackupError, match="is damaged or no backup"):
        restore(file, tmp_path / "env" / "sample", "sample", replace=False)


def test_a_backup_takes_the_place_of_no_other_file(tmp_path: Path) -> None:
    data, notes = tmp_path / "sample", tmp_path / "notes.md"
    data.mkdir()
    (data / "warehouse.duckdb").touch()
    notes.write_text("What we agreed.")
    with pytest.raises(BackupError, match="holds something else than a backup"):
        back_up(data, "sample", notes)
    assert notes.read_text() == "What we agreed."
