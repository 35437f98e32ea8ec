"""What a refresh notes of how tabs are laid out."""

from dataclasses import dataclass, field

from candid_assets.contracts.catalog import Tab
from candid_assets.names import tab_table
from candid_assets.warehouse.tab_changes import Change, Layout


@dataclass(slots=True)
class Observed:
    """One tab, or one member of a family, as this refresh found it."""

    title: str
    extract: str = ""
    layout: Layout | None = None
    """None where it could not be read or does not keep to the contract."""
    changes: list[Change] = field(default_factory=list)
    read: bool = False
    """Whether it was read in this refresh."""
    retitled: bool = False
    """Whether its title or the like changed and its content did not."""


@dataclass(slots=True)
class Observations:
    """What a refresh has noted so far, by table and name of the tab."""

    by_table: dict[str, dict[str, Observed]] = field(default_factory=dict)
    read: set[tuple[str, str]] = field(default_factory=set)
    """Workbook and name of each tab that was read whole in this refresh."""
    has_other_news: bool = False
    """Whether other tables have no contract than before, or a contract is valid again."""

    def note(self, tab: Tab, name: str, observed: Observed) -> None:
        """Note the state of a tab, in addition to what was noted of it before."""
        seen = self.by_table.setdefault(tab_table(tab.workbook, tab.family or tab.name), {})
        observed.read = (tab.workbook, name) in self.read
        if name in seen:
            observed.changes = [*seen[name].changes, *observed.changes]
            observed.layout = observed.layout or seen[name].layout
            observed.retitled = observed.retitled or seen[name].retitled
        seen[name] = observed
