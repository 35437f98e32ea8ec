"""The error of the time machine: what cannot be shown, compared or rebuilt."""

from candid_assets.errors import CandidError


class HistoryError(CandidError):
    """A moment, table or file of the past that cannot be used; exit code 2 for a wrong name."""
