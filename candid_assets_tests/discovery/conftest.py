"""A real browser for the pages of discoveries."""

from candid_assets_tests.browser import browser

__all__ = ["browser"]
