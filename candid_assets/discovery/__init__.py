"""Proposes contracts for a source that has none: finds its tables, types and keys, tries them."""
