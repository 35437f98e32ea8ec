"""The shop of the layers' tests: one real server and one process of audits."""

from candid_assets_tests.layers.conftest import audits, books, shop

__all__ = ["audits", "books", "shop"]
