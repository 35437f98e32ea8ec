"""Lineage: of columns and tables from contracts and SQL, and of rows down to their cells."""
