"""A status as it is written: where it is, what it says, and how another is written there."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from candid_assets.agent.task_words import Status, task_words
from candid_assets.agent.tasks.status_words import is_indonesian, status_of, status_of_box

_WRAPPED: Final = re.compile(r"(\*\*|__|`|\*|_)(?=\S)(?P<inner>.+?)(?<=\S)\1", re.DOTALL)
_BOX: Final = re.compile(r"\[(?P<mark>[^\]]{0,2})\](?!\()")
_PARTS: Final = re.compile(
    r"(?P<sign>:[a-z_]+:|[^\w\s()\[\]:]+)?(?P<gap>\s*)(?P<phrase>[^\W\d_][\w\s'-]*?)?"
    r"(?P<space>\s*)(?P<after>:[a-z_]+:|[^\w\s()\[\]:,;.!?/|-]+)?",
    re.DOTALL,
)
_REST: Final = re.compile(r"\s*(?:\([^()]*\)|[-–:]?\s*\d{1,3}\s*%)$")
_WAITING: Final = re.compile(
    r"\b(approv\w*|wait\w*|block\w*|hold|tunggu|menunggu|persetujuan|until|sampai|review)\b", re.I
)


@dataclass(frozen=True, slots=True)
class Mark:
    """One place of a text that has a status."""

    start: int
    text: str
    status: Status | None
    shape: tuple[str, ...]
    """`("box",)`, or which of `sign`, `phrase` and `after`, a sign behind the phrase, it has."""

    @property
    def end(self) -> int:
        """The position behind its last character."""
        return self.start + len(self.text)

    @property
    def is_box(self) -> bool:
        """Whether it is what a checkbox has between its brackets."""
        return self.shape == ("box",)


def box_mark(start: int, inside: str) -> Mark:
    """Return the mark between the brackets of a checkbox."""
    return Mark(start, inside, status_of_box(inside), ("box",))


def read_mark(text: str, start: int) -> Mark:
    """Return the mark of a cell or value that begins at `start`, whatever is wrapped around it."""
    start += len(text) - len(text.lstrip())
    core = text.strip()
    rest = _REST.search(core)
    if rest and _WAITING.search(rest.group()):
        return Mark(start, core, None, ())
    core = core[: rest.start()] if rest else core
    while wrapped := _WRAPPED.fullmatch(core):
        start += wrapped.start("inner")
        core = wrapped["inner"]
    if box := _BOX.fullmatch(core):
        return box_mark(start + box.start("mark"), box["mark"])
    parts = _PARTS.fullmatch(core)
    if parts is None:
        return Mark(start, core, None, ())
    sign, phrase, after = (parts[name] or "" for name in ("sign", "phrase", "after"))
    status = status_of(phrase) if phrase else status_of(sign)
    ticked = sign and status_of(sign) == "done"
    if (ticked and status != "done") or (after and status_of(after) != status):
        status = None  # The sign says otherwise than the words.
    shape = tuple(name for name in ("sign", "phrase", "after") if parts[name])
    return Mark(start, core, status, shape)


def written_anew(mark: Mark, status: Status, peers: Sequence[Mark]) -> str:
    """Return the text of a new status, in the words, case and signs of the old and its peers."""
    for peer in peers:
        alike = peer.shape == mark.shape and (mark.is_box or _case(peer.text) == _case(mark.text))
        if alike and peer.status == status:
            return peer.text
    if mark.is_box:
        return task_words().statuses[status].boxes[0]
    parts = _PARTS.fullmatch(mark.text)
    if parts is None or not mark.shape:
        return task_words().statuses[status].english[0]
    phrase = _phrase(parts["phrase"], status, peers) if parts["phrase"] else ""
    signs = {name: _sign(parts[name], status) for name in ("sign", "after")}
    return signs["sign"] + parts["gap"] + phrase + parts["space"] + signs["after"]


def _case(text: str) -> str:
    letters = "".join(c for c in text if c.isalpha())
    if letters.isupper():
        return "upper"
    return "capital" if letters[:1].isupper() else "lower"


def _sign(old: str | None, status: Status) -> str:
    if not old:
        return ""
    words = task_words().statuses[status]
    return (words.shortcodes if old.startswith(":") else words.signs)[0]


def _phrase(old: str, status: Status, peers: Sequence[Mark]) -> str:
    words = task_words().statuses[status]
    new = (words.indonesian if is_indonesian(old) else words.english)[0]
    seen = [old, *(re.sub(r":[a-z_]+:", "", p.text) for p in peers if "phrase" in p.shape)]
    joint = next((c for t in seen for c in "_-" if re.search(rf"\w{c}\w", t)), " ")
    if old.isupper():
        new = new.upper()
    elif old[:1].isupper():
        capitals = all(w[:1].isupper() for w in re.split(r"[\s_-]+", old))
        new = new.title() if capitals else new.capitalize()
    return new.replace(" ", joint)
