"""Decides what production may run: content hashes, signed records, holds, verification."""
