"""A later discovery keeps all that a person decided and offers only what is new at the source."""

import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from candid_assets.contract_changes.look_again import look_again
from candid_assets.contract_changes.source_news import SecondLook
from candid_assets.contracts.workbook_file import read_workbook
from candid_assets.discovery.offered import OFFERED, Offered, read_offered
from candid_assets.discovery.propose import propose
from candid_assets.discovery.write_contracts import Head, existing_contracts, write
from candid_assets.source_kinds.registry import recognise_place
from candid_assets_tests.discovery.kit import Rows, workbook

pytestmark = pytest.mark.slow

STATES = ["Baru", "Lunas", "Batal"]


def orders(rows: int = 40, *extra: str, states: Sequence[str] = STATES) -> Rows:
    head = ["No Order", "Produk", "Status", "Jumlah", *extra]
    lines = [
        [f"N{n:03d}", f"Produk {n}", states[n % len(states)], 1000 + n, *[f"{n}x"] * len(extra)]
        for n in range(rows)
    ]
    return [head, *lines]


def by_person(*extra: str) -> Rows:
    return [
        ["Tanggal", "Shift", "Masuk", *extra],
        *([f"0{n}/01/2025", "Pagi", n] for n in range(1, 9)),
    ]


def source() -> dict[str, Any]:
    return {
        "Order": orders(),
        "Ani": by_person(),
        "Budi": by_person(),
        "Citra": by_person(),
        "Stok": [["Kode", "Stok"], *([f"B{n}", n] for n in range(12))],
        "Kosong": [],
    }


def discovered(folder: Path, scratch: Path, tabs: dict[str, Any] | None = None) -> None:
    """Write contracts for a source as `candid discover` does."""
    scratch.mkdir(parents=True)
    proposal = propose(workbook(tabs or source()), "toko", scratch / "rehearsal")
    place = recognise_place("sheet-id", None)
    head = Head("staging", place.server, place.other, "unknown", "hub")
    written = write(proposal, folder, head, scratch / "trial", force=False)
    assert written.files, written.problems
    offered = Offered()
    for table in proposal.tables:
        offered.add_table(table)
    (folder / OFFERED).write_text(offered.text, encoding="utf-8")


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("first")
    discovered(root / "workbooks" / "toko", root / "scratch")
    return root / "workbooks" / "toko"


@pytest.fixture
def folder(original: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(original, tmp_path / "workbooks" / "toko"))


def again(folder: Path, tabs: dict[str, Any], asked: Sequence[str] = ()) -> SecondLook:
    offered = read_offered(folder) or existing_contracts(folder).as_offered()
    scratch = folder.parent.parent / "again"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    return look_again(workbook(tabs), read_workbook(folder), offered, scratch, asked)


def accept(folder: Path, look: SecondLook) -> None:
    for path, text in look.texts.items():
        path.write_text(text, encoding="utf-8")
    (folder / OFFERED).write_text(look.offered.text, encoding="utf-8")


def news(look: SecondLook) -> list[tuple[str, str]]:
    return [(each.kind, each.table) for each in look.news]


def edit(path: Path, pattern: str, replacement: str) -> None:
    text = path.read_text()
    changed = re.sub(pattern, replacement, text)
    assert changed != text, pattern
    path.write_text(changed)


def test_nothing_is_new_where_nothing_changed(folder: Path) -> None:
    look = again(folder, source())
    assert (look.news, look.texts, look.diff(), look.by_hand) == ([], {}, "", [])


def test_more_rows_are_no_news(folder: Path) -> None:
    assert news(again(folder, source() | {"Order": orders(90)})) == []


@pytest.mark.parametrize("title", ["Order (1)", "Copy of Order", "Salinan dari Order"])
def test_a_copy_of_a_tab_is_left_to_a_person(folder: Path, title: str) -> None:
    tabs = source() | {title: orders(60)}
    look = again(folder, tabs)
    assert (look.news, look.texts) == ([], {})
    (what,) = look.by_hand
    assert what.startswith(f"'{title}' is called a copy of 'Order', whose rows would count twice")


def test_what_is_new_is_added_and_nothing_else_changes(folder: Path) -> None:
    tabs = source() | {
        "Order": orders(60, "Kota", states=[*STATES, "Retur"]),
        "Dewi": by_person(),
        "Pelanggan": [["Kode", "Nama"], *([f"P{n}", f"Nama {n}"] for n in range(9))],
    }
    before = {path.name: path.read_text() for path in folder.glob("*.yaml")}
    look = again(folder, tabs)
    assert sorted(news(look)) == [
        ("new_column", "order"),
        ("new_member", "tabs_like_ani"),
        ("new_table", "pelanggan"),
        ("new_value", "order"),
    ]
    accept(folder, look)
    contract = yaml.safe_load((folder / "order.yaml").read_text())
    assert contract["properties"][-1]["physicalName"] == "Kota"
    status = next(c for c in contract["properties"] if c["name"] == "status")
    assert [item["value"] for item in status["enum"]] == ["Baru", "Batal", "Lunas", "Retur"]
    for name, text in before.items():
        kept = (folder / name).read_text().splitlines()
        changed = [line for line in text.splitlines() if line not in kept]
        assert len(changed) <= 1, changed
    assert read_workbook(folder).problems == []
    assert yaml.safe_load((folder / "contract.yaml").read_text())["version"] == "0.2.0"
    assert news(again(folder, tabs)) == []


def test_the_diff_shows_each_line_that_would_be_added(folder: Path) -> None:
    diff = again(folder, source() | {"Order": orders(40, "Kota")}).diff()
    added = [line for line in diff.splitlines() if re.match(r"\+[^+]", line)]
    assert [line.strip("+ ")[:13] for line in added] == [
        "- {name: kota",
        "version: 0.2.",
    ]


@pytest.mark.parametrize(
    ("pattern", "replacement"),
    [
        (r" required: true,", ""),
        (r" enum: \[[^]]*\],", ""),
        (r"\{value: \"Batal\"\}, ", ""),
        (r"description: \"No Order[^\"]*\"", 'description: "Nomor"'),
        (r"  - \{name: jumlah,.*\n", ""),
        (r"  - \{name: status,.*\n", ""),
        (r"logicalType: integer", "logicalType: number"),
        (r"(?m)  # .*$", ""),
        (r"\Z", "# checked by Sari\n"),
        (r"name: produk,", "name: barang,"),
    ],
)
def test_what_a_person_changed_or_took_out_does_not_come_back(
    folder: Path, pattern: str, replacement: str
) -> None:
    path = folder / "order.yaml"
    edit(path, pattern, replacement)
    text = path.read_text()
    accept(folder, again(folder, source() | {"Order": orders(50, "Kota")}))
    added = [line for line in path.read_text().splitlines() if line not in text.splitlines()]
    assert [line.split(",")[0] for line in added] == ["  - {name: kota"]


def test_a_contract_that_was_taken_out_is_offered_again_only_when_asked(folder: Path) -> None:
    (folder / "stok.yaml").unlink()
    look = again(folder, source())
    assert (news(look), look.declined) == ([], ["Stok"])
    assert news(again(folder, source(), ["stok"])) == [("new_table", "stok")]


def test_a_tab_that_was_no_table_is_offered_once_it_is_one(folder: Path) -> None:
    assert [item.title for item in again(folder, source()).proposal.left_out] == ["Kosong"]
    filled = source() | {"Kosong": [["Kode", "Isi"], *([f"I{n}", n] for n in range(9))]}
    assert news(again(folder, filled)) == [("new_table", "kosong")]


def test_the_next_month_of_a_single_tab_is_a_question_and_no_other_table(tmp_path: Path) -> None:
    folder = tmp_path / "workbooks" / "toko"
    may = {"Nota Mei 2025": orders()}
    discovered(folder, tmp_path / "scratch", may)
    both = may | {"Nota Juni 2025": orders(12)}
    look = again(folder, both)
    assert (look.news, len(look.by_hand)) == ([], 1)
    assert "titlePattern" in look.by_hand[0]
    assert news(again(folder, both, ["Nota Juni 2025"])) == [("new_table", "nota_juni_2025")]


def test_a_value_in_one_row_is_a_slip_of_the_pen(folder: Path) -> None:
    tabs = source()
    tabs["Order"][5][2] = "Lunsa"
    assert news(again(folder, tabs)) == []


def test_a_damaged_contract_keeps_the_others_from_nothing(folder: Path) -> None:
    edit(folder / "stok.yaml", "logicalType: integer", "logicalType: bulat")
    look = again(folder, source() | {"Order": orders(40, "Kota")})
    assert news(look) == [("new_column", "order")]
    assert any(line.startswith("stok.yaml:") for line in look.by_hand)


def test_without_a_note_of_what_was_offered_the_contracts_say_it(folder: Path) -> None:
    (folder / OFFERED).unlink()
    assert news(again(folder, source())) == []
    edit(folder / "order.yaml", r"  - \{name: jumlah,.*\n", "")
    assert news(again(folder, source())) == [("new_column", "order")]


def test_a_tab_that_is_gone_is_said(folder: Path) -> None:
    tabs = source()
    del tabs["Stok"]
    assert "the tab 'Stok' of stok.yaml is gone" in again(folder, tabs).by_hand[0]


def _without_a_rule(text: str, random: Random) -> str:
    rules = [" required: true,", r" enum: \[[^]]*\],", r" logicalTypeOptions: \{[^}]*\},"]
    return re.sub(random.choice(rules), "", text, count=1)


def _another_description(text: str, random: Random) -> str:
    words = random.choice(["Nomor: 'x', {y}", "-", "# bukan komentar", "Harga dalam Rp"])
    said = f'description: "{words}"}}'
    return re.sub(r'description: "[^"]*"\}', said, text, count=random.randint(1, 3))


def _a_comment(text: str, random: Random) -> str:
    lines = text.splitlines(keepends=True)
    lines.insert(random.randrange(len(lines) + 1), f"# catatan {random.random()}\n")
    return "".join(lines)


def _without_a_column(text: str, random: Random) -> str:
    lines = text.splitlines(keepends=True)
    columns = [n for n, line in enumerate(lines) if line.startswith("  - {name: ")]
    if len(columns) > 2:
        del lines[random.choice(columns)]
    return "".join(lines)


def _another_type(text: str, random: Random) -> str:
    return text.replace("logicalType: integer", "logicalType: number", random.randint(1, 2))


def _another_name(text: str, random: Random) -> str:
    return re.sub(r"\{name: (\w+),", rf"{{name: \g<1>_{random.randint(2, 99)},", text, count=1)


def _an_added_rule(text: str, random: Random) -> str:
    rule = "quality:\n  - {metric: rowCount, mustBeGreaterThan: 0}\n"
    return text if "quality:" in text else text.replace("properties:\n", f"{rule}properties:\n", 1)


def _columns_in_another_order(text: str, random: Random) -> str:
    lines = text.splitlines(keepends=True)
    places = [n for n, line in enumerate(lines) if line.startswith("  - {name: ")]
    columns = [lines[n] for n in places]
    random.shuffle(columns)
    for place, column in zip(places, columns, strict=True):
        lines[place] = column
    return "".join(lines)


EDITS: list[Callable[[str, Random], str]] = [
    _without_a_rule,
    _another_description,
    _a_comment,
    _without_a_column,
    _another_type,
    _another_name,
    _an_added_rule,
    _columns_in_another_order,
]

TABLES = ["order", "stok", "tabs_like_ani"]


@given(
    st.lists(st.tuples(st.sampled_from(EDITS), st.sampled_from(TABLES)), max_size=6),
    st.booleans(),
    st.randoms(use_true_random=False),
)
@settings(max_examples=6, deadline=None)
def test_any_edit_of_a_person_is_kept(
    original: Path,
    tmp_path_factory: pytest.TempPathFactory,
    edits: list[tuple[Callable[[str, Random], str], str]],
    changed: bool,
    random: Random,
) -> None:
    root = tmp_path_factory.mktemp("edited")
    folder = Path(shutil.copytree(original, root / "workbooks" / "toko"))
    for change, name in edits:
        path = folder / f"{name}.yaml"
        path.write_text(change(path.read_text(), random))
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    look = again(folder, source())
    assert (look.news, look.texts) == ([], {})
    if changed:
        tabs = source() | {
            "Stok": [["Kode", "Stok", "Rak"], *([f"B{n}", n, "A"] for n in range(12))]
        }
        look = again(folder, tabs)
        accept(folder, look)
        lines = (folder / "stok.yaml").read_text().splitlines()
        for line in before["stok.yaml"].decode().splitlines():
            assert line in lines
        assert again(folder, tabs).news == []
        before = {
            name: text
            for name, text in before.items()
            if name in {"order.yaml", "tabs_like_ani.yaml"}
        }
    for name, text in before.items():
        assert (folder / name).read_bytes() == text
