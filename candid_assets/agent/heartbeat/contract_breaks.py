"""Tells the Apps Script developer of sheets that break their contract: one task for each break."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from candid_assets.agent.tasks.add_task import with_task
from candid_assets.agent.tasks.status_words import OPEN
from candid_assets.agent.tasks.task_document import Document
from candid_assets.agent.tasks.tasks_file import TasksFile
from candid_assets.atomic_files import PRIVATE, write_whole
from candid_assets.orchestration.change_decisions import PASSING_CAUSES
from candid_assets.settings import Settings
from candid_assets.warehouse.database import open_published
from candid_assets.warehouse.errors import WarehouseError

DEVELOPER: Final = "gas-dev"
NOT_THE_SHEETS: Final = PASSING_CAUSES | {
    *("internal_error", "out_of_memory", "landing_damaged", "no_access", "not_shared"),
    *("credentials", "credentials_unusable", "not_connected", "check_failed"),
}
"""Causes that nobody mends in a sheet."""


@dataclass(frozen=True, slots=True)
class Break:
    """A tab that no longer keeps to its contract."""

    key: str
    message: str
    fix: str

    @property
    def title(self) -> str:
        """The title of its task, which tells workbook, tab and what is wrong."""
        text = f"Mend the source: {self.message}; {self.fix}"
        return " ".join(re.sub(r"[|\\`*_~\[\]<>@#]", " ", text).split())[:300]


def standing_breaks(settings: Settings) -> list[Break]:
    """Return the breaks that the published snapshot tells of, each cause once."""
    try:
        with open_published(settings.published_file) as connection:
            rows = connection.execute(
                "select workbook, tab, cause, message, any_value(fix) from meta.failures"
                " where workbook is not null and tab is not null and layer <> 'ready'"
                " group by all order by all"
            ).fetchall()
    except WarehouseError:
        return []
    found: dict[str, Break] = {}
    for workbook, tab, cause, message, fix in rows:
        if cause not in NOT_THE_SHEETS:
            key = f"{workbook}/{tab}/{cause}"
            found.setdefault(key, Break(key, message, fix))
    return list(found.values())


def tell_of_breaks(settings: Settings, file: TasksFile) -> list[str]:
    """Create a task for each new break and forget those that are mended; return the new ids.

    Raises:
        TasksError: The tasks file cannot be written.
    """
    path = settings.agent_dir / "breaks.json"
    told = _read(path)
    standing = {b.key: b for b in standing_breaks(settings)}
    created = []
    kept = {key: facts for key, facts in told.items() if key in standing}
    for key, broken in standing.items():
        if key not in kept:
            task = _create(file, broken)
            created.append(task)
            kept[key] = {"task": task, "since": datetime.now(UTC).isoformat(timespec="seconds")}
            write_whole(path, json.dumps(kept, indent=1), PRIVATE)
    if kept != told:
        write_whole(path, json.dumps(kept, indent=1), PRIVATE)
    return created


def _create(file: TasksFile, broken: Break) -> str:
    """Add the task, or find the one that was added before a crash."""
    made: list[str] = []

    def change(document: Document) -> Document | None:
        made.clear()
        for task in document.tasks:
            same = task.title == broken.title and task.is_for(DEVELOPER)
            if same and task.status in (*OPEN, "blocked"):
                made.append(task.id)
                return None
        changed, number = with_task(document, broken.title, DEVELOPER)
        made.append(number)
        return changed

    file.change(change)
    return made[0]


def _read(path: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
