"""What a number of sequences came to."""

from dataclasses import dataclass, field


@dataclass
class Tally:
    """What a number of sequences came to."""

    sequences: int = 0
    refreshes: int = 0
    kills: int = 0
    disk_faults: int = 0
    healed: int = 0
    """Kills and disk faults after which the next refresh alone reached the undisturbed state."""
    broken: dict[int, str] = field(default_factory=dict)

    def add(self, other: "Tally") -> None:
        """Add what others came to."""
        for name in ("sequences", "refreshes", "kills", "disk_faults", "healed"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.broken |= other.broken

    def __str__(self) -> str:
        return (
            f"{self.sequences} sequences, {self.refreshes} refreshes, {self.kills} kills and"
            f" {self.disk_faults} disk faults, {self.healed} of the disturbed refreshes made up for"
            f" by the next alone; {len(self.broken)} sequences broke an invariant"
        )
