"""Kills and disk faults of a publication into a tab: `python -m …torture.publications`.

A publication is killed at each change of a file, and each write fails, once and from then on; what
it noted is then left, damaged or gone. The tab holds what it held or what was approved and nothing
else. The same command once more publishes and records it once, or says that the tab was edited or
the note is damaged, and then changes nothing.
"""

import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from typing import Final

import click

from candid_assets.deployment.publications import PUBLISHED
from candid_assets.gate.begun_publications import begun_plans, note_of
from candid_assets.maintenance.leftovers import remove_leftovers
from candid_assets.sandbox.workbook import Cell, SampleWorkbook
from candid_assets_tests.torture.plant import Plant
from candid_assets_tests.torture.published import MART, BrokenError, check_files
from candid_assets_tests.torture.sequence import Sequence
from candid_assets_tests.torture.shim import Disk
from candid_assets_tests.torture.tab_publications import TITLE, WORKBOOK, trimmed, type_into_board
from candid_assets_tests.torture.tally import Tally

NOTE: Final = ("left", "damaged", "gone")
"""What becomes of the note of a publication that was disturbed."""
REFUSED: Final = {"left": "", "damaged": "is damaged", "gone": "was edited since"}
"""What is then said of a tab that was written and is not recorded."""


class Publication:
    """A planned and approved publication of the company, to be disturbed again and again."""

    def __init__(self, plant: Plant) -> None:
        self.plant = plant
        sequence = Sequence(plant, 1, Tally())
        sequence.begin(empty=False, env="production")
        self.before = trimmed(type_into_board(sequence))
        self.plan = plant.act("plan a publication", f"ready.{MART}", WORKBOOK, TITLE).said
        plant.act("approve", self.plan, plant.key("ani"))
        self.folders = (plant.data, plant.root / "repository")
        for folder in self.folders:
            shutil.copytree(folder, plant.root / "planned" / folder.name, symlinks=True)
        self.book = deepcopy(plant.books[WORKBOOK])
        self.calls = plant.act("publish", self.plan, disk=Disk("count", 0)).calls
        self.after = self.tab()
        self.start_again()
        self.writes = plant.act("publish", self.plan, disk=Disk("count", 0, ("write",))).calls

    def tab(self) -> list[list[Cell]]:
        """Return what the tab holds."""
        book = SampleWorkbook.load(self.plant.server.folder / f"{WORKBOOK}.json")
        return trimmed(next(tab.rows for tab in book.tabs if tab.title == TITLE))

    def start_again(self) -> None:
        """Put tab, data and records back to when the plan was approved."""
        for folder in self.folders:
            shutil.rmtree(folder)
            shutil.copytree(self.plant.root / "planned" / folder.name, folder, symlinks=True)
        self.plant.books[WORKBOOK] = deepcopy(self.book)
        self.plant.save(WORKBOOK)

    def disturbances(self) -> Iterator[tuple[str, Disk]]:
        """Yield every kill and fault with the kind it is counted under."""
        for at in range(1, self.calls + 1):
            yield "killed at a change of a file", Disk("kill", at)
        for at in range(1, self.writes + 1):
            for lasting in (False, True):
                yield "a write refused", Disk("fail", at, ("write",), "ENOSPC", lasting)

    def disturb(self, disk: Disk, note: str) -> None:
        """Publish disturbed, let something become of the note, and publish once more.

        Raises:
            BrokenError: The tab, the record or the refusal is not what it must be.
        """
        self.start_again()
        first = self.plant.act("publish", self.plan, disk=disk)
        if first.crash or first.hung:
            raise BrokenError(f"the disturbed publication crashed: {first.crash}")
        held = self.tab()
        if held not in (self.before, self.after):
            raise BrokenError(f"the tab holds {held[:3]}, which is neither of the two")
        is_noted = self.plan in begun_plans(self.plant.settings)
        path = note_of(self.plant.settings, self.plan)
        if is_noted and note == "gone":
            path.unlink()
        elif is_noted and note == "damaged":
            path.write_bytes(path.read_bytes()[:-1])
        expected = REFUSED[note] if is_noted and held == self.after else ""
        if self._records():
            expected = "was published already"
        again = self.plant.act("publish", self.plan)
        if again.crash or bool(again.error) != bool(expected) or expected not in again.error:
            raise BrokenError(f"once more: {again.error or again.crash or 'done'}, not {expected}")
        if expected and expected == REFUSED[note]:
            return self._must_be_unchanged(held)
        return self._must_be_done()

    def _must_be_unchanged(self, held: list[list[Cell]]) -> None:
        if self.tab() != held or self._records():
            raise BrokenError("a publication that was refused has changed something")

    def _must_be_done(self) -> None:
        if self.tab() != self.after or len(self._records()) != 1:
            raise BrokenError(f"recorded {len(self._records())} times; the tab: {self.tab()[:3]}")
        remove_leftovers(self.plant.settings)  # as the next run does
        check_files(self.plant.home)
        third = self.plant.act("publish", self.plan)
        if "was published already" not in third.error:
            raise BrokenError(f"a third time: {third.error or third.crash or 'done'}")

    def _records(self) -> list[str]:
        folder = self.plant.root / "repository" / "deployments" / PUBLISHED / self.plan
        return [path.name for path in folder.glob("[!.]*")]


@click.command()
@click.option("--every", default=1, show_default=True, help="Try every n-th way.")
@click.option("--first", default=0, show_default=True, help="Which of them first.")
def main(every: int, first: int) -> None:
    """Disturb a publication in every way; exit with 1 if anything went wrong."""
    tried: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    with Plant() as plant:
        publication = Publication(plant)
        ways = [(*way, note) for note in NOTE for way in publication.disturbances()]
        for name, disk, note in ways[first::every]:
            tried[name] += 1
            try:
                publication.disturb(disk, note)
            except BrokenError as broken:
                wrong[name] += 1
                click.echo(f"{name} {disk}, its note {note}: {broken}")
    for name, count in tried.items():
        click.echo(f"{name:<38}{count:>7} tried{wrong[name]:>6} wrong")
    click.echo(f"{tried.total()} of {len(ways)} ways, {wrong.total()} wrong")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
