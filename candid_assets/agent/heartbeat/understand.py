"""Understands a task whole or not at all: one word too many leaves it to the agent."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from candid_assets.agent.task_words import Verb, task_words
from candid_assets.agent.tasks.task import Task
from candid_assets.contracts.catalog import Catalog
from candid_assets.errors import CandidError
from candid_assets.names import BUILT_LAYERS, HUB, REFRESH_ALL, SPOKES, refresh_job
from candid_assets.source_kinds.registry import KINDS

_JOB: Final = re.compile(r"\bjob\s*[:=]\s*[`'\"]?(?P<job>[A-Za-z_]\w*)", re.I)
_WORKBOOK: Final = re.compile(
    r"\b(?:workbook|as|name|named|bernama|nama)\s*[:=]?\s+[`'\"]?([a-z][a-z0-9_]*)", re.I
)


@dataclass(frozen=True, slots=True)
class Work:
    """One piece of work that a task asks for."""

    verb: Verb
    job: str = ""
    """The job of a refresh or a `job:` directive."""
    workbook: str = ""
    table: str = ""
    """Table of a tab (`workbook__tab`), for a refresh, history or a check."""
    source: str = ""
    """The first part of its source table's key."""
    name: str = ""
    """`layer.table` or `layer.table.column` of a lineage."""
    place: str = ""
    """Of a discovery: the source, as the kind of source writes it."""


class NotUnderstoodError(CandidError):
    """A task is left to the agent; the message is the reason."""


@dataclass(frozen=True, slots=True)
class _Target:
    workbook: str = ""
    table: str = ""
    name: str = ""
    source: str = ""


def understand(task: Task, catalog: Catalog) -> tuple[Work, ...]:
    """Return what a task asks for.

    Raises:
        NotUnderstoodError: Something in it is not understood, or sets a condition.
    """
    text = f"{task.title}\n{task.notes}"
    condition = re.search(rf"\b({'|'.join(task_words().conditions)})\b", text, re.IGNORECASE)
    if condition:
        raise NotUnderstoodError(f"it sets a condition ('{condition.group()}')")
    jobs = dict.fromkeys(match["job"] for match in _JOB.finditer(text))
    if jobs:
        return tuple(Work("job", job=job) for job in jobs)
    verbs, targets, rest = _read(task.title, _targets(catalog))
    if not verbs:
        known = ", ".join(task_words().verbs)
        raise NotUnderstoodError(f"it names none of {known}, nor a `job:`")
    if "discover" in verbs:
        if len(verbs) > 1:
            raise NotUnderstoodError("discover is a task of its own: give the rest another id")
        return (_discover(text),)
    if rest:
        raise NotUnderstoodError(f"these words are not understood: {', '.join(rest)}")
    return tuple(work for verb in verbs for work in _works(verb, targets, catalog))


def _read(title: str, known: Mapping[str, _Target]) -> tuple[list[Verb], list[_Target], list[str]]:
    """Sort the words of a title into verbs, targets of the catalog and the rest."""
    verb_of = {word: verb for verb, words in task_words().verbs.items() for word in words}
    kinds = KINDS.values()
    fillers = {word for words in task_words().fillers for word in words}
    fillers |= {word for kind in kinds for word in kind.words.task_words}
    longest = max(len(phrase.split()) for phrase in (*known, *verb_of))
    words = _plain(title).split()
    verbs: list[Verb] = []
    targets: list[_Target] = []
    rest: list[str] = []
    while words:
        phrases = {size: " ".join(words[:size]) for size in range(min(longest, len(words)), 0, -1)}
        size = next((n for n, phrase in phrases.items() if phrase in known or phrase in verb_of), 1)
        phrase, words = phrases[size], words[size:]
        if phrase in known:
            targets.append(known[phrase])
        elif phrase in verb_of:
            verbs.append(verb_of[phrase])
        elif phrase not in fillers:
            rest.append(phrase)
    return list(dict.fromkeys(verbs)), targets, rest


def _targets(catalog: Catalog) -> dict[str, _Target]:
    """Return what a title may name, by its words: workbooks, tabs, tables and their columns."""
    targets: dict[str, _Target] = {}
    for workbook in catalog.workbooks:
        for name in (workbook.name, workbook.title):
            targets[_plain(name)] = _Target(workbook.name)
        for tab in workbook.tabs:
            names = [f"{layer}.{tab.table}" for layer in (tab.source, *BUILT_LAYERS)]
            names += [f"clean.{tab.table}.{column.name}" for column in tab.columns]
            for name in names:
                targets[_plain(name)] = _Target(workbook.name, tab.table, name, tab.source)
            here = _Target(workbook.name, tab.table, f"clean.{tab.table}", tab.source)
            for name in (tab.table, f"{workbook.title} {tab.title}"):
                targets.setdefault(_plain(name), here)
    targets = _short_names(catalog) | targets
    for model in catalog.models:
        for name in (model.name, *(f"{model.name}.{column.name}" for column in model.columns)):
            targets[_plain(f"ready.{name}")] = _Target(name=f"ready.{name}")
            targets.setdefault(_plain(name), _Target(name=f"ready.{name}"))
    return targets


def _short_names(catalog: Catalog) -> dict[str, _Target]:
    """Return the first words of workbooks that name one workbook and no spoke, such as `skd`."""
    first = Counter(workbook.name.partition("_")[0] for workbook in catalog.workbooks)
    return {
        word: _Target(workbook.name)
        for workbook in catalog.workbooks
        if first[word := workbook.name.partition("_")[0]] == 1 and word not in (HUB, *SPOKES)
    }


def _works(verb: Verb, targets: list[_Target], catalog: Catalog) -> Iterator[Work]:
    books = dict.fromkeys(target.workbook for target in targets if target.workbook)
    if verb == "refresh":
        yield from _refreshes(targets)
    elif verb == "history":
        whole = {target.workbook for target in targets if not target.table}
        tabs = [target.table for target in targets if target.table]
        tabs = tabs or [tab.table for tab in catalog.tabs if tab.workbook in whole]
        if not tabs:
            raise NotUnderstoodError("history of which tab? name it as workbook__tab")
        yield from (Work("history", table=table) for table in dict.fromkeys(tabs))
    elif verb == "lineage":
        names = dict.fromkeys(target.name for target in targets if target.name)
        if not names:
            raise NotUnderstoodError("lineage of what? name a table or column as layer.table")
        yield from (Work("lineage", name=name) for name in names)
    else:
        yield from [Work(verb, workbook=book) for book in books] or [Work(verb)]


def _refreshes(targets: list[_Target]) -> Iterator[Work]:
    if not targets:
        yield Work("refresh", job=REFRESH_ALL)
    for target in dict.fromkeys(targets):
        if target.table:
            where = {"workbook": target.workbook, "table": target.table, "source": target.source}
            yield Work("refresh", job=REFRESH_ALL, **where)
        elif target.workbook:
            yield Work("refresh", job=refresh_job(target.workbook), workbook=target.workbook)
        else:
            yield Work("refresh", job=REFRESH_ALL, name=target.name)


def _discover(text: str) -> Work:
    patterns = (kind.address_pattern for kind in KINDS.values() if kind.address_pattern)
    places = [place for pattern in patterns if (place := pattern.search(text))]
    if not places:
        raise NotUnderstoodError("discover which source? give its address or id")
    # A part of an address may look like the bare id of something else.
    place = min(places, key=lambda match: "://" not in match[0])
    name = _WORKBOOK.search(f"{text[: place.start()]} {text[place.end() :]}")
    if name is None:
        raise NotUnderstoodError("under which name? write `workbook: snake_case_name`")
    return Work("discover", workbook=name[1].lower(), place=place[0])


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[\W_]+", " ", text.casefold()).split())
