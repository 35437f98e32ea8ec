"""Sends each owner the cells of their tabs to mend, once a day at most."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from filelock import FileLock

from candid_assets.atomic_files import PRIVATE, write_whole
from candid_assets.contracts.catalog import Catalog
from candid_assets.monitoring.owner_channels import read_owners, targets_of
from candid_assets.monitoring.owner_letters import cells_of_owners, letter
from candid_assets.monitoring.send_alert import send
from candid_assets.number_format import day
from candid_assets.regular_files import read_text
from candid_assets.settings import Settings
from candid_assets.warehouse.database import open_published

FILE: Final = "owner_letters.json"


@dataclass(frozen=True, slots=True)
class LettersSent:
    """What became of the letters of one morning."""

    sent: tuple[str, ...] = ()
    """Owners whose every channel took the letter."""
    unsent: tuple[str, ...] = ()
    """Owners and channels that did not, with the reason."""
    unknown: tuple[str, ...] = ()
    """Owners with cells to mend who have no channel."""

    @property
    def summary(self) -> str:
        """What became of them, as one sentence."""
        parts = [f"{len(self.sent)} owners were written to", *self.unsent]
        if self.unknown:
            parts.append(f"no channel in CANDID_OWNERS_FILE for {', '.join(self.unknown)}")
        return "; ".join(parts)


def send_letters(
    settings: Settings, catalog: Catalog, now: datetime, *, again: bool = False
) -> LettersSent:
    """Send each owner who has cells to mend a letter, unless one was sent today.

    Args:
        settings: The settings.
        catalog: The catalog.
        now: The moment.
        again: Whether those who got one today get another.

    Raises:
        OwnersError: The file of owners cannot be read.
        WarehouseError: Nothing is published.
    """
    owners = read_owners(settings)
    path = settings.agent_dir / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    sent, unsent, unknown = [], [], []
    with FileLock(path.with_suffix(".lock"), timeout=60):
        last = _read(path)
        with open_published(settings.published_file) as connection:
            listed = cells_of_owners(connection, catalog, last, now)
        for of in listed:
            owner = owners.get(of.owner)
            if owner is None or not owner.channels:
                unknown.append(of.owner)
                continue
            if of.owner in last and day(last[of.owner]) == day(now) and not again:
                continue
            message = letter(settings, catalog, of, owner.language, now)
            failed = [
                f"{of.owner}, {target.name}: {reason}"
                for target in targets_of(settings, owner)
                if (reason := send(target, message.title, message.body)) is not None
            ]
            unsent += failed
            # Who got it through one channel got it: another try would tell them twice.
            if len(failed) < len(owner.channels):
                last[of.owner] = now
                _write(path, last)
            if not failed:
                sent.append(of.owner)
    return LettersSent(tuple(sent), tuple(unsent), tuple(unknown))


def _read(path: Path) -> dict[str, datetime]:
    try:
        content = json.loads(read_text(path))
        return {owner: datetime.fromisoformat(at) for owner, at in content.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _write(path: Path, last: dict[str, datetime]) -> None:
    content = {
        owner: at.astimezone(UTC).isoformat(timespec="seconds") for owner, at in last.items()
    }
    write_whole(path, json.dumps(content, ensure_ascii=False), PRIVATE)
