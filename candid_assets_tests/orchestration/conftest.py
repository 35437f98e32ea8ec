"""A published company with destinations for it, and the shop of the history's tests."""

from candid_assets_tests.destinations.conftest import company, declare
from candid_assets_tests.history.conftest import shop

__all__ = ["company", "declare", "shop"]
