"""The pool that lets one run write at a time, known to a new history, too."""

from collections.abc import Sequence

from dagster._core.storage.event_log.base import PoolLimit
from dagster._core.storage.event_log.sql_event_log import SqlEventLogStorage

from candid_assets.names import WAREHOUSE_POOL


class WarehousePool(SqlEventLogStorage):
    """Dagster's event log that knows the warehouse's pool, however the daemon was started.

    Dagster writes a limit down at the daemon's first look at a queue that needs it, and does not
    yet heed it there: two runs of a new history would write at once.
    """

    _warehouse_known = False

    def get_concurrency_keys(self) -> set[str]:
        """Return the pools that have slots, the warehouse's among them."""
        self._know_the_warehouse()
        return super().get_concurrency_keys()

    def get_pool_limits(self) -> Sequence[PoolLimit]:
        """Return the pools' limits, the warehouse's among them."""
        self._know_the_warehouse()
        return super().get_pool_limits()

    def _know_the_warehouse(self) -> None:
        if self.has_instance and not self._warehouse_known:
            limits = super().get_pool_limits()
            if all(limit.name != WAREHOUSE_POOL for limit in limits):
                self.initialize_concurrency_limit_to_default(WAREHOUSE_POOL)
            self._warehouse_known = True
