"""What the sequences believe to be published, and the comparison of it with what is."""

from copy import deepcopy
from dataclasses import dataclass, field, replace

from candid_assets.sandbox.workbook import SampleTab, SampleWorkbook
from candid_assets_tests.torture.company import Rules
from candid_assets_tests.torture.oracle import (
    Fate,
    Key,
    Read,
    Row,
    judge_loss,
    read_tab,
    tables,
    tabs_of,
)
from candid_assets_tests.torture.published import (
    BrokenError,
    Good,
    Published,
    require_one_of,
    same_rows,
)
from candid_assets_tests.torture.wire import Answer


@dataclass(frozen=True, slots=True)
class Accepted:
    """Content of a tab that was held and that a person accepted."""

    table: str
    tab: SampleTab
    locale: str
    follows: list[Row] | None
    """Rows of the last good table, which it may replace; None where that was replaced since."""


@dataclass
class Model:
    """What was published last, by the oracle, and what the next refresh must come to."""

    rules: dict[Key, Rules] = field(default_factory=lambda: {key: Rules() for key in tables()})
    good: Good = field(default_factory=dict)
    known: set[int] = field(default_factory=set)
    """Sheets of the family that were read once, which are followed when they are renamed."""
    taken: dict[tuple[str, int], SampleTab] = field(default_factory=dict)
    """Tabs as they were when they were last taken, by table and member: one that is refused, or
    gone, is cleaned from that by the contract of today."""

    looked_at: dict[str, SampleWorkbook] = field(default_factory=dict)
    """The workbook of each table as it was when the table was refreshed last."""
    accepted: list[Accepted] = field(default_factory=list)

    def begin(self, good: Good, books: dict[str, SampleWorkbook]) -> None:
        """Take what was published of the workbooks as they are."""
        self.good = good
        for key in tables():
            for sheet, tab in tabs_of(key, books[key[0]], set()).items():
                self.taken["__".join(key), _member(key, sheet)] = deepcopy(tab)

    def expected(
        self, key: Key, book: SampleWorkbook, *, accept_loss: bool
    ) -> tuple[dict[int, Read], set[int]]:
        """Return how each tab of a table must be read, and the members that are gone."""
        table = "__".join(key)
        before = self.good.get(table, {})
        family = key[1] == "harian"
        tabs = tabs_of(key, book, self.known | before.keys())
        reads: dict[int, Read] = {}
        for sheet, tab in tabs.items():
            member = _member(key, sheet)
            read = read_tab(key, tab, self.rules[key])
            known = before.get(member, [])
            if family and not known and (read.why == "empty" or not read.clean):
                read = Read("either", "a new tab without rows", [], 0, read.rows)
            if not accept_loss:
                read = judge_loss(read, known, keyed=1 if family else 0)
            if read.fate == "refused" and read.why == "rows are gone":
                read.fate = self._fate_of_loss(table, known, tab, book)
            reads[member] = read
        gone = {member for member, rows in before.items() if rows and member not in reads}
        if family:
            gone -= {member for member in gone if _replaced(before[member], tabs, before, reads)}
        return reads, gone

    def accept(self, table: str, title: str) -> None:
        """Note that a person accepted what was held of a tab when it was looked at last."""
        book = self.looked_at[table]
        for tab in book.tabs:
            if tab.title == title:
                member = _member(_key(table), tab.sheet_id)
                known = self.good.get(table, {}).get(member, [])
                self.accepted.append(Accepted(table, deepcopy(tab), book.locale, list(known)))

    def forget_accepted(self) -> None:
        """Take no content for certainly accepted: the table that it follows was replaced."""
        self.accepted = [replace(one, follows=None) for one in self.accepted]

    def _fate_of_loss(
        self, table: str, known: list[Row], tab: SampleTab, book: SampleWorkbook
    ) -> Fate:
        """Return what becomes of a loss: content that a person accepted is taken in its turn."""
        for one in reversed(self.accepted):
            if (one.table, one.tab.rows) == (table, tab.rows):
                same = (one.tab, one.locale) == (tab, book.locale)
                certain = same and one.follows is not None and same_rows(one.follows, known)
                return "taken" if certain else "either"
        return "refused"

    def check_table(
        self,
        key: Key,
        book: SampleWorkbook,
        seen: Published,
        answer: Answer,
        *,
        excused: bool,
        accept_loss: bool,
    ) -> None:
        """Compare one table that was read with the oracle, and take it as the last good one.

        Args:
            key: The table.
            book: Its workbook as it is.
            seen: What is published.
            answer: What the refresh said.
            excused: Whether something beside its rows is a reason to refuse it.
            accept_loss: Whether the refresh takes losses.
        """
        table = "__".join(key)
        reads, gone = self.expected(key, book, accept_loss=accept_loss)
        before, now = self.good.get(table, {}), seen.good[table]
        named = sorted({(f[2], f[3]) for f in answer.failures if f[1] == table})
        broken = self.rules[key].broken
        if named:
            fine = all(read.fate == "taken" for read in reads.values()) and not gone and reads
            if fine and not excused and not broken:
                raise BrokenError(f"{table} is refused without a reason: {named}")
            for member in now.keys() | before.keys() | reads.keys():
                allowed = [before.get(member, [])]
                if member in reads and not broken:
                    allowed.append(reads[member].clean)
                allowed += self.by_the_contract_of_today(key, member)
                if member not in reads and member not in gone:
                    allowed.append([])
                require_one_of(f"{table}, refused ({named}),", now.get(member, []), allowed)
        elif broken or not reads or gone:
            raise BrokenError(f"{table} is not named; {broken=}, tabs gone: {sorted(gone)}")
        else:
            self._check_taken(table, reads, now)
            self._check_ledger(table, reads, seen)
        self.good[table] = now
        if not excused:
            self._remember(key, book, reads, now)

    def by_the_contract_of_today(self, key: Key, member: int) -> list[list[Row]]:
        """Return what a tab that was taken last gives today; nothing where that cannot be said."""
        tab = self.taken.get(("__".join(key), member))
        rules = self.rules[key]
        return [] if tab is None or rules.broken else [read_tab(key, tab, rules).clean]

    def _remember(
        self, key: Key, book: SampleWorkbook, reads: dict[int, Read], now: dict[int, list[Row]]
    ) -> None:
        """Note the tabs that were taken as they are, and the members that were read."""
        if key[1] == "harian":
            self.known |= set(reads)
        for sheet, tab in tabs_of(key, book, self.known).items():
            member = _member(key, sheet)
            if member in reads and same_rows(now.get(member, []), reads[member].clean):
                self.taken["__".join(key), member] = deepcopy(tab)

    @staticmethod
    def _check_taken(table: str, reads: dict[int, Read], now: dict[int, list[Row]]) -> None:
        if any(rows for member, rows in now.items() if member not in reads):
            raise BrokenError(f"{table} has rows of a tab that is not there: {sorted(now)}")
        for member, read in reads.items():
            if read.fate == "refused":
                raise BrokenError(f"{table} must be refused ({read.why}) and is not named")
            if not read.loose:
                require_one_of(f"{table}, not named,", now.get(member, []), [read.clean])

    @staticmethod
    def _check_ledger(table: str, reads: dict[int, Read], seen: Published) -> None:
        if any(read.loose for read in reads.values()):
            return
        read, raw, clean, quarantined, dropped = seen.ledger[table]
        if read != raw or raw != clean + quarantined + dropped:
            raise BrokenError(f"rows of {table} are not conserved: {seen.ledger[table]}")
        wanted = (
            sum(r.rows for r in reads.values()),
            sum(len(r.clean) for r in reads.values()),
            sum(r.quarantined for r in reads.values()),
        )
        if (raw, clean, quarantined) != wanted:
            raise BrokenError(
                f"{table} has {raw} rows, {clean} clean and {quarantined} in quarantine; its tab"
                f" has {wanted[0]}, {wanted[1]} and {wanted[2]}"
            )

    def check_untouched(self, table: str, seen: Published) -> None:
        """Compare a table that was not to be refreshed with the last good one."""
        before, now = self.good.get(table, {}), seen.good[table]
        for member in now.keys() | before.keys():
            what = f"{table}, which was not to be refreshed,"
            require_one_of(what, now.get(member, []), [before.get(member, [])])


def _key(table: str) -> Key:
    workbook, _, name = table.partition("__")
    return workbook, name


def _member(key: Key, sheet: int) -> int:
    """Return what tells the rows of a tab from others of its table: the sheet, in the family."""
    return sheet if key[1] == "harian" else 0


def _replaced(
    rows: list[Row],
    tabs: dict[int, SampleTab],
    before: dict[int, list[Row]],
    reads: dict[int, Read],
) -> bool:
    """Whether a new tab has the title of a member that is gone, and so takes its place."""
    new = [n for n, tab in tabs.items() if n not in before and tab.title == rows[0][0]]
    for member in new:
        reads[member].fate, reads[member].why = "either", "it replaces another"
    return bool(new)
