"""The words of tasks.md, as task_words.yaml has them."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

Status = Literal["pending", "in_progress", "done", "blocked", "cancelled"]
Role = Literal["status", "assignee", "id", "title", "notes"]
Verb = Literal["refresh", "validate", "discover", "document", "report", "history", "lineage", "job"]
Words = tuple[str, ...]


class StatusWords(BaseModel):
    """How a status is written; the first of each is what is written anew."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    english: Words
    indonesian: Words
    signs: Words
    shortcodes: Words
    boxes: Words


class TaskWords(BaseModel):
    """Every word that is known."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    statuses: Mapping[Status, StatusWords]
    columns: Mapping[Role, Words]
    tick_columns: Words
    not_for_work: frozenset[str]
    of_a_queue: frozenset[str]
    verbs: Mapping[Verb, Words]
    fillers: tuple[Words, ...]
    conditions: Words


@cache
def task_words() -> TaskWords:
    """Return the words, read once in a process."""
    file = Path(__file__).with_suffix(".yaml")
    return TaskWords.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
