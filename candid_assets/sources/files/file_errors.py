"""The error of a file that cannot be read as what its name says."""

from candid_assets.errors import CandidError

EXPORT_AGAIN = "export the file again"


class UnreadableFileError(CandidError):
    """A file that cannot be read as a workbook."""
