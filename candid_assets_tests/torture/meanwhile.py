"""Every kind of edit at every request of a reading: `python -m …torture.meanwhile`.

Somebody edits a workbook just before one of the requests of a reading is answered, or twice before
two of them, and Drive reports it at once or later. What is read is then the workbook as it was at
one moment, all its tabs alike, or a tab is named; never a mixture of two moments.
"""

import random
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import click

from candid_assets.sandbox.process import SandboxServer
from candid_assets.sandbox.workbook import Dated, Formatted, SampleTab, SampleWorkbook
from candid_assets.settings import Settings
from candid_assets.sources.extract import TabExtract
from candid_assets.sources.protocol import Request
from candid_assets.sources.sheets.drive import state_of
from candid_assets.sources.sheets.extract_workbook import extract_workbook
from candid_assets.sources.sheets.session import SheetsSession
from candid_assets.sources.source_errors import SourceError
from candid_assets_tests.torture.dealing import Part, Share, deal
from candid_assets_tests.torture.edits_at_once import EDITS, TAKEN_AWAY, Edit
from candid_assets_tests.torture.shop_contract import shop_contract
from candid_assets_tests.torture.small_server import POLICY, small_server

BOOK: Final = "Toko"
TABS: Final = ("Jan25", "Lain", "Siap")
MERGES: Final = {"Jan25": [(10, 13, 0, 1), (50, 52, 1, 2)]}
RIGHT: Final = ("one moment", "named")
Read = Mapping[str, TabExtract | SourceError]
Version = dict[str, tuple[object, ...]]
"""What is read of the tabs at one moment."""
Versions = list[Version]


@dataclass(frozen=True)
class Case:
    """Edits, each just before a request is answered, and whether Drive reports them at once."""

    name: str
    edits: list[Edit]
    moments: list[int]
    is_reported: bool

    def __str__(self) -> str:
        """The case in words."""
        reported = "reported" if self.is_reported else "not reported"
        return f"{self.name} before requests {self.moments}, {reported}"


@dataclass
class Watched:
    """A workbook of three tabs behind a local server, read while it is edited."""

    server: SandboxServer
    settings: Settings
    known: dict[str, TabExtract] = field(default_factory=dict)
    original: bytes = b""
    requests: int = 0
    """Requests of an undisturbed reading."""

    @property
    def file(self) -> Path:
        """The workbook's file."""
        return self.server.folder / f"{BOOK}.json"

    def prepare(self) -> None:
        """Write the workbook, read it once, edit a cell, and count the requests of a reading."""
        tabs = [
            SampleTab(number, title, rows_of(title), grid_rows=99, grid_columns=6)
            for number, title in enumerate(TABS, 101)
        ]
        for tab in tabs:
            tab.merges = MERGES.get(tab.title, [])
        SampleWorkbook(BOOK, BOOK, tabs).save(self.server.folder)
        read = self.read(Request())
        self.known = {name: tab for name, tab in read.items() if isinstance(tab, TabExtract)}
        self.server.change(BOOK, "edit", tab="Jan25", cells={"B9": "lain"})
        self.original = self.file.read_bytes()
        before = len(self.server.calls())
        self.read(self.request())
        self.requests = sum(call["kind"] != "tokens" for call in self.server.calls()[before:])

    def request(self) -> Request:
        """Return what a refresh knows of the workbook."""
        return Request(
            known_sheet_ids={name: tab.sheet_id for name, tab in self.known.items()},
            known_rows={name: tab.rows for name, tab in self.known.items()},
            known_contents={name: tab.content_hash for name, tab in self.known.items()},
        )

    def read(self, request: Request) -> Read:
        """Return every tab, or why it could not be read."""
        with SheetsSession.from_settings(self.settings, policy=POLICY) as session:
            try:
                before = state_of(session, BOOK, workbook=BOOK)
                request = replace(request, before=before)
                extract = extract_workbook(session, shop_contract(BOOK, TABS), BOOK, request)
            except SourceError as error:
                return dict.fromkeys(TABS, error)
            return extract.tabs

    def versions(self, edits: list[Edit]) -> Versions | None:
        """Return the workbook before the edits and after each; None where one cannot be made."""
        self.undo()
        versions = [_version(self.read(self.request()))]
        for edit in edits:
            try:
                for change in edit:
                    self.server.change(BOOK, **change)
            except ValueError:  # of what the edit before took away
                return None
            versions.append(_version(self.read(self.request())))
        return versions

    def verdict(self, case: Case, versions: Versions) -> str:
        """Return what was read amid edits: `one moment`, `named`, or what is wrong."""
        self.undo()
        silent = {"silent": not case.is_reported, "workbook": BOOK}
        for edit, moment in zip(case.edits, case.moments, strict=True):
            for change in edit:
                self.server.fault(change | silent, skip=moment, path=BOOK)
        try:
            read = self.read(self.request())
        except Exception as error:
            return f"traceback {error!r}"
        return judged(read, versions)

    def undo(self) -> None:
        """Put the workbook back, with no edit to come."""
        self.server.control("DELETE", "/faults")
        self.file.write_bytes(self.original)


def judged(read: Read, versions: Versions) -> str:
    """Return whether all that was read is of one version; a tab that failed may be missing."""
    seen = _version(read)
    came = {name: seen[name] for name, tab in read.items() if isinstance(tab, TabExtract)}
    if seen in versions:
        return "one moment"
    if any(came.items() <= version.items() for version in versions):
        return "named"
    for name, content in came.items():
        if all(version[name] != content for version in versions):
            return f"{name} is of no moment"
    return "tabs of different moments"


def _version(read: Read) -> Version:
    return {
        name: ("failed", tab.code)
        if isinstance(tab, SourceError)
        else (tab.sheet_id, tab.content_hash, tab.locale)
        for name, tab in read.items()
    }


def rows_of(title: str) -> list[list[Any]]:
    """Return a header and rows of texts, numbers, dates and formatted numbers."""
    rows: list[list[Any]] = [["No", "Nama", "Jumlah", "Tgl", "Kode"]]
    for n in range(80 if title == "Jan25" else 5):
        date = Dated(45000 + n, "dd/mm/yyyy")
        rows.append([f"{title}{n}", f"barang {n}", n * 1000, date, Formatted(n % 3, "00000")])
    for first, last, left, _ in MERGES.get(title, []):
        for row in rows[first + 1 : last]:
            row[left] = None
    return rows


def cases(requests: int, seed: int, pairs: int) -> Iterator[Case]:
    """Yield each edit before each request, reported and not, and random pairs of edits."""
    for name, edit in EDITS.items():
        for moment in range(requests):
            for is_reported in (True, False):
                yield Case(name, [edit], [moment], is_reported)
    rng = random.Random(seed)  # noqa: S311 - the same each time
    for _ in range(pairs):
        names = rng.sample([name for name in EDITS if name not in TAKEN_AWAY], 2)
        moments = sorted(rng.randrange(requests + 3) for _ in names)
        yield Case(" and ".join(names), [EDITS[n] for n in names], moments, rng.random() < 0.5)


def work(only: str, part: Part, pairs: int = 0, seed: int = 1) -> Share:
    """Try the cases of a part whose names begin so, and print those that went wrong."""
    share = Share()
    known: dict[str, Versions | None] = {}
    with tempfile.TemporaryDirectory() as root, small_server(Path(root)) as (server, settings):
        watched = Watched(server, settings)
        watched.prepare()
        share.requests = watched.requests
        for number, case in enumerate(cases(watched.requests, seed, pairs), 1):
            if not case.name.startswith(only) or not part.holds(number):
                continue
            if case.name not in known:
                known[case.name] = watched.versions(case.edits)
            versions = known[case.name]
            if versions is not None and not share.note(
                case.name, word := watched.verdict(case, versions), RIGHT
            ):
                click.echo(f"{case}: {word}")
    return share


@click.command()
@click.option("--only", default="", help="Edits whose names begin so.")
@click.option("--part", default="1/1", show_default=True, help="Every n-th case from the k-th.")
@click.option("--workers", default=1, show_default=True, help="Processes that work at once.")
@click.option("--pairs", default=0, show_default=True, help="Pairs of edits beside single ones.")
@click.option("--seed", default=1, show_default=True, help="Which pairs.")
def main(only: str, part: str, workers: int, pairs: int, seed: int) -> None:
    """Edit at every request; exit with 1 if a mixture of two moments was read."""
    whole = deal(partial(work, pairs=pairs, seed=seed), only, part, workers)
    click.echo(
        f"{len(EDITS)} kinds of edits, {whole.requests} requests, {whole.verdicts.total()}"
        f" readings: {whole.verdicts['one moment']} of one moment,"
        f" {whole.verdicts['named']} with a tab named, {whole.wrong} wrong"
    )
    sys.exit(1 if whole.wrong else 0)


if __name__ == "__main__":
    main()
