"""Cleans one tab inside DuckDB: every raw row ends in clean, in quarantine or at a drop rule.

The `.sql` files hold the parsers as temporary macros; `cleaning_sql.py` writes a tab's statements.
"""
