"""The engine that is always there: DuckDB in this process, on the refresh's own connection."""

import duckdb

from candid_assets.contracts.catalog import Model
from candid_assets.engines.protocol import StagedRows, States


class Embedded:
    """Computes a model where its inputs lie."""

    def build(
        self, connection: duckdb.DuckDBPyConnection, model: Model, states: States, name: str
    ) -> StagedRows:
        """Compute a model's rows into a temporary table.

        Raises:
            duckdb.Error: The SELECT cannot be computed.
        """
        staged = StagedRows(name)
        staged.make(connection, model.sql)
        return staged
