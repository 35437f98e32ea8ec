"""Results of the five invariants and of the checks on contract, layout and quarantine."""

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

import duckdb

from candid_assets.errors import CandidError
from candid_assets.names import Layer
from candid_assets.warehouse.check_results import MAX_SAMPLES, CheckResult, Sample
from candid_assets.warehouse.ledger import Ledger

MOST_CHANGES = 5
"""How many changes of a layout one message lists."""
CELLS_NAMED = 5
"""How many cells one message names."""


class ReaderConduct(Protocol):
    """What a reader sent to its source."""

    @property
    def requests(self) -> int:
        """Requests or statements sent."""

    @property
    def writes(self) -> Sequence[str]:
        """Those that are no reads."""

    @property
    def excess(self) -> Sequence[str]:
        """Rights beyond reading that it holds."""

    @property
    def description(self) -> str:
        """What was sent, in words, behind its number."""


class BrokenInvariantError(CandidError):
    """An invariant is broken inside a transaction, which must be rolled back."""

    def __init__(self, result: CheckResult) -> None:
        """Carry the failed check."""
        super().__init__(result.message)
        self.result = result


QUARANTINE_SHARE: Final = 0.01
"""Share of a table's rows from which on those in quarantine are a warning by themselves."""


def rows_conserved(table: str, ledger: Ledger) -> CheckResult:
    """Nothing lost: every row read is in clean, in quarantine or dropped by a named rule."""
    return CheckResult(
        "rows_conserved",
        "clean",
        table,
        ledger.balances,
        f"{ledger.rows_read} read, {ledger.rows_raw} raw = {ledger.rows_clean} clean"
        f" + {ledger.rows_quarantined} quarantined + {ledger.rows_dropped} dropped",
        counts={
            "rows read": ledger.rows_read,
            "rows raw": ledger.rows_raw,
            "rows clean": ledger.rows_clean,
            "rows quarantined": ledger.rows_quarantined,
            "rows dropped": ledger.rows_dropped,
        },
    )


def read_complete(
    layer: Layer, table: str, *, rows: int = 0, assurance: str = "", error: str | None = None
) -> CheckResult:
    """A read that failed is never an empty table; `assurance` says what makes sure of it."""
    message = error or f"{rows} rows read{assurance}"
    counts = {"rows read": rows} if error is None else {}
    return CheckResult("read_complete", layer, table, error is None, message, counts=counts)


def sheet_untouched(layer: Layer, table: str, conduct: ReaderConduct) -> CheckResult:
    """Nothing but reads was sent to the source, under rights that allow no more."""
    message = f"{conduct.requests} {conduct.description}"
    if conduct.writes or conduct.excess:
        requests = ", ".join((*conduct.writes[:3], *conduct.excess))
        message = f"more than reading was asked of the source: {requests}"
    return CheckResult(
        "sheet_untouched",
        layer,
        table,
        not conduct.writes and not conduct.excess,
        message,
        counts={"requests": conduct.requests, "writes": len(conduct.writes)},
        samples=tuple(Sample("", request) for request in conduct.writes[:MAX_SAMPLES]),
    )


def swapped_whole(layer: Layer, table: str, staged: str, swapped: str) -> CheckResult:
    """What readers get is exactly what was staged and checked."""
    same = bool(staged) and staged == swapped
    message = (
        "the table equals what was checked"
        if same
        else (f"{layer}.{table} differs from what was checked; the change was undone")
    )
    return CheckResult("swapped_whole", layer, table, same, message)


def rerun_identical(layer: Layer, table: str, before: str | None, current: str) -> CheckResult:
    """The same inputs give the same table; `before` is None for inputs never seen."""
    if not current:
        return CheckResult("rerun_identical", layer, table, False, "the table has no fingerprint")
    if before is None:
        return CheckResult("rerun_identical", layer, table, True, "first build from these inputs")
    same = before == current
    message = (
        "rebuilt from the same inputs: identical"
        if same
        else (f"{layer}.{table} came out differently from the same inputs")
    )
    return CheckResult("rerun_identical", layer, table, same, message)


def contract_holds(
    layer: Layer,
    table: str,
    *,
    problem: str | None = None,
    unclaimed: Sequence[str] = (),
    unfilled: Sequence[Sample] = (),
) -> CheckResult:
    """The contract can be read and the sheet has its headers and no merges that it leaves blank.

    Args:
        layer: The source's layer.
        table: The table.
        problem: Why the contract does not hold; the table is not replaced.
        unclaimed: Headers that it does not name; they are listed.
        unfilled: Merged cells of columns that it does not fill; they are a warning.
    """
    message = problem or "every header of the contract is in the source"
    if unclaimed and not problem:
        message += "; not in the contract: " + ", ".join(repr(h) for h in unclaimed)
    counts = {"headers not in the contract": len(unclaimed)}
    if problem or not unfilled:
        return CheckResult("contract_holds", layer, table, problem is None, message, counts=counts)
    names = ", ".join(dict.fromkeys(sample.column for sample in unfilled))
    cells = ", ".join(f"{s.cell} ({s.detail})" for s in unfilled[:CELLS_NAMED])
    more = " …" if len(unfilled) > CELLS_NAMED else ""
    return CheckResult(
        "contract_holds",
        layer,
        table,
        passed=False,
        message=f"{message}; merged cells are blank in {names}: {cells}{more}; declare fillMerged"
        " where they mean what their first cell says, or take the merges apart",
        severity="warning",
        blocking=False,
        counts={**counts, "merged cells left blank": len(unfilled)},
        samples=tuple(unfilled[:MAX_SAMPLES]),
    )


def layout_unchanged(
    layer: Layer, table: str, changes: Mapping[str, tuple[bool, str]]
) -> CheckResult:
    """Tabs, header and columns are as when the table was last made; the message lists what changed.

    Args:
        layer: The source's layer.
        table: The table.
        changes: What changed, in words, with whether it is breaking and how to correct it.
    """
    breaking = sum(broken for broken, _ in changes.values())
    lines = [f"{detail} ({fix})" if fix else detail for detail, (_, fix) in changes.items()]
    more = len(lines) - MOST_CHANGES
    message = "; ".join(lines[:MOST_CHANGES]) + (f"; and {more} more" if more > 0 else "")
    return CheckResult(
        "layout_unchanged",
        layer,
        table,
        not changes,
        message or "tabs, header and columns are as when the table was last made",
        severity="error" if breaking else "warning",
        blocking=False,
        counts={"breaking": breaking, "additive": len(changes) - breaking},
    )


def nothing_quarantined(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    quarantine: str,
    rows_clean: int,
    rows_before: int | None = None,
) -> CheckResult:
    """List the rows that did not pass, the most frequent reasons first, with their cells.

    It warns from a share of the rows on, and of any that are more than before. A table of which no
    row passed is no table: the check stops it.

    Args:
        connection: The warehouse.
        table: The table.
        quarantine: The relation of its rows that did not pass.
        rows_clean: How many rows passed.
        rows_before: How many did not pass when it was built last; None at its first build.
    """
    reasons: dict[str, int] = dict(
        connection.execute(
            f"select _why.reason, count(*) from (select unnest(_reasons) as _why from {quarantine})"
            " group by 1 order by 2 desc, 1"
        ).fetchall()
    )
    counted = connection.execute(f"select count(*) from {quarantine}").fetchone()
    rows = int(counted[0]) if counted else 0
    # Each reason in its turn, the commonest first, so that none crowds the others out.
    samples = connection.execute(
        "with whys as (select _row, unnest(_reasons) as _why"
        f" from {quarantine}), reasons as (select _why as r,"
        " count(*) over (partition by _why.reason) as times,"
        " row_number() over (partition by _why.reason order by _row, _why.cell) as turn from whys)"
        ' select r."column", r."value", r.cell, r.link, r.message from reasons'
        f" order by turn, times desc, r.reason limit {MAX_SAMPLES}"
    ).fetchall()
    by_reason = ", ".join(f"{count} {reason}" for reason, count in reasons.items())
    share = rows / (rows + rows_clean) if rows else 0.0
    more = rows - rows_before if rows_before is not None else 0
    trend = f", {more} more than before" if more > 0 else ""
    message = "no row is in quarantine"
    if rows:
        message = f"{rows} rows are in quarantine, {share:.1%}{trend}: {by_reason}"
    nothing_passed = rows > 0 and rows_clean == 0
    if nothing_passed:
        message = f"all {rows} rows went to quarantine and none is clean: {by_reason}"
    return CheckResult(
        "nothing_quarantined",
        "quarantine",
        table,
        share < QUARANTINE_SHARE and more <= 0,
        message,
        severity="error" if nothing_passed else "warning",
        blocking=nothing_passed,
        counts={"rows quarantined": rows, "rows clean": rows_clean} | reasons,
        samples=tuple(Sample(*row) for row in samples),
    )
