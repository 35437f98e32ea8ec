"""The error of a file that cannot be read as what its name says."""

from pathlib import Path

from candid_assets.errors import CandidError

EXPORT_AGAIN = "export the file again"


class UnreadableFileError(CandidError):
    """A file that cannot be read as a workbook."""


def cut_off(path: Path, where: str) -> UnreadableFileError:
    """Return the error of a file of which only the beginning is there."""
    return UnreadableFileError(
        f"{path} ends {where}: it is cut off",
        "export the file again; where it is complete, end its last line with a line break",
    )
