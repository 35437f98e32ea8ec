"""What people do at the gate and with what is published, in processes that may be killed."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from candid_assets.deployment.apply import apply_deployment
from candid_assets.deployment.approve import decide
from candid_assets.deployment.plan import plan_deployment
from candid_assets.deployment.publications import plan_publication, plan_undo, publish
from candid_assets.deployment.restore_plan import plan_restore, require_restorable
from candid_assets.deployment.settle_hold import settle_hold
from candid_assets.gate import content, running_process
from candid_assets.gate.content import Installation
from candid_assets.gate.deployments import Records
from candid_assets.gate.evidence import remember, sample_key, tests_key
from candid_assets.gate.open_holds import find_hold
from candid_assets.reports.audit_pages import audit_published
from candid_assets.settings import Settings


@contextmanager
def behind_the_gate(root: Path) -> Iterator[None]:
    """Let the company's repository be the installation that this process runs from.

    What a process of production may have loaded is judged in `gate/test_ways_around.py`.
    """

    def unaltered(*_: Any) -> None:
        return None

    with (
        patch.object(content, "REPOSITORY", root / "repository"),
        patch.object(running_process, "require_unaltered", unaltered),
    ):
        yield


def do(act: tuple[str, ...], settings: Settings) -> str:
    """Do one thing at the gate and return the digest of the plan, or the content that is held."""
    installation = Installation.of(settings)
    match act:
        case ("plan", *number):
            _remember_green(installation)
            return plan_deployment(settings, installation, "".join(number)).digest
        case ("plan a restore", file):
            return plan_restore(installation, Path(file)).digest
        case ("approve" | "refuse" as word, plan, key, *files):
            backup = Path(files[0]) if files else None
            approve = word == "approve"
            return decide(
                settings, installation, plan, Path(key), approve=approve, backup=backup
            ).plan
        case ("apply", plan):
            return apply_deployment(settings, installation, Records(installation).plan(plan)).plan
        case ("accept" | "reject" as word, held, key):
            hold = find_hold(settings, held)
            settle_hold(settings, installation, hold, Path(key), word == "accept", "")
            return hold.content_hash
        case _:
            return _besides(act, settings, installation)


def _besides(act: tuple[str, ...], settings: Settings, installation: Installation) -> str:
    """Publish into a tab, audit, or ask whether a backup may be restored."""
    match act:
        case ("plan a publication", source, workbook, title):
            return plan_publication(settings, installation, source, workbook, title).digest
        case ("plan to take back", plan):
            return plan_undo(settings, installation, plan).digest
        case ("publish", plan):
            return publish(settings, installation, Records(installation).plan(plan)).plan
        case ("audit",):
            return _audited(settings)
        case ("may restore", file):
            require_restorable(installation, Path(file))
            return ""
    raise ValueError(act)


def _audited(settings: Settings) -> str:
    """Audit what is published and return what was found, as JSON."""
    audit = audit_published(settings)
    report = {
        "tables": [table.relation for table in audit.tables],
        "broken": [f"{table.relation}: {table.broken}" for table in audit.tables if table.broken],
        "disputed": [words for table in audit.tables for words in table.disputed],
    }
    return json.dumps(report)


def _remember_green(installation: Installation) -> None:
    """Say that sample and tests were green; what that takes is judged elsewhere."""
    now = content.content_of(installation)
    keys = {"sample": sample_key(now), "tests": tests_key(installation, now)}
    for kind, key in keys.items():
        remember(installation.root / "data", kind, key, {**now.as_dict()})  # type: ignore[arg-type]
