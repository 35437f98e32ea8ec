"""Statuses and names as people write them in tasks.md."""

import re
from functools import cache
from typing import Final

from candid_assets.agent.task_words import Status, task_words

_SHORTENED: Final = 3
"""Letters that a word of a name has at least which may be written out."""
OPEN: Final[tuple[Status, ...]] = ("pending", "in_progress")


def plain_words(text: str) -> str:
    """Return lower-case words with single blanks between them, without signs around them."""
    return _spaced(re.sub(r"[^\w\s#'-]", " ", text.casefold().replace("\ufe0f", "")))


def status_of(text: str) -> Status | None:
    """Return the status that a phrase, an emoji or an emoji's shortcode stands for."""
    return _statuses().get(_spaced(text.casefold()))


def status_of_box(mark: str) -> Status | None:
    """Return the status that a checkbox shows."""
    inside = mark.strip() or " "
    known = task_words().statuses.items()
    return next((status for status, words in known if inside in words.boxes), None)


def is_indonesian(phrase: str) -> bool:
    """Whether a status is named with an Indonesian word."""
    known = (word for words in task_words().statuses.values() for word in words.indonesian)
    return not set(" ".join(known).split()).isdisjoint(_spaced(phrase.casefold()).split())


def agent_name(text: str) -> str:
    """Return an agent's name in the form in which names are compared."""
    bare = re.sub(r"[@*`~\[\]()<>\"']", "", text.casefold()).strip(" .:_")
    return re.sub(r"[\s_]+", "-", bare)


def is_name_of(written: str, agent: str) -> bool:
    """Whether a name is an agent's, in full or with its last word written out.

    `data-engineer` is `data-eng`; `data-entry` and `data` are somebody else.

    Args:
        written: A name in the form of `agent_name`.
        agent: The agent's name in that form.
    """
    short = agent.rpartition("-")[2]
    written_out = "-" in agent and len(short) >= _SHORTENED and "-" not in written[len(agent) :]
    return written == agent or (written_out and written.startswith(agent))


@cache
def _statuses() -> dict[str, Status]:
    return {
        _spaced(text): status
        for status, words in task_words().statuses.items()
        for text in (*words.english, *words.indonesian, *words.signs, *words.shortcodes)
    }


def _spaced(text: str) -> str:
    return " ".join(re.sub(r"[_\-\ufe0f]+", " ", text).split())
