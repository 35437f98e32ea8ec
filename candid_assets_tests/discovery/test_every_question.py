"""Every kind of question comes with a line that answers it, and each answer is a valid contract."""

import ast
import dataclasses
import importlib
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from candid_assets.contracts.load import load_catalog
from candid_assets.contracts.yaml_edits import ByHandError, YamlFile
from candid_assets.discovery import __path__ as discovery_folders
from candid_assets.discovery.answer_lines import answer_line, asked_questions, whole_answers
from candid_assets.discovery.proposal import Proposal
from candid_assets.discovery.propose import propose
from candid_assets.discovery.questions import ContractAnswer, ContractQuestion
from candid_assets.discovery.workbook_questions import workbook_questions
from candid_assets.discovery.write_contracts import Head, Written, write
from candid_assets.source_kinds.registry import recognise_place
from candid_assets.sources.source_metadata import DeclaredConstraints
from candid_assets_tests.discovery.kit import workbook

FOLDER = Path(next(iter(discovery_folders)))
DAYS = [date(2025, 1, 1) + timedelta(n) for n in range(40)]
Rows = list[list[Any]]


def asking(path: Path) -> Iterator[str]:
    """Yield the module and function of each place in a file that makes a question."""
    for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(function, ast.FunctionDef) and any(
            isinstance(node, ast.Call) and ast.unparse(node.func) == "ContractQuestion"
            for node in ast.walk(function)
        ):
            yield f"{path.stem}.{function.name}"


KINDS = sorted(kind for path in FOLDER.glob("*.py") for kind in asking(path))


def coded(header: str, cells: list[Any]) -> Rows:
    return [["Kode", header], *([f"K{n:03d}", cell] for n, cell in enumerate(cells))]


def sales(*below: list[Any], above: Rows | None = None) -> Rows:
    head = [*(above or []), ["No Nota", "Tanggal", "Barang", "Nilai"]]
    rows = [[f"N{n:03d}", day, f"Roti {n % 7}", 1000 + n] for n, day in enumerate(DAYS)]
    return [*head, *rows, *below]


def shifts(first: int, fourth: str = "Keluar", more: tuple[str, ...] = ()) -> Rows:
    head = ["Tanggal", "Shift", "Masuk", fourth, *more]
    lines = [[day, "Pagi", first + n % 3, 15 + n % 2] for n, day in enumerate(DAYS[:20])]
    return [head, *([*line, *(["lembur"] * len(more))] for line in lines)]


def keyed(rows: int, twice: int) -> Rows:
    lines = [[f"T{n // 2}", f"P{n % 7}", n % 5, 5000] for n in range(rows)]
    return [
        ["No Transaksi", "Produk", "Qty", "Harga"],
        *lines,
        *lines[:0],
        *([["T3", "P6", 1, 7000]] * twice),
    ]


def grouped() -> Rows:
    def lines(letter: str) -> Rows:
        return [[f"{letter}-{n:02d}", f"Barang {letter}{n}", "pcs", 500 * n] for n in range(1, 8)]

    return [["Kode", "Nama", "Satuan", "Harga"], ["MAKANAN"], *lines("A"), ["MINUMAN"], *lines("B")]


def with_cell(rows: Rows, row: int, place: int, cell: Any) -> Rows:
    rows[row][place] = cell
    return rows


ORDERS = [
    ["No", "Pelanggan", "Qty", "Total"],
    *([n, f"Warung {n}", n, n * 500] for n in range(1, 21)),
]
MONTHS = [
    ("Penjualan", (613_204_117, 771_380_442, 590_118_303)),
    ("HPP", (204_771_093, 310_442_871, 188_790_664)),
    ("Tahap A", (408_433_024, 460_937_571, 401_327_639)),
    ("Gaji", (71_204_553, 80_117_290, 66_840_118)),
    ("Sewa", (22_000_417, 24_100_309, 21_774_256)),
    ("Listrik", (9_113_740, 8_771_402, 9_550_183)),
    ("Promosi", (14_770_225, 31_009_118, 5_604_471)),
    ("Tahap B", (117_088_935, 143_998_119, 103_769_028)),
    ("Tahap C", (291_344_089, 316_939_452, 297_558_611)),
]
STATEMENT = [["Keterangan", "Jan", "Feb", "Mar"], *([name, *cells] for name, cells in MONTHS)]

TABS: dict[str, list[dict[str, Rows]]] = {
    "carried_down.carried_down": [
        {
            "Data": [
                ["Tanggal", "Nota", "Barang", "Qty"],
                *(
                    [None if n % 3 else DAYS[n], f"N{n:03d}", f"Barang {n}", n + 1]
                    for n in range(24)
                ),
            ]
        }
    ],
    "cell_unit_doubts.cell_units": [
        {"Data": coded("Banyak", [f"{n * 37 % 900},5 kg" for n in range(20)])}
    ],
    "chance_keys.ask_of_chance": [
        {"Data": [["Nama", "Kota"], *([f"Toko {n}", "Solo"] for n in range(9))]}
    ],
    "copied_tabs._question": [{"Kartu": shifts(7), "Kartu (1)": shifts(7)}],
    "copied_tabs.joined": [
        {"Cabang 1": shifts(6), "Cabang 2": shifts(7), "Pusat": shifts(9, more=("Catatan",))}
    ],
    "counted_day_doubts._bare": [
        {"Data": coded("Tanggal", [20250301 + n for n in range(20)])},
    ],
    "counted_day_doubts.counted_day_questions": [
        {"Data": coded("Tanggal", [45748 + n for n in range(20)])},
        {"Data": coded("Mulai", [45748 + n for n in range(20)])},
    ],
    "date_order_doubts._text": [
        {
            "Data": coded(
                "Tgl Kirim",
                [
                    f"{n % 28 + 1:02d}/03/2025" if n % 2 else f"03/{n % 28 + 1:02d}/2025"
                    for n in range(40)
                ],
            )
        }
    ],
    "date_order_doubts._which": [
        {"Data": coded("Tgl Kirim", [f"0{n % 9 + 1}/0{n % 7 + 1}/2025" for n in range(30)])}
    ],
    "doubts._kept_out": [
        {"Data": coded("Harga", [(15 + n) * (1000 if n % 5 == 0 else 1) for n in range(40)])}
    ],
    "doubts._nameless": [
        {"Data": [[day, n * 5, n + 0.5] for n, day in enumerate(DAYS[:9], 1)]},
        {"Data": [["Kode", "Nama", None], *([f"K{n}", f"Barang {n}", n * 3] for n in range(20))]},
    ],
    "doubts._prepared": [{"Data": [*ORDERS, *([20 + n, None, None, 0] for n in range(1, 40))]}],
    "doubts._regions": [
        {"Data": sales([], ["Catatan: belum diperiksa"], ["Dibuat oleh", "Ani"])},
    ],
    "doubts._totals": [{"Data": sales(["Total", None, None, sum(1000 + n for n in range(40))])}],
    "family_doubts._near": [{"Ani": shifts(6), "Budi": shifts(7), "Citra": shifts(8, "Pulang")}],
    "family_doubts._other_names": [
        {
            **{
                f"Toko {n}": [
                    ["Kode", "Barang", "Jumlah"],
                    *([f"K{m}", f"B{m}", m * n + 5] for m in range(20)),
                ]
                for n in (1, 2, 3)
            },
            "Toko 4": [
                ["Kode", "Barang", "Qty"],
                *([f"K{m}", f"B{m}", m * 2 + 6] for m in range(20)),
            ],
        }
    ],
    "family_doubts._same_things": [{"Ani": shifts(6), "Budi": shifts(7), "Citra": shifts(8)}],
    "keys._ask": [{"Data": keyed(400, 1)}],
    "notation_doubts._question": [
        {"Data": coded("Berat", [f"{n % 9 + 1},{n % 900 + 100:03d}" for n in range(30)])}
    ],
    "quarantine_doubts.quarantined_rows": [
        {"Data": with_cell(sales(), 9, 3, "rusak")},
        {"Data": with_cell(sales(), 9, 1, "PEND")},
        {"Data": with_cell(sales(), 9, 2, "#REF!")},
        {"Data": with_cell(sales(), 9, 0, "#N/A")},
        {"Data": coded("Barang", [*["Teh", "Kopi", "Susu", "Roti"] * 12, *["ERROR"] * 4])},
        {"Data": coded("No HP", [*(f"0812{n:07d}" for n in range(40)), "tidak ada nomor"])},
    ],
    "scale_notes._question": [{"Data": sales(above=[["Dalam jutaan Rupiah"], []])}],
    "sum_doubts.computed_lines": [{"Data": STATEMENT}],
    "sum_doubts.other_totals": [
        {"Data": sales(["Total", None, None, sum(1000 + n for n in range(40)) - 700])}
    ],
    "sum_doubts.section_headings": [{"Data": grouped()}],
    "totals_above._question": [
        {"Data": sales(above=[["Total", sum(1000 + n for n in range(40)) - 700], []])}
    ],
    "workbook_questions.workbook_questions": [
        {"Data": sales(), "Catatan": [["Hubungi Pak Budi soal pengiriman."]]}
    ],
    "source_declarations._ask_for_key": [{"Data": coded("Nilai", [n * 3 for n in range(20)])}],
    "source_declarations._ask_for_no_numbers": [
        {"Data": coded("Nilai", [*(n + 0.5 for n in range(20)), "NaN"])}
    ],
}
CASES = [(kind, number) for kind in KINDS for number in range(len(TABS.get(kind, [{}])))]


@pytest.fixture
def kinds(monkeypatch: pytest.MonkeyPatch) -> dict[int, tuple[str, ContractQuestion]]:
    """Return each question that is made from now on, with the function that made it."""
    made: dict[int, tuple[str, ContractQuestion]] = {}

    def noted(*given: Any, **named: Any) -> ContractQuestion:
        question = ContractQuestion(*given, **named)
        code = sys._getframe(1).f_code
        made[id(question)] = (f"{Path(code.co_filename).stem}.{code.co_name}", question)
        return question

    for path in FOLDER.glob("*.py"):
        module = importlib.import_module(f"candid_assets.discovery.{path.stem}")
        if path.stem not in {"questions", "answer_lines"} and hasattr(module, "ContractQuestion"):
            monkeypatch.setattr(module, "ContractQuestion", noted)
    return made


def reviewed(kind: str, tabs: dict[str, Rows], scratch: Path) -> tuple[Proposal, Written]:
    """Return what is proposed for tabs, and what is written of it."""
    locale = "" if kind.startswith("notation") else "in_ID"
    book = workbook(tabs, locale)
    if kind.startswith("source_declarations"):
        said = DeclaredConstraints("the database", (), frozenset(), {}, {"Nilai": "DOUBLE"})
        book = dataclasses.replace(
            book, tabs=tuple(dataclasses.replace(tab, declared=said) for tab in book.tabs)
        )
    proposal = propose(book, "toko", scratch / "rehearsal")
    proposal.questions += workbook_questions(proposal, (), owned=False)
    place = recognise_place("sheet-id", None)
    head = Head("staging", place.server, place.other, "unknown", "hub")
    written = write(proposal, scratch / "workbooks/toko", head, scratch / "trial", force=False)
    assert not written.problems
    return proposal, written


@pytest.mark.parametrize(("kind", "number"), CASES)
def test_each_kind_of_question_has_answers_that_are_valid(
    kind: str, number: int, tmp_path: Path, kinds: dict[int, tuple[str, ContractQuestion]]
) -> None:
    proposal, written = reviewed(kind, TABS[kind][number], tmp_path)
    questions = {"": proposal.questions} | {t.name: t.questions for t in proposal.tables}
    met = False
    for asked in asked_questions(questions, written.contracts):
        by, _ = kinds.get(id(asked.question), ("", None))
        met |= by == kind
        assert asked.lines, asked.question
        whens = [when for when, _ in groupby(line.when for line in asked.lines)]
        assert len(whens) == len(set(whens)), "lines of one answer belong together"
        name = "contract.yaml" if asked.question.answers[0].in_head else f"{asked.table}.yaml"
        original = written.contracts[name]
        for when in {line.when for line in asked.lines}:
            answers = [a for a in whole_answers(asked.question, original) if a.when == when]
            _apply(original, answers)
            problems = [
                problem
                for problem in load_catalog(tmp_path).problems
                if "remove" not in when or problem.path == original.path
            ]
            assert not problems, (asked.question, when, problems)
        original.path.write_text(original.content, encoding="utf-8")
    assert met


def _apply(original: YamlFile, answers: list[ContractAnswer]) -> None:
    content = original.content
    for answer in answers:
        try:
            content = answer_line(answer, YamlFile(original.path, content)).edited
        except ByHandError:
            continue
    assert content != original.content
    original.path.write_text(content, encoding="utf-8")


def test_every_kind_is_tried() -> None:
    assert set(TABS) == set(KINDS)
