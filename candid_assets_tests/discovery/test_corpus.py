"""Tables that nobody here has seen: discovered, run, and held against what a person would say."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from candid_assets.names import column_letter
from candid_assets.sandbox.files import import_folder
from candid_assets.sandbox.process import SandboxServer
from candid_assets.sandbox.workbook import SampleWorkbook
from candid_assets_tests.discovery.corpus_books import Book, write_books
from candid_assets_tests.discovery.corpus_tables import Truth
from candid_assets_tests.end_to_end.conftest import Installation

pytestmark = pytest.mark.slow

SEED, BOOKS, TABS = 20260, 3, 10
ENOUGH = 0.95
SAME = {"amount": {"integer", "number"}}


@dataclass(frozen=True)
class Corpus:
    """The workbooks, what was discovered of them, and the run."""

    books: list[Book]
    folder: Path
    installation: Installation
    proposed: dict[str, Any]
    """By workbook and title: the table that `candid discover --json` tells of."""
    code: int
    text: str

    def truths(self) -> list[tuple[str, Truth, Any]]:
        """Return each tab's workbook, truth and the table found in it, if one was."""
        return [
            (book.name, truth, self.proposed.get(f"{book.name}/{truth.title}"))
            for book in self.books
            for truth in book.truths
        ]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    root = tmp_path_factory.mktemp("corpus")
    books = write_books(root / "files", SEED, BOOKS, TABS)
    import_folder(root / "files", root / "books")
    with SandboxServer(root / "books", quota=False) as server:
        variables = {
            "CANDID_ENV": "staging",
            "CANDID_CATALOG_DIR": str(root / "catalog"),
            "CANDID_READS_PER_MINUTE": "1000",
            **server.environment,
        }
        installation = Installation(root / "data", variables)
        proposed = {}
        for book in books:
            done = installation.invoke("discover", book.name, "--workbook", book.name, "--json")
            assert done.exit_code == 0, done.stderr
            for table in json.loads(done.stdout)["tables"]:
                proposed |= {f"{book.name}/{title}": table for title in table["titles"]}
        code, _, text = installation.run()
    return Corpus(books, root / "books", installation, proposed, code, text)


def test_the_header_is_right_on_nearly_all_tables(corpus: Corpus) -> None:
    wrong = [
        (book, truth.title, truth.traits)
        for book, truth, proposal in corpus.truths()
        if not proposal
        or (proposal["header_row"], proposal["header_rows"])
        != (truth.header_row, truth.header_rows)
    ]
    assert len(wrong) <= (1 - ENOUGH) * len(corpus.truths()), wrong


def test_the_type_is_right_on_nearly_all_columns(corpus: Corpus) -> None:
    wrong, total = [], 0
    for book, truth, proposal in corpus.truths():
        types = list(proposal["columns"].values()) if proposal else []
        types += [None] * (len(truth.types) - len(types))
        total += len(truth.types)
        for (letter, meant), guessed in zip(truth.types.items(), types, strict=False):
            if guessed not in SAME.get(meant, {meant}):
                wrong.append((book, truth.title, letter, truth.kinds[letter], guessed))
    assert total > 5 * BOOKS * TABS
    assert len(wrong) <= (1 - ENOUGH) * total, wrong


def test_the_run_accepts_every_contract(corpus: Corpus) -> None:
    assert corpus.code == 0, corpus.text


def test_every_cell_is_in_clean_or_quarantine_or_a_named_region(corpus: Corpus) -> None:
    installation = corpus.installation
    undeclared = {
        (table, letter): cells
        for table, letter, cells in installation.query(
            'SELECT "table", letter, cells FROM meta.outside_cells'
        )
    }
    dropped: dict[str, set[int]] = {}
    for table, row in installation.query('SELECT "table", _row FROM meta.dropped_rows'):
        dropped.setdefault(table, set()).add(row)
    lost = []
    for book in corpus.books:
        for tab in SampleWorkbook.load(corpus.folder / f"{book.name}.json").tabs:
            proposal = corpus.proposed.get(f"{book.name}/{tab.title}")
            if not proposal:
                continue
            table = f"{book.name}__{proposal['table']}"
            clean, kept = (
                {row for (row,) in installation.query(f"SELECT _row FROM {layer}.{table}")}
                for layer in ("clean", "quarantine")
            )
            beside: Counter[str] = Counter()
            for number, row in enumerate(tab.rows, start=1):
                filled = [p for p, cell in enumerate(row, 1) if str(cell or "").strip()]
                if number in clean:
                    beside.update(column_letter(place) for place in filled)
                elif filled and number not in kept | dropped.get(table, set()):
                    lost.append((book.name, tab.title, number))
            named = {letter: n for (name, letter), n in undeclared.items() if name == table}
            assert {letter: beside.pop(letter, 0) for letter in named} == named
            if len(beside) > len(proposal["columns"]):
                lost.append((book.name, tab.title, sorted(beside)))
    assert lost == []
