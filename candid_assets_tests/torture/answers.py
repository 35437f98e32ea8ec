"""Every kind of faulty answer at every request of a refresh: `python -m …torture.answers`.

Two small workbooks are edited and read. A fault meets one request once, or every time, or the
requests for the same cells in both renders. What is read is then what the sheet holds, or a failure
with a name; never anything else, and never for a workbook that the fault does not meet.
"""

import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import click

from candid_assets.sandbox.process import SandboxServer
from candid_assets.sandbox.workbook import Dated, SampleTab, SampleWorkbook
from candid_assets.settings import Settings
from candid_assets.sources.cell_kinds import filled_rows
from candid_assets.sources.extract import TabExtract
from candid_assets.sources.protocol import Request
from candid_assets.sources.sheets.drive import file_states
from candid_assets.sources.sheets.extract_workbook import extract_workbook
from candid_assets.sources.sheets.session import SheetsSession
from candid_assets.sources.source_errors import WHOLE_ACCOUNT, SourceError
from candid_assets_tests.torture import answer_faults
from candid_assets_tests.torture.answer_faults import FAULTS
from candid_assets_tests.torture.dealing import Part, Share, deal
from candid_assets_tests.torture.shop_contract import shop_contract
from candid_assets_tests.torture.small_server import POLICY, small_server

BOOKS: Final = {"Toko": ("Jan25", "Lain"), "Gudang": ("Jan25", "Lain")}
RIGHT: Final = ("same", "named", "late")
Place = tuple[str, str]
Outcome = dict[Place, TabExtract | SourceError]


@dataclass(frozen=True, slots=True)
class Call:
    """One request of an undisturbed reading: its place in the order, and what tells it apart."""

    number: int
    kind: answer_faults.Request
    path: str
    query: str

    def faults(self, do: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield how often a fault is to meet this request, and the fault as the server takes it."""
        yield "once", {"do": do, "skip": self.number, "count": 1}
        same = {"path": self.path, "query": self.query} if self.kind != "token" else {}
        yield "always", {"do": do, "api": "tokens" if not same else None, **same, "count": None}
        if self.kind == "values" and "SERIAL" in self.query:
            both = {"path": self.path, "query": self.query.split("&dateTimeRender")[0]}
            yield "once in both renders", {"do": do, **both, "count": 2}
            yield "always in both renders", {"do": do, **both, "count": None}


@dataclass
class Ground:
    """Two workbooks of one template behind a local server, read without a warehouse."""

    server: SandboxServer
    settings: Settings
    known: Outcome = field(default_factory=dict)
    """What was read before the edit."""
    expected: Outcome = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)

    def prepare(self) -> None:
        """Write the workbooks, read them, edit them, and read them undisturbed."""
        for title, tabs in BOOKS.items():
            made = [
                SampleTab(
                    n, tab, rows := _rows(title, tab), grid_rows=len(rows) + 9, grid_columns=6
                )
                for n, tab in enumerate(tabs, 101)
            ]
            SampleWorkbook(title, title, made).save(self.server.folder)
        self.known = self.read()
        for title in BOOKS:
            cells = {"B3": "baru", "C6": 777}
            self.server.change(title, "edit", tab="Jan25", cells=cells)
        self.server.control("DELETE", "/faults")
        before = len(self.server.calls())
        self.expected = self.read()
        asked = self.server.calls()[before:]
        self.calls = [
            Call(number, _kind(call), call["path"], call["query"])
            for number, call in enumerate(asked)
        ]

    def read(self) -> Outcome:
        """Return every tab, or why it could not be read."""
        outcome: Outcome = {}
        with SheetsSession.from_settings(self.settings, policy=POLICY) as session:
            states = file_states(session, list(BOOKS))
            for title in BOOKS:
                state = states[title]
                try:
                    if isinstance(state, SourceError):
                        raise state
                    request = replace(self._request(title), before=state)
                    extract = extract_workbook(
                        session, shop_contract(title, BOOKS[title]), title, request
                    )
                    outcome |= {(title, tab): result for tab, result in extract.tabs.items()}
                except SourceError as error:
                    outcome |= {(title, tab): error for tab in BOOKS[title]}
        return outcome

    def verdict(self, name: str, call: Call, how: str, fault: dict[str, Any]) -> str:
        """Return what became of a fault: `same`, `named`, `late`, or what is wrong."""
        self.server.control("DELETE", "/faults")
        self.server.control("POST", "/faults", fault)
        try:
            outcome = self.read()
        except Exception as error:
            return f"traceback {error!r}"
        words = set()
        for place, result in outcome.items():
            words.add(self._of_tab(name, call, how, place, result))
        wrong = sorted(words - {"same", "named", "late"})
        return next((w for w in (*wrong, "named", "late") if w in words), "same")

    def _of_tab(
        self, name: str, call: Call, how: str, place: Place, result: TabExtract | SourceError
    ) -> str:
        expected = self.expected[place]
        assert isinstance(expected, TabExtract)
        met = call.kind == "token" or f"/{place[0]}" in call.path
        if isinstance(result, SourceError):
            is_shared = result.code in WHOLE_ACCOUNT
            if not met and not is_shared:
                return f"spread to {place}: {result}"
            return "named" if result.message and result.fix else f"without words: {result.code}"
        if result.content_hash == expected.content_hash:
            return "same"
        old = self.known[place]
        is_late = name in answer_faults.LATE and isinstance(old, TabExtract)
        if is_late and isinstance(old, TabExtract) and result.content_hash == old.content_hash:
            return "late"
        if "both" in how and (how, name) in answer_faults.UNSEEN:
            return "late"
        return f"other data in {place}"

    def _request(self, title: str) -> Request:
        known = {
            place[1]: result
            for place, result in self.known.items()
            if place[0] == title and isinstance(result, TabExtract)
        }
        filled = {tab: filled_rows(e.table.column("_kinds")) for tab, e in known.items()}
        return Request(
            known_sheet_ids={tab: extract.sheet_id for tab, extract in known.items()},
            known_rows={tab: extract.rows for tab, extract in known.items()},
            known_contents={tab: extract.content_hash for tab, extract in known.items()},
            known_filled=filled.get,
        )


def _rows(title: str, tab: str) -> list[list[Any]]:
    count = 80 if (title, tab) == ("Toko", "Jan25") else 5
    rows: list[list[Any]] = [["No", f"Nama {title}", "Jumlah", "Tgl"]]
    for n in range(count):
        rows.append([f"{title}{n}", f"barang {n}", n * 1000, Dated(45000 + n, "dd/mm/yyyy")])
    rows[40:41] = [[]] if count > 40 else []
    return rows


def _kind(call: Mapping[str, Any]) -> answer_faults.Request:
    if call["kind"] == "tokens":
        return "token"
    if call["kind"] == "drive_reads":
        return "drive"
    if "/values" not in call["path"]:
        return "metadata"
    return "shown" if "FORMATTED_VALUE" in call["query"].replace("UNF", "") else "values"


def cases(ground: Ground) -> Iterator[tuple[str, Call, str, dict[str, Any]]]:
    """Yield every kind of fault at every request that it can meet, once and always."""
    for name, kind in FAULTS.items():
        for call in ground.calls:
            if call.kind in kind.requests:
                for how, fault in call.faults(kind.do):
                    yield name, call, how, fault


def work(only: str, part: Part) -> Share:
    """Try the cases of a part whose names begin so, and print those that went wrong."""
    share = Share()
    with tempfile.TemporaryDirectory() as root, small_server(Path(root)) as (server, settings):
        ground = Ground(server, settings)
        ground.prepare()
        share.requests = len(ground.calls)
        for number, (name, call, how, fault) in enumerate(cases(ground), 1):
            if not name.startswith(only) or not part.holds(number):
                continue
            word = ground.verdict(name, call, how, fault)
            if not share.note(name, word, RIGHT):
                click.echo(f"{name} | {how} | {call.kind} {call.path}: {word}")
    return share


@click.command()
@click.option("--only", default="", help="Kinds whose names begin so.")
@click.option("--part", default="1/1", show_default=True, help="Every n-th case from the k-th.")
@click.option("--workers", default=1, show_default=True, help="Processes that work at once.")
def main(only: str, part: str, workers: int) -> None:
    """Try every kind at every request; exit with 1 if anything else than the sheet was read."""
    whole = deal(work, only, part, workers)
    click.echo(
        f"{len(whole.kinds)} kinds, {whole.requests} requests, {whole.verdicts.total()} readings:"
        f" {whole.verdicts['same']} the same data, {whole.verdicts['named']} named failures,"
        f" {whole.verdicts['late']} late, {whole.wrong} wrong"
    )
    sys.exit(1 if whole.wrong else 0)


if __name__ == "__main__":
    main()
