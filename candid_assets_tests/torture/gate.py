"""What the model knows of production's gate: what is committed, deployed and known to the data."""

from copy import deepcopy
from dataclasses import dataclass

from candid_assets_tests.torture.company import Rules
from candid_assets_tests.torture.oracle import Key

All = dict[Key, Rules]


@dataclass(frozen=True, slots=True)
class Deployed:
    """One deployment: the plan that was applied, and the rules that it holds."""

    plan: str
    rules: All


@dataclass
class Gate:
    """The deployments so far, and what they say of the next refresh."""

    deployments: list[Deployed]
    known: int = 1
    """How many of them production's data knows: fewer after a restore."""
    uncommitted: bool = False

    def refuses(self, rules: All) -> str:
        """Return the words by which a refresh must be refused; none where it must not be.

        Args:
            rules: What is on disk.
        """
        if self.known < len(self.deployments):
            return "deployments recorded"
        if rules != self.deployments[-1].rules:
            return "differ from deployment"
        return "git tree is dirty" if self.uncommitted else ""

    def note(self, plan: str, rules: All) -> None:
        """Take a plan for applied."""
        if self.deployments[-1].plan != plan:
            self.deployments.append(Deployed(plan, deepcopy(rules)))
        self.known = len(self.deployments)
