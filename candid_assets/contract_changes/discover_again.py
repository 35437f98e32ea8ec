"""`candid discover --again`: reads a source anew and takes in what is new there, where asked to."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from candid_assets.contract_changes.accept import write_texts
from candid_assets.contract_changes.look_again import look_again
from candid_assets.contract_changes.source_news import SecondLook
from candid_assets.contracts.catalog import ContractProblem
from candid_assets.contracts.load import load_catalog
from candid_assets.contracts.workbook_file import HEAD, read_workbook
from candid_assets.discovery.offered import OFFERED, read_offered
from candid_assets.discovery.read_source import read_workbook_again
from candid_assets.discovery.write_contracts import existing_contracts
from candid_assets.errors import CandidError
from candid_assets.refresh.context import Progress
from candid_assets.settings import ZONE, Settings


@dataclass(slots=True)
class SecondDiscovery:
    """What a later discovery brought, and what became of it."""

    env: str
    folder: Path
    look: SecondLook
    remembers: bool
    """Whether it was noted what was offered before."""
    written: list[Path] = field(default_factory=list)
    problems: list[ContractProblem] = field(default_factory=list)

    @property
    def is_settled(self) -> bool:
        """Whether nothing is new or left to a person, or all that is new was written."""
        left = self.problems or self.look.by_hand
        return not left and (not self.look.news or bool(self.written))

    def facts(self) -> dict[str, Any]:
        """Return the object of `candid discover --again --json`."""
        look = self.look
        return {
            "env": self.env,
            "workbook": self.folder.name,
            "folder": str(self.folder),
            "news": [each.facts() for each in look.news],
            "diff": look.diff(),
            "not_tables": [
                {"title": i.title, "code": i.code, "reason": i.reason}
                for i in look.proposal.left_out
            ],
            "by_hand": look.by_hand,
            "declined": look.declined,
            "files": [str(path) for path in self.written],
            "problems": [str(problem) for problem in self.problems],
        }


def discover_again(
    settings: Settings,
    folder: Path,
    tabs: Sequence[str],
    *,
    write: bool,
    only_env: bool = False,
    progress: Progress | None = None,
) -> SecondDiscovery:
    """Look once more at the source of a workbook that has contracts.

    Args:
        settings: The environment whose server is read.
        folder: The workbook's folder in the catalog.
        tabs: Titles of the tables to read; none means all.
        write: Whether what is new is written.
        only_env: Whether no other environment's server will do.
        progress: Where it is shown how far it is.

    Raises:
        SourceError: The source cannot be read.
        CandidError: The workbook has no contracts, or its head is not valid.
    """
    if not (folder / HEAD).is_file():
        fix = "describe it first: candid discover SOURCE --workbook " + folder.name
        raise CandidError(f"{folder} holds no contracts", fix, exit_code=2)
    draft = read_workbook(folder)
    if draft.head_problems:
        problem = draft.head_problems[0]
        raise CandidError(f"{problem.path}:{problem.line}: {problem.message}", problem.fix)
    if settings.env == "sample" and not only_env and not draft.head.locations.get("sample"):
        # A first discovery connects the source in staging, too.
        settings = settings.for_env("staging")
    if not draft.head.locations.get(settings.env):
        fix = "write its location there, or choose another environment with --env"
        raise CandidError(f"{folder / HEAD} names no source in {settings.env}", fix, exit_code=2)
    known = read_offered(folder)
    offered = known or existing_contracts(folder).as_offered()
    book = read_workbook_again(settings, draft.head, tabs, progress)
    with tempfile.TemporaryDirectory(prefix="candid-again-") as scratch:
        look = look_again(book, draft, offered, Path(scratch), tabs, progress)
    result = SecondDiscovery(settings.env, folder, look, known is not None)
    if write and look.news:
        root = folder.parent.parent
        settings = settings.model_copy(update={"catalog_dir": root})
        texts = {**look.texts, folder / OFFERED: look.offered.text}
        today = datetime.now(ZONE).date()
        result.problems = write_texts(texts, look.entries, settings, load_catalog(root), today)
        result.written = [] if result.problems else list(look.texts)
    return result
