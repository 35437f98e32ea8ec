"""Audits what is published, and keeps what was found with a page for each table."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter

from candid_assets.atomic_files import write_whole
from candid_assets.contracts.load import load_catalog
from candid_assets.quality.audited_table import AuditedTable
from candid_assets.regular_files import read_text
from candid_assets.settings import Settings
from candid_assets.warehouse.database import open_published

SUMMARY: Final = "audit.json"


@dataclass(frozen=True, slots=True)
class Audit:
    """What the newest audit found."""

    audited_at: datetime
    tables: tuple[AuditedTable, ...]
    folder: Path

    @property
    def rules(self) -> int:
        """How many rules were judged."""
        return sum(table.rules for table in self.tables)

    @property
    def failing(self) -> tuple[AuditedTable, ...]:
        """The tables in which a rule is broken or disputed."""
        return tuple(table for table in self.tables if not table.is_good)

    @property
    def summary(self) -> str:
        """What was found, in one line."""
        counts = f"{len(self.tables)} tables, {self.rules:,} rules"
        return f"{counts}; in {len(self.failing)} tables some are broken"

    def page(self, relation: str) -> Path:
        """Return the page of one of the tables."""
        return self.folder / f"{relation}.html"


def audit_published(
    settings: Settings, progress: Callable[[AuditedTable], None] = lambda _: None
) -> Audit:
    """Judge every rule of every published table by Great Expectations, and write its pages.

    Args:
        settings: Names the snapshot, the catalog and the folder of reports.
        progress: Is called with each table when it is judged.

    Raises:
        WarehouseError: Nothing is published.
        OSError: A page cannot be written.
    """
    # Great Expectations costs seconds to import, and who shows what was found needs none of it.
    from candid_assets.quality.full_audit import audit_tables

    folder = _folder(settings)
    folder.mkdir(parents=True, exist_ok=True)
    tables = []
    with open_published(settings.published_file) as connection:
        for judged in audit_tables(connection, load_catalog(settings.catalog_dir)):
            write_whole(folder / f"{judged.relation}.html", judged.page)
            # Without its page, which would be held for every table.
            table = AuditedTable(
                judged.relation, judged.rules, judged.rows, judged.broken, judged.disputed
            )
            tables.append(table)
            progress(table)
    audit = Audit(datetime.now(UTC), tuple(tables), folder)
    kept = {audit.page(table.relation) for table in tables}
    for page in set(folder.glob("*.html")) - kept:
        page.unlink()
    listed: dict[str, Any] = {"audited_at": audit.audited_at.isoformat()}
    listed["tables"] = [asdict(table) for table in tables]
    write_whole(folder / SUMMARY, json.dumps(listed, indent=1))
    return audit


def newest_audit(settings: Settings) -> Audit | None:
    """Return what the newest audit found; None where there was none or it cannot be read."""
    folder = _folder(settings)
    try:
        written = json.loads(read_text(folder / SUMMARY))
        tables = _TABLES.validate_python(written["tables"])
        return Audit(datetime.fromisoformat(written["audited_at"]), tables, folder)
    except (OSError, ValueError, KeyError, TypeError):
        return None


_TABLES: Final = TypeAdapter(tuple[AuditedTable, ...])


def _folder(settings: Settings) -> Path:
    return settings.reports_dir / "audit"
