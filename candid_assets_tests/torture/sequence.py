"""One random sequence: edits, faults, kills and refreshes, each refresh judged by the model.

A sequence is made by one number, its seed: the same seed does the same to the same company.
"""

import shutil
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final

from candid_assets.maintenance.backup import back_up
from candid_assets.maintenance.record_retention import tidy_daily
from candid_assets.maintenance.restore import restore
from candid_assets.sandbox.workbook import SampleTab
from candid_assets_tests.end_to_end.faults.killed import POINTS
from candid_assets_tests.torture.company import TABLES, Rules, write_contract
from candid_assets_tests.torture.comparison import check_same, good_of, in_words, ordered, outcome
from candid_assets_tests.torture.desk import Desk
from candid_assets_tests.torture.edits import edit
from candid_assets_tests.torture.model import (
    BrokenError,
    Good,
    Model,
    Published,
    check_clock,
    check_files,
    check_mart,
    read_published,
)
from candid_assets_tests.torture.oracle import tables
from candid_assets_tests.torture.plant import Plant
from candid_assets_tests.torture.shim import Disk
from candid_assets_tests.torture.tally import Tally
from candid_assets_tests.torture.wire import Answer

CLOCKS: Final = (0, 0, 0, -200, 200, -3_600, 3_600, -90_000, 90_000, 86_400 * 40)
"""Seconds by which a machine's clock is wrong."""
PASSING: Final[tuple[dict[str, Any], ...]] = (
    {"do": {"do": "error", "error": "unavailable"}, "count": 1},
    {"do": {"do": "error", "error": "internal"}, "count": 2},
    {"do": {"do": "error", "error": "html_502"}, "count": 1},
    {"do": {"do": "error", "error": "rate_limited", "retry_after": 0}, "count": 1},
    {"do": "reset", "count": 1},
    {"do": "truncate", "count": 1},
    {"do": "malformed", "count": 1},
)
LASTING: Final[tuple[dict[str, Any], ...]] = (
    {"do": {"do": "error", "error": "unavailable"}, "count": None},
    {"do": {"do": "error", "error": "not_found"}, "count": None},
    {"do": {"do": "error", "error": "not_shared"}, "count": None},
    {"do": {"do": "error", "error": "html_503"}, "count": None},
    {"do": "reset", "count": None},
)


class Sequence:
    """One sequence over a plant."""

    def __init__(self, plant: Plant, seed: int, tally: Tally) -> None:
        self.plant, self.tally, self.rng = plant, tally, Random(seed)  # noqa: S311
        self.log: list[str] = []
        self.model = Model()
        self.clock = 0
        self.faulty: set[str] = set()
        """Workbooks whose source is at fault."""
        self.backup: tuple[Good, set[int], dict[int, SampleTab]] | None = None

    def run(self, steps: int) -> str:
        """Play the sequence; return what was broken, or nothing."""
        self.tally.sequences += 1
        before = self.plant.refreshes
        try:
            self.begin(empty=self.rng.random() < 0.08)
            for _ in range(steps):
                self._step()
            self.refresh()
        except BrokenError as broken:
            return str(broken)
        except Exception:
            return f"the torture itself: {traceback.format_exc()}"
        finally:
            self.tally.refreshes += self.plant.refreshes - before
        return ""

    def begin(self, *, empty: bool) -> None:
        """Put the company back to the beginning."""
        self.plant.start_over(empty=empty)
        self.desk = Desk(self.plant.books, self.rng)
        if not empty:
            self.model.begin(read_published(self.plant.published).good, self.plant.books)
        self.log.append("nothing was refreshed yet" if empty else "everything was refreshed")

    def _step(self) -> None:
        do = self.rng.choices(list(STEPS), [weight for _, weight in STEPS.values()])[0]
        STEPS[do][0](self)

    # What happens.

    def _edit(self) -> None:
        for _ in range(self.rng.choice([1, 1, 2, 4])):
            workbook, done = edit(self.desk)
            self.plant.save(workbook)
            self.log.append(f"{workbook}: {done}")

    def _contract(self) -> None:
        key = self.rng.choice(tables())
        before = self.model.rules[key]
        least = self.rng.choice([n for n in (0, 30, 2_000) if n != before.least])
        rules = Rules(least, broken=self.rng.random() < 0.15)
        self.model.rules[key] = rules
        write_contract(self.plant.catalog, key, rules)
        self.log.append(f"contract of {'__'.join(key)}: {rules}")

    def _set_clock(self) -> None:
        self.clock = self.rng.choice(CLOCKS)
        # The sign-in is by a machine that trusts this clock; it is judged elsewhere.
        offset = 0 if abs(self.clock) < 300 else self.clock
        self.plant.server.control("POST", "/settings", {"clock_offset": offset})
        self.log.append(f"the clock is {self.clock} s wrong")

    def _partial(self) -> None:
        if not self.model.good:
            return
        if self.rng.random() < 0.5:
            workbook = self.rng.choice(sorted(self.plant.books))
            self.refresh(workbooks=(workbook,))
        else:
            self.refresh(tabs=(self.rng.choice(TABLES),))

    def _how(self) -> None:
        self.refresh(**{self.rng.choice(["force", "read_all", "accept_loss"]): True})

    def _dagster(self) -> None:
        self.refresh(whole=True)

    def _fault(self) -> None:
        """Refresh while a source is at fault, and again when it is not."""
        workbook = self.rng.choice(sorted(self.plant.books))
        passing = self.rng.random() < 0.4
        fault = self.rng.choice(PASSING if passing else LASTING)
        skip = self.rng.choice([0, 0, 1, 2])
        self.plant.server.fault(**{**fault, "workbook": workbook, "skip": skip})
        self.log.append(f"{workbook}: fault {fault} after {skip} calls")
        self.faulty = set() if passing else {workbook}
        self.refresh()
        self.faulty = set()
        self.plant.server.reset()

    def _kill(self) -> None:
        way = self.rng.choice(["event", "point", "call", "call", "torn"])
        how: dict[str, Any]
        if way == "event":
            how = {"event": self.rng.choice([1, 2, 3, 5, 8, 13, 20, 30])}
        elif way == "point":
            how = {"point": self.rng.choice(list(POINTS))}
        else:
            mode = "kill" if way == "call" else "torn"
            how = {"disk": Disk(mode, self.rng.randint(1, 220))}
        self._disturbed(how)

    def _disk(self) -> None:
        kinds, mode, error = self.rng.choice(
            [
                (("write",), "fail", "ENOSPC"),
                (("write",), "fail", "EIO"),
                (("write",), "short", "ENOSPC"),
                (("sync",), "fail", "EIO"),
                (("rename",), "fail", "EIO"),
                (("write", "rename", "other"), "fail", "EROFS"),
            ]
        )
        at = self.rng.randint(1, 120 if "write" in kinds else 40)
        lasting = self.rng.random() < 0.5
        self._disturbed({"disk": Disk(mode, at, kinds, error, lasting)})

    def _disturbed(self, how: dict[str, Any]) -> None:
        """Refresh under a kill or a disk fault; the next refresh alone must make up for it."""
        plant = self.plant
        if not self.model.good:
            return
        if self.rng.random() < 0.85:
            self._edit()
        if self.rng.random() < 0.3:
            self._contract()
        reference = plant.root / "reference"
        shutil.rmtree(reference, ignore_errors=True)
        shutil.copytree(plant.data, reference)
        self._run(data=reference)
        self.log.append(f"disturbed: {how}")
        answer = self._run(**how)
        self.log.append(f"  {in_words(answer)}")
        self.tally.kills += answer.killed
        self.tally.disk_faults += bool(answer.happened)
        if answer.crash:
            raise BrokenError(f"the disturbed refresh crashed: {answer.crash}")
        self._check_whole(reference)
        again = self._run()
        self.log.append(f"  next: {in_words(again)}")
        self._judge(again, {})
        check_same(outcome(reference), outcome(plant.data), again)
        self.tally.healed += 1
        shutil.rmtree(reference)

    def _check_whole(self, reference: Any) -> None:
        """Check that readers see a snapshot that is whole: the last one or the new one."""
        try:
            now = read_published(self.plant.published).good
        except Exception as error:
            raise BrokenError(f"the snapshot is torn: {error}") from error
        new = good_of(reference)
        for table, rows in now.items():
            # A member of a family that fails keeps no other from being read.
            seen, *allowed = map(ordered, (rows, self.model.good[table], new[table]))
            members = seen.keys() | allowed[0].keys() | allowed[1].keys()
            if any(seen.get(m) not in [one.get(m) for one in allowed] for m in members):
                raise BrokenError(f"the snapshot shows {table} neither as it was nor as it is")

    def _back_up(self) -> None:
        target = self.plant.root / "backup.tar.gz"
        if not self.model.good:
            return
        back_up(self.plant.data / "staging", "staging", target)
        self.backup = deepcopy((self.model.good, self.model.known, self.model.taken))
        self.log.append("backup")

    def _prune(self) -> None:
        """Remove what is past its time, by a clock that may be 400 days ahead, beside a refresh."""
        settings = self.plant.settings
        now = datetime.now(UTC) + timedelta(seconds=self.clock)
        check_clock(settings, now)
        mark = settings.data_dir / "tidied"
        mark.unlink(missing_ok=True)
        days_fast = self.rng.choice([0, 0, 400])
        with ThreadPoolExecutor(1) as pool:
            tidied = pool.submit(tidy_daily, settings, now + timedelta(days=days_fast))
            self.refresh()
            self.log.append(f"beside it, a clock {days_fast} days fast: {tidied.result()}")
        mark.unlink(missing_ok=True)
        self.refresh()

    def _restore(self) -> None:
        if self.backup is None:
            return self._back_up()
        target = self.plant.root / "backup.tar.gz"
        restore(target, self.plant.data / "staging", "staging", replace=True)
        for former in self.plant.data.glob("staging.replaced-*"):
            shutil.rmtree(former)
        self.model.good, self.model.known, self.model.taken = deepcopy(self.backup)
        self.log.append("restore")
        return None

    # How it is judged.

    def _run(self, **how: Any) -> Answer:
        return self.plant.run(clock=self.clock, **how)

    def refresh(self, **how: Any) -> None:
        """Refresh and judge what came of it."""
        answer = self._run(**how)
        self.log.append(f"refresh {how or 'everything'}: {in_words(answer)}")
        self._judge(answer, how)
        if not how and not answer.failures and not self.faulty and self.rng.random() < 0.3:
            self._check_nothing_left()

    def _judge(self, answer: Answer, how: dict[str, Any]) -> None:
        if answer.hung or answer.killed:
            raise BrokenError(f"the refresh did not end: {answer}")
        if answer.crash:
            raise BrokenError(f"the refresh crashed: {answer.crash}")
        if answer.error:
            raise BrokenError(f"the refresh broke off: {answer.error}")
        if answer.succeeded == bool(answer.failures):
            raise BrokenError(f"succeeded is {answer.succeeded} with {answer.failures[:2]}")
        try:
            seen = read_published(self.plant.published)
        except Exception as error:
            raise BrokenError(f"the snapshot cannot be read: {error}") from error
        for key in tables():
            self._judge_table(key, seen, answer, how)
        if not any(failure[1] == "mart_daily" for failure in answer.failures):
            check_mart(seen)
        check_files(self.plant.data / "staging")

    def _judge_table(
        self, key: tuple[str, str], seen: Published, answer: Answer, how: dict[str, Any]
    ) -> None:
        workbook, table = key[0], "__".join(key)
        chosen = how.get("workbooks", ()) + how.get("tabs", ())
        if chosen and not {workbook, table} & set(chosen):
            return self.model.check_untouched(table, seen)
        book = self.plant.books[workbook]
        closed = not book.shared or book.trashed
        excused = closed or workbook in self.faulty
        if closed and not any(failure[1] == table for failure in answer.failures):
            raise BrokenError(f"{table} cannot be read and is not named")
        accept = bool(how.get("accept_loss"))
        return self.model.check_table(key, book, seen, answer, excused=excused, accept_loss=accept)

    def _check_nothing_left(self) -> None:
        """Refresh once more: nothing may be left to do.

        What changed minutes ago may be looked at a second time, which builds nothing.
        """
        again = self._run()
        if again.reads and not again.built:
            self._judge(again, {})
            again = self._run()
        if again.news or again.reads or again.published or not again.succeeded:
            raise BrokenError(
                f"a further refresh was not idle: {in_words(again)}, judged {again.judged[:9]}"
            )


STEPS: Final[dict[str, tuple[Callable[[Sequence], None], float]]] = {
    "edit": (Sequence._edit, 10),
    "contract": (Sequence._contract, 2.5),
    "clock": (Sequence._set_clock, 1),
    "refresh": (Sequence.refresh, 6),
    "partial": (Sequence._partial, 2),
    "how": (Sequence._how, 1),
    "dagster": (Sequence._dagster, 0.3),
    "fault": (Sequence._fault, 1.5),
    "kill": (Sequence._kill, 1.5),
    "disk": (Sequence._disk, 1),
    "restore": (Sequence._restore, 0.6),
    "prune": (Sequence._prune, 0.6),
}
"""What may happen and how often, in relation to the others."""
