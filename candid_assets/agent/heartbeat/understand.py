"""Understands a task whole or not at all: one word too many leaves it to the agent."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from candid_assets.agent.tasks.task import Task
from candid_assets.contracts.catalog import Catalog
from candid_assets.errors import CandidError
from candid_assets.names import BUILT_LAYERS, REFRESH_ALL, refresh_job
from candid_assets.source_kinds.registry import KINDS

Verb = Literal["refresh", "validate", "discover", "document", "report", "history", "lineage", "job"]

VERBS: Final[dict[str, Verb]] = {
    "refresh": "refresh",
    "reload": "refresh",
    "segarkan": "refresh",
    "muat ulang": "refresh",
    "perbarui": "refresh",
    "validate": "validate",
    "validation": "validate",
    "validasi": "validate",
    "check": "validate",
    "cek": "validate",
    "periksa": "validate",
    "discover": "discover",
    "temukan": "discover",
    "document": "document",
    "documentation": "document",
    "docs": "document",
    "dokumentasi": "document",
    "dokumentasikan": "document",
    "report": "report",
    "laporan": "report",
    "laporkan": "report",
    "history": "history",
    "riwayat": "history",
    "lineage": "lineage",
    "silsilah": "lineage",
}
FILLERS: Final = frozenset(
    {
        *("a", "an", "the", "of", "for", "and", "then", "with", "from", "in", "on", "to", "into"),
        *("its", "about", "please", "all", "everything", "every", "data", "table", "tables"),
        *("tab", "tabs", "source", "sources", "workbook", "workbooks", "contract", "contracts"),
        *("catalog", "column", "columns", "model", "models", "asset", "assets", "daily"),
        *("weekly", "monthly", "morning", "today", "now", "again", "run", "make", "create"),
        *("generate", "write", "build", "show", "get", "status", "quality", "full", "whole"),
        *("latest", "current", "id"),
        *("pipeline", "as", "named", "name", "dan", "lalu", "kemudian", "dari", "untuk", "di"),
        *("ke", "semua", "seluruh", "setiap", "tolong", "mohon", "tabel", "kolom", "kontrak"),
        *("harian", "mingguan", "bulanan", "pagi", "hari", "ini", "sekarang", "lagi", "jalankan"),
        *("buat", "tampilkan", "kualitas", "terbaru", "lengkap", "buku", "kerja", "lembar"),
        *("bernama", "nama"),
        *(word for kind in KINDS.values() for word in kind.words.task_words),
    }
)
CONDITIONS: Final = re.compile(
    r"\b(wait|waiting|after|until|unless|before|except|if|once|approv\w*|permission|blocked|hold|"
    r"not|don't|dont|never|instead|jangan|tunggu|menunggu|setelah|sesudah|sebelum|kecuali|jika|"
    r"bila|kalau|persetujuan|izin|tidak|bukan)\b",
    re.I,
)
_JOB: Final = re.compile(r"\bjob\s*[:=]\s*[`'\"]?(?P<job>[A-Za-z_]\w*)", re.I)
_WORKBOOK: Final = re.compile(
    r"\b(?:workbook|as|name|named|bernama|nama)\s*[:=]?\s+[`'\"]?([a-z][a-z0-9_]*)", re.I
)


@dataclass(frozen=True, slots=True)
class Work:
    """One thing to do."""

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
    condition = CONDITIONS.search(f"{task.title}\n{task.notes}")
    if condition:
        raise NotUnderstoodError(f"it sets a condition ('{condition.group()}')")
    jobs = [m["job"] for m in _JOB.finditer(f"{task.title}\n{task.notes}")]
    if jobs:
        return tuple(Work("job", job=job) for job in dict.fromkeys(jobs))
    verbs, targets, rest = _read(task.title, _targets(catalog))
    if not verbs:
        known = ", ".join(dict.fromkeys(VERBS.values()))
        raise NotUnderstoodError(f"it names none of {known}, nor a `job:`")
    if "discover" in verbs:
        return (_discover(task),) if len(verbs) == 1 else _refuse_discover()
    if rest:
        raise NotUnderstoodError(f"these words are not understood: {', '.join(rest)}")
    return tuple(w for verb in verbs for w in _works(verb, targets, catalog))


def _read(title: str, known: Mapping[str, _Target]) -> tuple[list[Verb], list[_Target], list[str]]:
    """Sort the words of a title into verbs, targets of the catalog and the rest."""
    words = _plain(title).split()
    verbs: list[Verb] = []
    targets: list[_Target] = []
    rest: list[str] = []
    longest = max((len(k.split()) for k in known), default=1)
    at = 0
    while at < len(words):
        for size in range(min(max(longest, 2), len(words) - at), 0, -1):
            phrase = " ".join(words[at : at + size])
            if phrase in known or phrase in VERBS:
                if phrase in known:
                    targets.append(known[phrase])
                elif VERBS[phrase] not in verbs:
                    verbs.append(VERBS[phrase])
                at += size
                break
        else:
            if words[at] not in FILLERS:
                rest.append(words[at])
            at += 1
    return verbs, targets, rest


def _targets(catalog: Catalog) -> dict[str, _Target]:
    """Return what a title may name, by its words: workbooks, tabs, tables and their columns."""
    found: dict[str, _Target] = {}
    for workbook in catalog.workbooks:
        for said in (workbook.name, workbook.title):
            found[_plain(said)] = _Target(workbook=workbook.name)
        for tab in workbook.tabs:
            here = _Target(workbook.name, tab.table, f"clean.{tab.table}", tab.source)
            for said in (tab.table, f"{workbook.title} {tab.title}"):
                found.setdefault(_plain(said), here)
            for layer in (tab.source, *BUILT_LAYERS):
                name = f"{layer}.{tab.table}"
                found[_plain(name)] = _Target(workbook.name, tab.table, name, tab.source)
            for column in tab.columns:
                name = f"clean.{tab.table}.{column.name}"
                found[_plain(name)] = _Target(workbook.name, tab.table, name, tab.source)
    for model in catalog.models:
        name = f"ready.{model.name}"
        found[_plain(model.name)] = found[_plain(name)] = _Target(name=name)
        for column in model.columns:
            found[_plain(f"{name}.{column.name}")] = _Target(name=f"{name}.{column.name}")
            found.setdefault(
                _plain(f"{model.name}.{column.name}"), _Target(name=f"{name}.{column.name}")
            )
    return found


def _works(verb: Verb, targets: list[_Target], catalog: Catalog) -> Iterator[Work]:
    if verb == "refresh":
        yield from _refreshes(targets)
    elif verb == "validate":
        books = dict.fromkeys(t.workbook for t in targets if t.workbook)
        yield from [Work("validate", workbook=w) for w in books] or [Work("validate")]
    elif verb in ("document", "report"):
        books = dict.fromkeys(t.workbook for t in targets if t.workbook)
        yield from [Work(verb, workbook=w) for w in books] or [Work(verb)]
    elif verb == "history":
        tabs = [t.table for t in targets if t.table]
        if not tabs:
            tabs = [tab.table for tab in catalog.tabs if tab.workbook in _books(targets)]
        if not tabs:
            raise NotUnderstoodError("history of which tab? name it as workbook__tab")
        yield from (Work("history", table=table) for table in dict.fromkeys(tabs))
    else:
        names = [t.name for t in targets if t.name]
        if not names:
            raise NotUnderstoodError("lineage of what? name a table or column as layer.table")
        yield from (Work("lineage", name=name) for name in dict.fromkeys(names))


def _refreshes(targets: list[_Target]) -> Iterator[Work]:
    if not targets:
        yield Work("refresh", job=REFRESH_ALL)
    for target in dict.fromkeys(targets):
        if target.table:
            yield Work(
                "refresh",
                job=REFRESH_ALL,
                workbook=target.workbook,
                table=target.table,
                source=target.source,
            )
        elif target.workbook:
            yield Work("refresh", job=refresh_job(target.workbook), workbook=target.workbook)
        else:
            yield Work("refresh", job=REFRESH_ALL, name=target.name)


def _books(targets: list[_Target]) -> set[str]:
    return {t.workbook for t in targets if t.workbook and not t.table}


def _discover(task: Task) -> Work:
    said = f"{task.title}\n{task.notes}"
    places = (kind.address_pattern.search(said) for kind in KINDS.values() if kind.address_pattern)
    # A part of an address may look like the bare id of something else.
    found = min(filter(None, places), key=lambda place: "://" not in place[0], default=None)
    if found is None:
        raise NotUnderstoodError("discover which source? give its address or id")
    rest = said[: found.start()] + " " + said[found.end() :]
    name = _WORKBOOK.search(rest)
    if name is None:
        raise NotUnderstoodError("under which name? write `workbook: snake_case_name`")
    return Work("discover", workbook=name[1].lower(), place=found[0])


def _refuse_discover() -> tuple[Work, ...]:
    raise NotUnderstoodError("discover is a task of its own: give the rest another id")


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[\W_]+", " ", text.casefold()).split())
