"""The record of tables that a source has and no contract names."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import duckdb
from duckdb import DuckDBPyConnection as Connection


@dataclass(frozen=True, slots=True)
class UndescribedTable:
    """A table of a source that is not read, for no contract names it."""

    workbook: str
    title: str
    proposal: str
    """What may be done about it."""
    first_seen: datetime

    @property
    def message(self) -> str:
        """What is the matter, in one sentence without the proposal."""
        return f"no contract of workbook {self.workbook} names '{self.title}', which is not read"

    def as_dict(self) -> dict[str, Any]:
        """Return it as an object of JSON."""
        return asdict(self) | {"first_seen": f"{self.first_seen:%Y-%m-%d %H:%M:%S}"}


def undescribed_tables(connection: Connection) -> list[UndescribedTable]:
    """Return them all, by workbook and title; none from a snapshot that has no such record."""
    try:
        rows = connection.execute(
            "select workbook, title, proposal, first_seen from meta.undescribed_tables order by all"
        ).fetchall()
    except duckdb.CatalogException:
        return []
    return [UndescribedTable(*row) for row in rows]


def record_undescribed(
    connection: Connection, workbook: str, proposals: Mapping[str, str], run_id: str
) -> bool:
    """Record the tables of a workbook that no contract names, title to proposal.

    Returns:
        Whether they are others than before.
    """
    before = {t.title: t for t in undescribed_tables(connection) if t.workbook == workbook}
    if {title: table.proposal for title, table in before.items()} == dict(proposals):
        return False
    connection.execute("delete from meta.undescribed_tables where workbook = ?", [workbook])
    now = datetime.now(UTC)
    for title, proposal in proposals.items():
        seen = before[title].first_seen if title in before else now
        connection.execute(
            "insert into meta.undescribed_tables values (?, ?, ?, ?, ?)",
            [workbook, title, proposal, seen, run_id],
        )
    return True
