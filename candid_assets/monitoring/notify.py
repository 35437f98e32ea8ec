"""Records which alerts are open, and sends what changed to every target of alerts."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from filelock import FileLock

from candid_assets.atomic_files import PRIVATE, write_whole
from candid_assets.monitoring.alert_targets import Target, alert_targets
from candid_assets.monitoring.open_alerts import Alert
from candid_assets.monitoring.send_alert import send
from candid_assets.regular_files import read_text, require_regular
from candid_assets.settings import Settings

SINGLE: Final = 10
"""Changes that are told one by one; more of them are a digest, one line an owner."""
_GRAVE: Final = 5
"""Failed runs, holds and the like that a digest names of each owner."""
_KINDS: Final = {
    "run": "failed runs",
    "hold": "held back",
    "stale": "not read in time",
    "undescribed": "without a contract",
    "check": "checks",
}
"""The kinds of alert in the words of a digest, the gravest first."""


@dataclass(frozen=True, slots=True)
class AlertChanges:
    """What changed since the last update."""

    open: int
    raised: tuple[Alert, ...] = ()
    resolved: tuple[Alert, ...] = ()
    unsent: tuple[str, ...] = ()
    """Targets that did not get their messages, with the reason; they are tried again."""

    @property
    def summary(self) -> str:
        """The counts, and what could not be sent, as one sentence."""
        counts = f"{len(self.raised)} raised, {len(self.resolved)} resolved"
        return "; ".join([f"{self.open} alerts are open, {counts}", *self.unsent])


@dataclass(slots=True)
class _State:
    """The content of the file of open alerts."""

    open_alerts: dict[str, dict[str, Any]] = field(default_factory=dict)
    waiting: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """Changes that a target has not got yet, by the target's name."""


def update(settings: Settings, alerts: Sequence[Alert], now: datetime) -> AlertChanges:
    """Record the alerts that are open now, and send each one once when raised and when resolved.

    Changes go to `alerts.jsonl` always. A target that fails keeps its changes for the next call.
    """
    path = settings.open_alerts_file
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_suffix(".lock"), timeout=60):
        state = _read(path)
        by_key = {alert.key: alert for alert in alerts}
        raised = [a for key, a in by_key.items() if key not in state.open_alerts]
        resolved = [_alert(f) for key, f in state.open_alerts.items() if key not in by_key]
        stamp = now.astimezone(UTC).isoformat(timespec="seconds")
        changes = [{"at": stamp, "event": "raised"} | asdict(a) for a in raised]
        changes += [{"at": stamp, "event": "resolved"} | asdict(a) for a in resolved]
        if changes:
            require_regular(settings.alerts_file)
            with settings.alerts_file.open("a", encoding="utf-8") as file:
                file.writelines(json.dumps(c, ensure_ascii=False) + "\n" for c in changes)
        # An alert's text is the newest; the moment since when it is open stays.
        since = {key: facts["since"] for key, facts in state.open_alerts.items()}
        state.open_alerts = {
            key: asdict(alert) | {"since": since.get(key, stamp)} for key, alert in by_key.items()
        }
        targets = alert_targets(settings)
        state.waiting = {t.name: [*state.waiting.get(t.name, []), *changes] for t in targets}
        _write(path, state)
        unsent = _send(settings, targets, state)
        _write(path, state)
    return AlertChanges(len(alerts), tuple(raised), tuple(resolved), tuple(unsent))


def recorded_alerts(settings: Settings) -> list[dict[str, Any]]:
    """Return the alerts that were open at the last update, each with `since`."""
    return list(_read(settings.open_alerts_file).open_alerts.values())


def _send(settings: Settings, targets: Sequence[Target], state: _State) -> list[str]:
    """Send to each target what waits for it; return which targets failed, and why."""
    unsent = []
    for target in targets:
        changes = state.waiting.pop(target.name)
        if not changes:
            continue
        reason = send(target, _title(settings.env, changes), _body(changes))
        if reason is not None:
            state.waiting[target.name] = changes
            unsent.append(f"{target.name}: {len(changes)} alerts wait ({reason})")
    return unsent


def _title(env: str, changes: Sequence[dict[str, Any]]) -> str:
    raised = sum(change["event"] == "raised" for change in changes)
    title = f"candid {env}: {raised} alerts, {len(changes) - raised} resolved"
    if len(changes) == 1:
        title = f"candid {env}: {changes[0]['event']}: {changes[0]['cause']}"
    return " ".join(title.split())[:200]


def _body(changes: Sequence[dict[str, Any]]) -> str:
    """Return the message: each change in full, or one line an owner where they are many."""
    if len(changes) > SINGLE:
        return _digest(changes)
    texts = [_text(change) for change in changes]
    return "\n\n".join(texts)


def _digest(changes: Sequence[dict[str, Any]]) -> str:
    """Return a line for each owner with what changed, the gravest kinds first, as on a first look.

    What can be worked by a person, run by run and cell by cell, is in `candid alerts`.
    """
    owners: dict[str, list[dict[str, Any]]] = {}
    for change in changes:
        owners.setdefault(change["owner"], []).append(change)
    lines = []
    for owner, own in sorted(owners.items(), key=lambda item: (-len(item[1]), item[0])):
        raised = [change for change in own if change["event"] == "raised"]
        kinds = Counter(change["kind"] for change in raised)
        counts = [f"{kinds[kind]} {word}" for kind, word in _KINDS.items() if kinds[kind]]
        if len(raised) < len(own):
            counts.append(f"{len(own) - len(raised)} resolved")
        lines.append(f"{owner}: {', '.join(counts)}")
        grave = (c for kind in _KINDS for c in raised if c["kind"] == kind and kind != "check")
        lines += [f"  {change['cause']}" for change in [*grave][:_GRAVE]]
    return "\n".join([*lines, "", "each with its cells and what to run: candid alerts"])


def _text(change: dict[str, Any]) -> str:
    lines = [f"{change['event']}: {change['cause']}"]
    if change["event"] == "raised":
        lines += [f"owner: {change['owner']}", f"run: {change['command']}"]
        lines += [f"cell: {link}" for link in change["cells"]]
    return "\n".join(lines)


def _alert(facts: dict[str, Any]) -> Alert:
    known = {name: facts[name] for name in ("key", "kind", "cause", "owner", "command")}
    return Alert(**known, cells=tuple(facts["cells"]))


def _read(path: Path) -> _State:
    try:
        content = json.loads(read_text(path))
        return _State(content["standing"], content["waiting"])
    except (OSError, ValueError, TypeError, KeyError):
        return _State()


def _write(path: Path, state: _State) -> None:
    content = {"standing": state.open_alerts, "waiting": state.waiting}
    write_whole(path, json.dumps(content, ensure_ascii=False), PRIVATE)
