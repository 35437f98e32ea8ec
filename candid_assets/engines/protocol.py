"""What a refresh asks of an engine: compute a table's content beside the warehouse.

No engine touches a table of the warehouse. Whatever computed the rows, they stand as a temporary
relation of the refresh's own connection, which fingerprints, audits and swaps them in: there is
one committer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

import duckdb

from candid_assets.contracts.catalog import Model
from candid_assets.engines.attempts import Attempt
from candid_assets.sql import quoted
from candid_assets.warehouse.builds import TableState

States = Mapping[tuple[str, str], TableState]
"""The state of every table, by layer and name."""


@dataclass(frozen=True, slots=True)
class StagedRows:
    """Rows that are computed and stand as a temporary relation."""

    name: str
    kind: Literal["table", "view"] = "table"
    """A view reads immutable files that another process wrote."""
    attempt: Attempt | None = None
    """The files that a view reads, which go with it."""

    @property
    def relation(self) -> str:
        """The relation's name as SQL."""
        return f"temp.{quoted(self.name)}"

    def make(self, connection: duckdb.DuckDBPyConnection, select: str) -> None:
        """Make the relation: of the rows as they are, or a view of where they lie."""
        connection.execute(f"create or replace temp {self.kind} {quoted(self.name)} as {select}")

    def drop(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Let the rows go."""
        connection.execute(f"drop {self.kind} if exists {self.relation}")
        if self.attempt is not None:
            self.attempt.discard()

    def as_table(self, connection: duckdb.DuckDBPyConnection) -> "StagedRows":
        """Return the rows in a temporary table, for what is to change them."""
        if self.kind == "table":
            return self
        kept = StagedRows(f"{self.name} rows")
        connection.execute(
            f"create or replace temp table {quoted(kept.name)} as from {self.relation}"
        )
        self.drop(connection)
        connection.execute(f"alter table {kept.relation} rename to {quoted(self.name)}")
        return StagedRows(self.name)


class Engine(Protocol):
    """Computes what models say."""

    def build(
        self, connection: duckdb.DuckDBPyConnection, model: Model, states: States, name: str
    ) -> StagedRows:
        """Compute a model's rows from the tables as they are, under a temporary name.

        Args:
            connection: The refresh's connection; nothing but temporary relations is made on it.
            model: What to compute.
            states: What its inputs hold, by their fingerprints.
            name: The temporary name that the rows get.

        Raises:
            duckdb.Error: The SELECT cannot be computed.
            EngineError: The engine cannot be reached, or does not understand the SELECT.
        """
