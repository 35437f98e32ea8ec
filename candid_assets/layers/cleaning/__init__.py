"""Cleans one tab inside DuckDB: every raw row ends in clean, quarantine or a dropping rule.

`.sql` files hold the parsers as temporary macros, `build.py` writes the statements of one tab.
"""

from candid_assets.layers.cleaning.build import CleaningSql, Staged, cleaning_sql
from candid_assets.layers.cleaning.macros import install_macros

__all__ = ["CleaningSql", "Staged", "cleaning_sql", "install_macros"]
