"""The errors of the webserver and its users; `refusal` has the refusal of a request."""

from candid_assets.errors import CandidError


class UsersError(CandidError):
    """The users file cannot be read, or a change to it is refused."""

    exit_code = 2


class ServingError(CandidError):
    """The server cannot start."""
