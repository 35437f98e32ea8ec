"""The report of a task: what was done, data-quality notes, next steps."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from candid_assets.agent.heartbeat.journal import AttemptEntry
from candid_assets.agent.heartbeat.perform import PartOutcome
from candid_assets.agent.tasks.task import Task
from candid_assets.atomic_files import PRIVATE, write_whole
from candid_assets.regular_files import read_text
from candid_assets.settings import ZONE, Settings
from candid_assets.warehouse.database import open_published
from candid_assets.warehouse.errors import WarehouseError
from candid_assets.warehouse.snapshot_status import WorstTab, snapshot_status

TEMPLATE: Final = "task_report.md.j2"
NOTES: Final = 10


def report_path(settings: Settings, task: Task, attempt: int) -> Path:
    """Return the file of an attempt's report."""
    name = task.name if attempt == 1 else f"{task.name}.{attempt}"
    return settings.task_reports_dir / f"{name}.md"


def write_report(
    settings: Settings,
    task: Task,
    entry: AttemptEntry,
    outcomes: Sequence[PartOutcome],
    agent: str,
    through: str,
) -> Path:
    """Write the report of a task that was worked, and return its file."""
    succeeded = all(outcome.succeeded for outcome in outcomes)
    # Markdown for people, not HTML.
    templates = Environment(  # noqa: S701
        loader=FileSystemLoader(Path(__file__).parent), undefined=StrictUndefined
    )
    text = templates.get_template(TEMPLATE).render(
        task=task,
        env=settings.env,
        agent=agent,
        verdict="**Done.**" if succeeded else "**Failed**: the task is blocked.",
        through=through,
        attempt=entry.attempt,
        finished=f"{datetime.now(UTC).astimezone(ZONE):%Y-%m-%d %H:%M:%S}",
        outcomes=outcomes,
        notes=notes(settings),
        steps=_steps(outcomes),
    )
    path = report_path(settings, task, entry.attempt)
    write_whole(path, text, PRIVATE)
    return path


def write_reason(settings: Settings, task: Task, agent: str, reason: str) -> Path:
    """Write the report of a task that is left to the agent, once for each reason."""
    path = report_path(settings, task, 1).with_suffix(".left.md")
    text = f"# {task.key}: {task.title}\n\nLeft to {agent}: {reason}.\n"
    if not path.exists() or read_text(path) != text:
        write_whole(path, text, PRIVATE)
    return path


def notes(settings: Settings) -> list[str]:
    """Return failures, checks and quarantine of the published snapshot, a line each."""
    try:
        with open_published(settings.published_file) as connection:
            status = snapshot_status(connection)
    except WarehouseError:
        return []
    lines = [f"{f.layer}.{f.table}: {f.message}; {f.fix}" for f in status.failures]
    lines += [_worst(worst) for worst in status.worst_tabs]
    summary = f"{status.checks.passed:,} checks pass and {status.checks.failed:,} fail."
    return [summary, *list(dict.fromkeys(lines))[:NOTES]]


def _worst(worst: WorstTab) -> str:
    link = f" ([first cell]({worst.link}))" if worst.link else ""
    return f"{worst.table}: {worst.message}{link}"


def _steps(outcomes: Sequence[PartOutcome]) -> list[str]:
    failed = [o for o in outcomes if not o.succeeded]
    if not failed:
        return ["Nothing to do; `candid status` shows the present state."]
    steps = [f"Correct what `{o.what}` failed on, as shown above." for o in failed]
    return [*steps, "Set the task to pending again: the next heartbeat takes it up."]
