"""The shop of the refresh's tests."""

from candid_assets_tests.refresh.conftest import shop

__all__ = ["shop"]
