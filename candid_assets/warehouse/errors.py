"""The errors of stored data: the warehouse, the published snapshot, extracts and catalogs."""

from candid_assets.errors import CandidError


class WarehouseError(CandidError):
    """Stored data is missing, damaged or belongs to another environment."""


class LandingError(WarehouseError):
    """An extract is missing or damaged."""
