"""The errors of lineage: a name or condition that leads nowhere, a query that is not followed."""

from candid_assets.errors import CandidError


class LineageError(CandidError):
    """A name that the catalog does not have, or a condition that is none on the table."""

    exit_code = 2


class UnfollowedError(LineageError):
    """A query whose columns or rows cannot be derived from its text."""
