"""Cleans one tab inside DuckDB: every raw row is in clean, in quarantine or dropped by a rule.

The `.sql` files hold the parsers as temporary macros; `cleaning_sql.py` writes a tab's statements.
"""
