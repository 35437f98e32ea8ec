"""The small catalog of the contracts' tests."""

from candid_assets_tests.contracts.conftest import root

__all__ = ["root"]
