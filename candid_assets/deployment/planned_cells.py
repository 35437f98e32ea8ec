"""Sets the cells of a publication, and remembers that it does until the publication is recorded.

A command may be killed between the answer of a source and the record in git, or lose the source
before it has read the cells back. A note for each plan is written once everything was checked, and
stays until it is known what became of the cells: a tab that then is as its plan says was set by
that plan, not by somebody who edited it.
"""

from candid_assets.atomic_files import write_whole
from candid_assets.contracts.catalog import Workbook
from candid_assets.deployment.cell_changes import Rows, cells_hash, changed_cells, taken_back
from candid_assets.gate.begun_publications import note_of
from candid_assets.gate.errors import GateError
from candid_assets.gate.plans import PublicationPlan
from candid_assets.regular_files import read_bytes
from candid_assets.settings import Settings
from candid_assets.source_kinds.registry import KINDS
from candid_assets.sources.protocol import Publisher
from candid_assets.sources.source_errors import SourceError


def was_set(
    settings: Settings, book: Workbook, plan: PublicationPlan, sheet_id: int, now: Rows
) -> bool:
    """Whether an earlier command set the cells of a plan, and nobody changed the tab since.

    Raises:
        GateError: The tab is as planned, but what was noted of the plan is damaged, or the plan
            could not have made it so.
    """
    if (sheet_id, cells_hash(now)) != (plan.sheet_id, plan.after):
        return False
    note = note_of(settings, plan.digest)
    if not note.exists():
        return False
    title = plan.title
    if note.is_symlink() or not note.is_file() or read_bytes(note) != plan.digest.encode():
        raise GateError(
            f"tab '{title}' holds what plan {plan.digest[:12]} says, but {note} is damaged, so that"
            " nobody can tell whether this plan has set it",
            f"give the tab its former cells back {KINDS[book.kind].words.inside}, remove the file,"
            " then apply the plan again",
        )
    former = taken_back(now, plan.cells)
    if cells_hash(former) != plan.before or changed_cells(former, now) != dict(plan.cells):
        raise GateError(
            f"plan {plan.digest[:12]} says otherwise than what tab '{title}' holds: the cells that"
            " it names do not lead from the tab before to the tab after",
            "plan anew",
        )
    return True


def set_planned_cells(
    settings: Settings, publisher: Publisher, book: Workbook, plan: PublicationPlan
) -> None:
    """Set the cells of a plan and read them back.

    The note of the plan stays where nobody knows what became of the cells.

    Raises:
        GateError: The tab does not hold what was planned.
        SourceError: The source refused.
    """
    write_whole(note_of(settings, plan.digest), plan.digest)
    problem = None
    try:
        values = {at: after for at, (_, after) in plan.cells.items()}
        publisher.put(book, plan.spreadsheet_id, plan.title, values)
    except SourceError as error:
        problem = error
    then = publisher.cells(book, plan.spreadsheet_id, plan.title)
    if cells_hash(then) != plan.after:
        forget(settings, plan)
        if problem is not None and cells_hash(then) == plan.before:
            raise problem
        raise GateError(
            f"tab '{plan.title}' does not hold what was planned: somebody edited it in that moment",
            f"look at it {KINDS[book.kind].words.inside}, then plan anew",
        )


def forget(settings: Settings, plan: PublicationPlan) -> None:
    """Remove the note of a plan that is recorded, or that has set nothing."""
    note_of(settings, plan.digest).unlink(missing_ok=True)
