"""Sets the cells of a publication, and remembers that it does until the publication is recorded.

A command may be killed between the answer of a source and the record in git. The note is written
after everything was checked, and outlives only a kill: cells that are as its plan says were then
set by that plan, not by somebody who edited the tab.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from candid_assets.atomic_files import write_whole
from candid_assets.contracts.catalog import Workbook
from candid_assets.deployment.cell_changes import cells_hash
from candid_assets.gate.errors import GateError
from candid_assets.gate.plans import PublicationPlan
from candid_assets.settings import Settings
from candid_assets.source_kinds.registry import KINDS
from candid_assets.sources.protocol import Publisher
from candid_assets.sources.source_errors import SourceError

NOTE: Final = Path("gate", "publishing")
"""The file that holds the digest of the plan, below the environment's folder."""


def was_begun(settings: Settings, plan: PublicationPlan) -> bool:
    """Whether a command that was killed had begun to publish this plan, and may have set cells."""
    try:
        return (settings.data_dir / NOTE).read_bytes() == plan.digest.encode()
    except OSError:
        return False


def forget_begun(settings: Settings, plan: PublicationPlan) -> None:
    """Remove the note of a plan that is published and recorded."""
    if was_begun(settings, plan):
        (settings.data_dir / NOTE).unlink()


@contextmanager
def begun(settings: Settings, plan: PublicationPlan) -> Iterator[None]:
    """Note that a plan is being published, until the block ends, however it does."""
    note = settings.data_dir / NOTE
    write_whole(note, plan.digest)
    try:
        yield
    finally:
        note.unlink(missing_ok=True)


def set_planned_cells(publisher: Publisher, book: Workbook, plan: PublicationPlan) -> None:
    """Set the cells of a plan and read them back.

    Raises:
        GateError: The tab does not hold what was planned.
        SourceError: The source refused.
    """
    problem = None
    try:
        values = {at: after for at, (_, after) in plan.cells.items()}
        publisher.put(book, plan.spreadsheet_id, plan.title, values)
    except SourceError as error:
        problem = error
    then = publisher.cells(book, plan.spreadsheet_id, plan.title)
    if cells_hash(then) != plan.after:
        if problem is not None and cells_hash(then) == plan.before:
            raise problem
        raise GateError(
            f"tab '{plan.title}' does not hold what was planned: somebody edited it in that moment",
            f"look at it {KINDS[book.kind].words.inside}, then plan anew",
        )
