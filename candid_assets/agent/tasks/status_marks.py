"""A status as it is written: where it stands, what it says, and how it is written anew."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from candid_assets.agent.tasks.status_words import (
    BOXES,
    ENGLISH,
    INDONESIAN,
    INDONESIAN_WORDS,
    SHORTCODES,
    SIGNS,
    Status,
    status_of_box,
    status_of_phrase,
    status_of_sign,
)

Shape = Literal["box", "sign", "phrase", "both", "after", "unknown"]

_WRAPPED: Final = re.compile(r"(\*\*|__|`|\*|_)(?=\S)(?P<inner>.+?)(?<=\S)\1", re.DOTALL)
_BOX: Final = re.compile(r"\[(?P<mark>[^\]]{0,2})\](?!\()")
_WORDED: Final = re.compile(
    r"(?P<sign>:[a-z_]+:|[^\w\s()\[\]:]+)?(?P<gap>\s*)(?P<phrase>[^\W\d_][\w\s'-]*?)?",
    re.DOTALL,
)
_SIGN_AFTER: Final = re.compile(
    r"(?P<phrase>[^\W\d_][\w\s'-]*?)(?P<gap>\s*)(?P<sign>:[a-z_]+:|[^\w\s()\[\]:,;.!?/|-]+)",
    re.DOTALL,
)
_REST: Final = re.compile(r"\s*(?:\([^()]*\)|[-–:]?\s*\d{1,3}\s*%)$")
_WAITING: Final = re.compile(
    r"\b(approv\w*|wait\w*|block\w*|hold|tunggu|menunggu|persetujuan|until|sampai|review)\b", re.I
)
_NEW_BOX: Final[dict[Status, str]] = {
    "pending": " ",
    "in_progress": "~",
    "done": "x",
    "blocked": "!",
    "cancelled": "-",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """One place of a text that tells a status."""

    start: int
    text: str
    status: Status | None
    shape: Shape

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + len(self.text)


def box_mark(start: int, inside: str) -> Mark:
    """Return the mark between the brackets of a checkbox."""
    return Mark(start, inside, status_of_box(inside), "box")


def read_mark(text: str, start: int) -> Mark:
    """Return the mark of a cell or value that begins at `start`, whatever is wrapped around it."""
    start += len(text) - len(text.lstrip())
    core = text.strip()
    rest = _REST.search(core)
    if rest and _WAITING.search(rest.group()):
        return Mark(start, core, None, "unknown")
    core = core[: rest.start()] if rest else core
    while wrapped := _WRAPPED.fullmatch(core):
        start += wrapped.start("inner")
        core = wrapped["inner"]
    box = _BOX.fullmatch(core)
    if box:
        return box_mark(start + box.start("mark"), box["mark"])
    worded = _WORDED.fullmatch(core)
    after = _SIGN_AFTER.fullmatch(core)
    if after and status_of_sign(after["sign"]) == status_of_phrase(after["phrase"]):
        return Mark(start, core, status_of_phrase(after["phrase"]), "after")
    if worded is None or not core:
        return Mark(start, core, None, "unknown")
    sign, phrase = worded["sign"] or "", (worded["phrase"] or "").rstrip()
    if not phrase:
        return Mark(start, sign, status_of_sign(sign), "sign")
    status = status_of_phrase(phrase)
    if sign and status != "done" and status_of_sign(sign) == "done":
        status = None  # A tick before words that say otherwise.
    end = worded.start("phrase") + len(phrase)
    return Mark(start, core[:end], status, "both" if sign else "phrase")


def written_anew(mark: Mark, status: Status, peers: Sequence[Mark]) -> str:
    """Return the text of a new status, in the words, case and signs that stand there already."""
    if mark.shape == "box":
        used = [p.text for p in peers if p.shape == "box" and p.status == status]
        return used[0] if used else _NEW_BOX[status]
    for peer in peers:
        alike = peer.shape == mark.shape and _case(peer.text) == _case(mark.text)
        if alike and peer.status == status:
            return peer.text
    after = _SIGN_AFTER.fullmatch(mark.text)
    if mark.shape == "after" and after is not None:
        phrase = _phrase(after["phrase"], status, peers)
        return phrase + after["gap"] + _sign(after["sign"], status)
    worded = _WORDED.fullmatch(mark.text)
    if worded is None:
        return ENGLISH[status]
    sign = _sign(worded["sign"] or "", status)
    if mark.shape == "sign":
        return sign
    return (sign + worded["gap"] if worded["sign"] else "") + _phrase(
        worded["phrase"].rstrip(), status, peers
    )


def _case(text: str) -> str:
    letters = "".join(c for c in text if c.isalpha())
    if letters.isupper():
        return "upper"
    return "capital" if letters[:1].isupper() else "lower"


def _sign(old: str, status: Status) -> str:
    return SHORTCODES[status][0] if old.startswith(":") else SIGNS[status][0]


def _phrase(old: str, status: Status, peers: Sequence[Mark]) -> str:
    words = INDONESIAN if INDONESIAN_WORDS & set(re.split(r"[\s_-]+", old.casefold())) else ENGLISH
    new = words[status]
    seen = [old, *(p.text for p in peers if p.shape in ("phrase", "both"))]
    joint = next((c for t in seen for c in "_-" if re.search(rf"\w{c}\w", t)), " ")
    if old.isupper():
        new = new.upper()
    elif old[:1].isupper():
        capitals = all(w[:1].isupper() for w in re.split(r"[\s_-]+", old))
        new = new.title() if capitals else new.capitalize()
    return new.replace(" ", joint)


def known_box(inside: str) -> bool:
    """Whether what stands between brackets is a checkbox and not a link or a note."""
    return len(inside) <= 1 and (not inside.strip() or any(inside in m for m in BOXES.values()))
