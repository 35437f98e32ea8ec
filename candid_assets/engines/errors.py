"""What an engine that is not this process refuses."""

from candid_assets.errors import CandidError


class EngineError(CandidError):
    """A cluster is away, or its workers cannot do what is asked of them."""
