"""How each kind of difference is accepted: which words of which contract change, and the entry."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Final

from candid_assets.contract_changes.differences import ContractDifference
from candid_assets.contract_changes.new_columns import describe_column
from candid_assets.contract_changes.schema_log import SchemaLogEntry
from candid_assets.contracts.catalog import Column, Tab
from candid_assets.contracts.yaml_edits import ByHandError, YamlFile
from candid_assets.discovery.contract_text import column_item, text
from candid_assets.settings import Settings
from candid_assets.warehouse.landing import Landing

_BOUND_TO_TYPE: Final = (
    "physicalType",
    "logicalTypeOptions",
    "enum",
    "relationships",
    "customProperties",
    "primaryKey",
)


class Proposals:
    """Collects the edits of one acceptance."""

    def __init__(self, settings: Settings, today: date, files: dict[Path, YamlFile]) -> None:
        self.landing = Landing(settings.landing_dir)
        self.day = text(today.isoformat())
        self.files = files
        self._archived: dict[Path, list[str]] = {}
        self._ways: Mapping[str, Callable[[ContractDifference], SchemaLogEntry]] = {
            "tab_renamed": self._rename_tab,
            "tab_missing": self._retire_tab,
            "tab_not_grid": self._retire_tab,
            "column_added": self._add_column,
            "column_renamed": self._rename_column,
            "column_removed": self._retire_column,
            "column_retyped": self._retype_column,
        }

    def accept(self, difference: ContractDifference) -> SchemaLogEntry:
        """Add the edits that accept a difference and return its entry in the log."""
        way = self._ways.get(difference.change.kind)
        if way is None:
            raise ByHandError(difference.change.fix or "there is nothing to change in the contract")
        return way(difference)

    def finish(self) -> None:
        """Add the titles of archived members, one list for each family."""
        for path, titles in self._archived.items():
            file = self._file(path)
            listed = file.find(("customProperties",), "property", "archivedTabs")
            if listed is None:
                value = f"[{', '.join(map(text, titles))}]"
                file.add_property((), "archivedTabs", value)
            else:
                for title in titles:
                    file.add_item((*listed, "value"), text(title))

    def _file(self, path: Path) -> YamlFile:
        if path not in self.files:
            self.files[path] = YamlFile.read(path)
        return self.files[path]

    def _rename_tab(self, difference: ContractDifference) -> SchemaLogEntry:
        title = difference.change.to
        self._file(difference.tab.path).set(("physicalName",), text(title))
        return SchemaLogEntry(
            "Renamed", f"`clean.{difference.tab.table}`: its tab is now called '{title}'"
        )

    def _retire_tab(self, difference: ContractDifference) -> SchemaLogEntry:
        tab = difference.tab
        if tab.is_family:
            self._archived.setdefault(tab.path, []).append(difference.titles[0])
            what = f"`clean.{tab.table}`: tab '{difference.titles[0]}' is gone; its rows stay"
            return SchemaLogEntry("Retired", what)
        self._file(tab.path).add_property((), "retired", self.day)
        what = f"`clean.{tab.table}`: tab '{tab.title}' is read no more; its last table stays"
        return SchemaLogEntry("Retired", what)

    def _add_column(self, difference: ContractDifference) -> SchemaLogEntry:
        tab, header = difference.tab, difference.change.subject
        if difference.extract is None:
            raise ByHandError("no extract shows the column", "run `candid run` first")
        proposal = describe_column(self.landing, tab, header, difference.extract)
        proposal.optional = tab.is_family and not difference.everywhere
        self._file(tab.path).add_item(("properties",), column_item(proposal))
        what = f"`clean.{tab.table}.{proposal.name}`: {proposal.logical}, header '{header}'"
        return SchemaLogEntry("Added", what)

    def _rename_column(self, difference: ContractDifference) -> SchemaLogEntry:
        tab, change = difference.tab, difference.change
        _require_everywhere(difference)
        file = self._file(tab.path)
        place = file.place_of(("properties",), "name", change.column)
        file.set((*place, "physicalName"), text(change.to))
        what = f"header '{change.subject}' is now '{change.to}'"
        return SchemaLogEntry("Renamed", f"`clean.{tab.table}.{change.column}`: {what}")

    def _retire_column(self, difference: ContractDifference) -> SchemaLogEntry:
        tab, change = difference.tab, difference.change
        _require_everywhere(difference)
        if _column(tab, change.column).primary_key_position is not None:
            raise ByHandError(
                f"{change.column} is part of the key: choose another key in {tab.path}"
            )
        file = self._file(tab.path)
        place = file.place_of(("properties",), "name", change.column)
        if file.has((*place, "required")):
            file.set((*place, "required"), "false")
        file.add_property(place, "retired", self.day)
        what = f"header '{change.subject}' is gone; the column stays and is blank"
        return SchemaLogEntry("Retired", f"`clean.{tab.table}.{change.column}`: {what}")

    def _retype_column(self, difference: ContractDifference) -> SchemaLogEntry:
        tab, change = difference.tab, difference.change
        file = self._file(tab.path)
        place = file.place_of(("properties",), "name", change.column)
        bound = [key for key in _BOUND_TO_TYPE if file.has((*place, key))]
        if bound or difference.extract is None:
            what = ", ".join(bound)
            raise ByHandError(
                f"change logicalType of {change.column} with its {what} in {tab.path}"
            )
        guess = describe_column(self.landing, tab, change.subject, difference.extract).guess
        if guess.logical == _column(tab, change.column).logical_type:
            raise ByHandError(f"correct the cells {tab.words.inside}: they are of no other type")
        file.set((*place, "logicalType"), guess.logical if guess.physical is None else "string")
        what = f"now {guess.logical}, as {guess.evidence} are"
        return SchemaLogEntry("Retyped", f"`clean.{tab.table}.{change.column}`: {what}")


def _column(tab: Tab, name: str) -> Column:
    return next(column for column in tab.columns if column.name == name)


def _require_everywhere(difference: ContractDifference) -> None:
    if difference.tab.is_family and not difference.everywhere:
        raise ByHandError(
            f"correct the header in {', '.join(map(repr, difference.titles))}: the other tabs of"
            " the family have it"
        )
