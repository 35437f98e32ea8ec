"""Unpacks tar archives, nothing outside their folder, with every Python that the platform takes."""

import tarfile
from pathlib import Path, PurePosixPath


def unpack(archive: tarfile.TarFile, folder: Path) -> None:
    """Unpack an archive into a folder.

    Raises:
        tarfile.TarError: A member is no file and no folder, or would lie outside.
    """
    if hasattr(tarfile, "data_filter"):
        archive.extractall(folder, filter="data")
        return
    # Python 3.11 has had the filter only since 3.11.4; Debian 12 brings 3.11.2.
    for member in archive.getmembers():
        path = PurePosixPath(member.name)
        if path.is_absolute() or ".." in path.parts or not (member.isreg() or member.isdir()):
            raise tarfile.ReadError(f"{member.name!r} has no place in this archive")
    archive.extractall(folder)  # noqa: S202 - looked at above
