"""Makes a task for the Apps Script developer for each way a sheet breaks its contract."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from candid_assets.agent.tasks.add_task import with_task
from candid_assets.agent.tasks.status_words import OPEN
from candid_assets.agent.tasks.task_document import Document
from candid_assets.agent.tasks.tasks_file import TasksFile
from candid_assets.atomic_files import write_whole
from candid_assets.orchestration.change_decisions import PASSING_CAUSES
from candid_assets.regular_files import read_text
from candid_assets.settings import Settings
from candid_assets.warehouse.database import open_published
from candid_assets.warehouse.errors import WarehouseError
from candid_assets.warehouse.refresh_record import recorded_failures

DEVELOPER: Final = "gas-dev"
NOT_THE_SHEETS: Final = PASSING_CAUSES | {
    *("internal_error", "out_of_memory", "landing_damaged", "no_access", "not_shared"),
    *("credentials", "credentials_unusable", "not_connected", "check_failed"),
}
"""Causes that nobody corrects in a sheet."""


@dataclass(frozen=True, slots=True)
class Break:
    """One way in which a tab does not keep to its contract."""

    key: str
    message: str
    fix: str

    @property
    def title(self) -> str:
        """The title of its task: workbook, tab, what is wrong and what to do."""
        text = f"Correct the source: {self.message}; {self.fix}"
        return " ".join(re.sub(r"[|\\`*_~\[\]<>@#]", " ", text).split())[:300]


def current_breaks(settings: Settings) -> list[Break]:
    """Return the breaks of the published snapshot, each cause once."""
    try:
        with open_published(settings.published_file) as connection:
            failures = [f for f in recorded_failures(connection) if f.layer != "ready"]
    except WarehouseError:
        return []
    breaks: dict[str, Break] = {}
    for place, message, fix in sorted(
        ((f.workbook, f.tab, f.cause), f.message, f.fix) for f in failures if f.workbook and f.tab
    ):
        if place[-1] not in NOT_THE_SHEETS:
            key = "/".join(place)
            breaks.setdefault(key, Break(key, message, fix))
    return list(breaks.values())


def add_break_tasks(settings: Settings, file: TasksFile) -> list[str]:
    """Create a task for each new break and forget those that are corrected; return the new ids.

    Raises:
        TasksError: The tasks file cannot be written.
    """
    path = settings.agent_dir / "breaks.json"
    known = _read(path)
    breaks = {b.key: b for b in current_breaks(settings)}
    tasks = {key: facts for key, facts in known.items() if key in breaks}
    created = []
    for key in [key for key in breaks if key not in tasks]:
        created.append(_create(file, breaks[key]))
        now = datetime.now(UTC).isoformat(timespec="seconds")
        tasks[key] = {"task": created[-1], "since": now}
        write_whole(path, json.dumps(tasks, indent=1))
    if tasks != known:
        write_whole(path, json.dumps(tasks, indent=1))
    return created


def _create(file: TasksFile, broken: Break) -> str:
    """Add the task, or find the one that was added before a crash; return its id."""
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


def _read(path: Path) -> dict[str, dict[str, str]]:
    try:
        known = json.loads(read_text(path))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}
