"""A published company and destinations for it."""

from candid_assets_tests.destinations.conftest import company, declare

__all__ = ["company", "declare"]
