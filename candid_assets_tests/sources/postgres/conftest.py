"""A database for each test."""

from candid_assets_tests.sources.postgres.orders_database import db

__all__ = ["db"]
