"""What is new at a source that has contracts, and the files that would take it in."""

import difflib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from candid_assets.contract_changes.schema_log import SchemaLogEntry
from candid_assets.contracts.yaml_edits import YamlFile
from candid_assets.discovery.offered import Offered
from candid_assets.discovery.proposal import Proposal


@dataclass(frozen=True, slots=True)
class SourceNews:
    """One thing that is new at a source."""

    kind: Literal["new_table", "new_member", "new_column", "new_value"]
    table: str
    """Name of the contract."""
    tab: str
    """Title of the first tab that shows it."""
    detail: str

    def facts(self) -> dict[str, str]:
        """Return what `candid discover --again --json` shows of it."""
        return {"kind": self.kind, "table": self.table, "tab": self.tab, "detail": self.detail}


@dataclass(slots=True)
class SecondLook:
    """What a later look at a source brought."""

    proposal: Proposal
    """The new tables, and new tabs that are none."""
    offered: Offered
    """What was offered before, and now."""
    news: list[SourceNews] = field(default_factory=list)
    by_hand: list[str] = field(default_factory=list)
    """What differs and no edit settles, with what does."""
    declined: list[str] = field(default_factory=list)
    """Titles of tabs that were offered before and that no contract names any more."""
    edited: dict[Path, YamlFile] = field(default_factory=dict)
    created: dict[Path, str] = field(default_factory=dict)
    entries: list[SchemaLogEntry] = field(default_factory=list)
    """What the log of the schema gets."""

    @property
    def texts(self) -> dict[Path, str]:
        """The files with what they would say."""
        return {path: file.edited for path, file in self.edited.items()} | self.created

    def diff(self) -> str:
        """Return the change of every file, as `diff -u` writes it."""
        pieces: list[str] = []
        for path, after in self.texts.items():
            old = self.edited[path].content if path in self.edited else ""
            pieces += difflib.unified_diff(
                old.splitlines(keepends=True),
                after.splitlines(keepends=True),
                f"a/{path.name}" if old else "/dev/null",
                f"b/{path.name}",
                n=1,
            )
        return "".join(line if line.endswith("\n") else f"{line}\n" for line in pieces)
