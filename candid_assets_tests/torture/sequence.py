"""One random sequence: edits, faults, kills and refreshes, each refresh judged by the model.

A sequence is made by one number, its seed: the same seed does the same to the same company.
"""

import traceback
from collections.abc import Callable
from copy import deepcopy
from random import Random
from typing import Any, Final

from candid_assets.sandbox.workbook import SampleTab
from candid_assets.settings import Environment
from candid_assets_tests.torture import (
    audits,
    disturbances,
    gate_steps,
    keeping,
    servers,
    tab_publications,
)
from candid_assets_tests.torture.company import TABLES, Rules, write_contract
from candid_assets_tests.torture.comparison import in_words
from candid_assets_tests.torture.desk import Desk
from candid_assets_tests.torture.edits import edit
from candid_assets_tests.torture.gate import Deployed, Gate
from candid_assets_tests.torture.machines import THIS, some_machine
from candid_assets_tests.torture.model import Model
from candid_assets_tests.torture.oracle import tables
from candid_assets_tests.torture.plant import Plant
from candid_assets_tests.torture.published import (
    BrokenError,
    Good,
    Published,
    check_files,
    check_mart,
    read_published,
)
from candid_assets_tests.torture.repository import commit
from candid_assets_tests.torture.tally import Tally
from candid_assets_tests.torture.wire import Answer

Backup = tuple[Good, set[int], dict[tuple[str, int], SampleTab], int]
"""What the model knew when a backup was made, and how many deployments were applied."""
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
        self.backup: Backup | None = None
        self.gate: Gate | None = None
        """The gate, where the company is in production."""
        self.last = Answer()
        """What the last refresh came to that was no disturbed one."""
        self.rejected: set[tuple[str, str]] = set()
        """Contents that a person signed a refusal of, each after the one before it."""

    def run(self, steps: int) -> str:
        """Play the sequence; return what was broken, or nothing."""
        self.tally.sequences += 1
        before = self.plant.refreshes
        try:
            gated = self.rng.random() < 0.3
            self.begin(empty=self.rng.random() < 0.08, env="production" if gated else "staging")
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

    def begin(self, *, empty: bool, env: Environment = "staging") -> None:
        """Put the company back to the beginning."""
        self.plant.start_over(empty=empty, env=env)
        if env == "production":
            self.gate = Gate([Deployed("", deepcopy(self.model.rules))])
        self.desk = Desk(self.plant.books, self.rng)
        if not empty:
            self.model.begin(read_published(self.plant.published).good, self.plant.books)
        done = "nothing was refreshed yet" if empty else "everything was refreshed"
        self.log.append(f"{env}: {done}")

    def _step(self) -> None:
        do = self.rng.choices(list(STEPS), [weight for _, weight in STEPS.values()])[0]
        STEPS[do][0](self)

    # What happens.

    def edit(self) -> None:
        """Let people edit a little."""
        for _ in range(self.rng.choice([1, 1, 2, 4])):
            workbook, done = edit(self.desk)
            self.plant.save(workbook)
            self.log.append(f"{workbook}: {done}")

    def contract(self) -> None:
        """Change a rule of a contract; behind the gate, deploy it in most cases."""
        self.change_contract()
        if self.gate is not None and self.rng.random() < 0.6:
            gate_steps.deploy(self)

    def change_contract(self) -> None:
        """Change a rule of a contract, and commit it where there is a gate."""
        key = self.rng.choice(tables())
        before = self.model.rules[key]
        least = self.rng.choice([n for n in (0, 30, 2_000) if n != before.least])
        rules = Rules(least, broken=self.rng.random() < 0.15)
        self.model.rules[key] = rules
        write_contract(self.plant.catalog, key, rules)
        self.log.append(f"contract of {'__'.join(key)}: {rules}")
        if self.gate is None:
            return
        if self.rng.random() < 0.1:
            self.gate.uncommitted = True
            self.refresh()
        commit(self.plant.root / "repository")
        self.gate.uncommitted = False

    def _set_clock(self) -> None:
        self._put_clock(self.rng.choice(CLOCKS))

    def right_clock(self) -> None:
        """Let the clock be right: what is served reads the machine's own."""
        if self.clock:
            self._put_clock(0)

    def _put_clock(self, seconds: int) -> None:
        self.clock = seconds
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

    # How it is judged.

    def once(self, **how: Any) -> Answer:
        """Refresh without judging what comes of it, now and then on a smaller or far machine."""
        machine = some_machine(self.rng)
        if machine != THIS:
            self.log.append(f"  on {machine}")
        return self.plant.run(clock=self.clock, machine=machine, **how)

    def refresh(self, **how: Any) -> None:
        """Refresh and judge what came of it."""
        refuses = self.gate.refuses(self.model.rules) if self.gate is not None else ""
        if self.gate is not None and how.get("accept_loss") and not refuses:
            refuses = "no loss is taken without a signature"
        before = gate_steps.published_bytes(self) if refuses else b""
        answer = self.last = self.once(**how)
        self.log.append(f"refresh {how or 'everything'}: {in_words(answer)}")
        if refuses:
            return gate_steps.must_be_refused(self, answer, refuses, before)
        self.judge(answer, how)
        if not how and not answer.failures and not self.faulty and self.rng.random() < 0.3:
            self._check_nothing_left()
        return None

    def judge(self, answer: Answer, how: dict[str, Any]) -> None:
        """Compare what a refresh came to with what the model expects."""
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
        check_files(self.plant.home)

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
        if not excused:
            self.model.looked_at[table] = deepcopy(book)
        accept = bool(how.get("accept_loss"))
        return self.model.check_table(key, book, seen, answer, excused=excused, accept_loss=accept)

    def _check_nothing_left(self) -> None:
        """Refresh once more: nothing may be left to do.

        What changed minutes ago may be looked at a second time, which builds nothing.
        """
        again = self.once()
        if again.reads and not again.built:
            self.judge(again, {})
            again = self.once()
        if again.news or again.reads or again.published or not again.succeeded:
            raise BrokenError(
                f"a further refresh was not idle: {in_words(again)}, judged {again.judged[:9]}"
            )


STEPS: Final[dict[str, tuple[Callable[[Sequence], None], float]]] = {
    "edit": (Sequence.edit, 10),
    "contract": (Sequence.contract, 2.5),
    "clock": (Sequence._set_clock, 1),
    "refresh": (Sequence.refresh, 6),
    "partial": (Sequence._partial, 2),
    "how": (Sequence._how, 1),
    "dagster": (Sequence._dagster, 0.3),
    "fault": (Sequence._fault, 1.5),
    "kill": (disturbances.kill, 1.5),
    "disk": (disturbances.disk, 1),
    "restore": (keeping.bring_back, 0.6),
    "prune": (keeping.prune, 0.6),
    "deploy": (gate_steps.deploy, 1.5),
    "hold": (gate_steps.settle, 1.5),
    "audit": (audits.audit, 0.5),
    "publish": (tab_publications.publish, 1.5),
    "serve": (servers.serve_and_kill, 0.1),
}
"""What may happen and how often, in relation to the others."""
