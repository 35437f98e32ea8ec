"""What Dagster's history can hold, asked once.

Dagster looks for tables, columns and finished migrations again for every event and every question:
a refresh of 424 tables reflected the columns of one table 1,800 times. None of them goes away while
a process has the history open; what is missing is looked for again.
"""

from functools import cached_property
from typing import Any

from sqlalchemy import Connection

from candid_assets.orchestration.run_status import SettledRunEvents


class RememberedSchema(SettledRunEvents):
    """Event log that remembers which tables, columns and migrations it has seen."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take the options of Dagster's class."""
        # The parent's constructor already looks for tables.
        self._tables_seen: set[str] = set()
        self._columns_seen: set[str] = set()
        self._migrations_seen: set[str] = set()
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]

    def has_table(self, table_name: str) -> bool:
        """Whether the history has a table."""
        if table_name not in self._tables_seen:
            if not super().has_table(table_name):  # type: ignore[safe-super]
                return False
            self._tables_seen.add(table_name)
        return True

    @cached_property
    def supports_asset_checks(self) -> bool:
        """Whether the history has the table of checks."""
        return self.has_table("asset_check_executions")

    def has_secondary_index(self, name: str) -> bool:
        """Whether a migration of the history's data is complete."""
        if name not in self._migrations_seen and super().has_secondary_index(name):
            self._migrations_seen.add(name)
        return name in self._migrations_seen

    def has_asset_key_col(self, column_name: str) -> bool:
        """Whether the table of assets has a column."""
        return column_name in self._columns_seen or super().has_asset_key_col(column_name)

    def _has_asset_key_col_on_connection(self, conn: Connection, column_name: str) -> bool:
        if column_name not in self._columns_seen and super()._has_asset_key_col_on_connection(
            conn, column_name
        ):
            self._columns_seen.add(column_name)
        return column_name in self._columns_seen
