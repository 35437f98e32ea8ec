"""The error of a file that cannot be read as what its name says."""


class UnreadableFileError(ValueError):
    """A file that cannot be read as a workbook; the message names it and says what to do."""
