"""The errors of the webserver and its users; what a request is refused with is in `refusal`."""

from candid_assets.errors import CandidError


class UsersError(CandidError):
    """The file of users cannot be used, or a change of it is refused."""

    exit_code = 2


class ServingError(CandidError):
    """The server cannot start."""
