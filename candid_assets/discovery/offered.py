"""Remembers what was offered for a workbook: tabs, columns and listed values, taken or not.

It stands beside the contracts as `.discovered.json`. By it a later look tells what a person took
out from what is new at the source; why it is kept and not computed: docs/decisions/0033.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from candid_assets.contracts.catalog import Tab
from candid_assets.contracts.header_text import normalise
from candid_assets.contracts.titles import folded_title
from candid_assets.discovery.proposal import TableProposal
from candid_assets.errors import CandidError
from candid_assets.regular_files import read_text

OFFERED: Final = ".discovered.json"
_ABOUT: Final = "What `candid discover` has offered, and --again offers no more. Keep it."


class OfferedError(CandidError):
    """What was offered cannot be read; the message says how to go on."""


@dataclass(slots=True)
class Offered:
    """What was offered for a workbook."""

    titles: set[str] = field(default_factory=set)
    """Folded titles of tabs for which a contract was offered."""
    tables: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    """Table to the folded headers of its columns, each with the values that were listed."""

    def has_title(self, title: str) -> bool:
        """Whether a contract was offered for a tab."""
        return folded_title(title) in self.titles

    def has_header(self, table: str, header: str) -> bool:
        """Whether a column was offered for a header."""
        return normalise(header) in self.tables.get(table, {})

    def values(self, table: str, header: str) -> set[str]:
        """Return the values that were offered for a column's list."""
        return self.tables.get(table, {}).get(normalise(header), set())

    def add_titles(self, titles: Iterable[str]) -> None:
        """Note tabs as offered."""
        self.titles.update(map(folded_title, titles))

    def add_column(self, table: str, header: str, values: Iterable[str] = ()) -> None:
        """Note a column, and values of its list, as offered."""
        columns = self.tables.setdefault(table, {})
        columns.setdefault(normalise(header), set()).update(map(str, values))

    def add_table(self, table: TableProposal) -> None:
        """Note a proposal as offered."""
        self.add_titles(table.titles)
        for column in table.columns:
            self.add_column(table.name, column.header, column.enum)

    def add_contract(self, tab: Tab) -> None:
        """Note what a contract declares as offered: it needs to be offered no more."""
        self.add_titles([tab.title])
        for column in tab.columns:
            listed = column.rules.get("enum")
            self.add_column(tab.name, column.header, listed if isinstance(listed, tuple) else ())

    @property
    def text(self) -> str:
        """What the file says, always in the same order."""
        tables: Mapping[str, Mapping[str, list[str]]] = {
            table: {header: sorted(values) for header, values in sorted(columns.items())}
            for table, columns in sorted(self.tables.items())
        }
        content = {"about": _ABOUT, "tabs": sorted(self.titles), "tables": tables}
        return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def read_offered(folder: Path) -> Offered | None:
    """Return what was offered for the workbook of a folder; None where nothing is noted.

    Raises:
        OfferedError: The file is damaged.
    """
    path = folder / OFFERED
    if not path.is_file():
        return None
    try:
        content = json.loads(read_text(path))
        tables = {
            table: {header: set(values) for header, values in columns.items()}
            for table, columns in content["tables"].items()
        }
        return Offered(set(content["tabs"]), tables)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        fix = "bring it back from version control, or delete it: all that no contract names is news"
        raise OfferedError(f"{path} is damaged: {error}", fix) from error
