"""The shop of the history's tests."""

from candid_assets_tests.history.conftest import shop

__all__ = ["shop"]
