"""The checks that fail, in few lines: errors first, and quarantined rows as one line a workbook."""

from collections.abc import Iterator, Sequence
from typing import Final

from candid_assets.names import QUARANTINE_CHECK
from candid_assets.warehouse.check_results import CheckResult

_WARNINGS: Final = 5
"""Warnings that are named at most; the report has all of them."""
_TABS: Final = 2


def check_lines(failed: Sequence[CheckResult]) -> Iterator[tuple[str, str]]:
    """Yield each line with its style: every error, some warnings, and each workbook's quarantine.

    Args:
        failed: Checks that did not pass.
    """
    for check in failed:
        if check.severity == "error":
            yield f"✗ {check.relation} {check.name}: {check.message}", "red"
    warnings = [c for c in failed if c.severity != "error" and c.name != QUARANTINE_CHECK]
    for check in warnings[:_WARNINGS]:
        yield f"! {check.relation} {check.name}: {check.message}", "yellow"
    if len(warnings) > _WARNINGS:
        yield f"! {len(warnings) - _WARNINGS} more warnings are in the report", "yellow"
    for line in quarantine_lines(failed):
        yield f"! {line}", "yellow"


def quarantine_lines(failed: Sequence[CheckResult]) -> Iterator[str]:
    """Yield one line for each workbook with rows in quarantine, the greatest share first."""
    by_workbook: dict[str, list[CheckResult]] = {}
    for check in failed:
        if check.name == QUARANTINE_CHECK and check.severity != "error":
            by_workbook.setdefault(check.table.partition("__")[0], []).append(check)
    for workbook, checks in sorted(by_workbook.items(), key=lambda item: -_share(item[1])):
        most = sorted(checks, key=lambda check: -_held(check))[:_TABS]
        tabs = ", ".join(f"{c.table.partition('__')[2]} {_held(c):,}" for c in most)
        rows = sum(map(_held, checks))
        yield (
            f"{workbook}: {rows:,} quarantined in {len(checks)} tab{'s' * (len(checks) > 1)},"
            f" {_share(checks):.2%} (most in {tabs})"
        )


def _held(check: CheckResult) -> int:
    return int(check.counts.get("rows quarantined", 0))


def _share(checks: Sequence[CheckResult]) -> float:
    held = sum(map(_held, checks))
    rows = held + sum(int(check.counts.get("rows clean", 0)) for check in checks)
    return held / rows if rows else 0.0
