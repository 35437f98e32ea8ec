"""Compares contracts with their sources and with earlier contracts, and documents each change."""
