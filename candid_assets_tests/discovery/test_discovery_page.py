"""What a person sees of a discovery: first rows as read, what is left out, questions in order."""

import dataclasses
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from candid_assets.contracts.load import load_catalog
from candid_assets.contracts.odcs_export import odcs_documents
from candid_assets.contracts.tab_file import read_tab
from candid_assets.contracts.yaml_edits import YamlFile
from candid_assets.discovery.answer_lines import answer_line, whole_answers
from candid_assets.discovery.discover import Discovery
from candid_assets.discovery.discovery_facts import discovery_facts
from candid_assets.discovery.discovery_page import write_discovery_page
from candid_assets.discovery.discovery_report import show
from candid_assets.discovery.workbook_questions import workbook_questions
from candid_assets.discovery.write_contracts import Head, write
from candid_assets.output_streams import ResultStream
from candid_assets.source_kinds.registry import recognise_place
from candid_assets.terminal_text import DataConsole
from candid_assets_tests.browser import keep, seen
from candid_assets_tests.contracts.test_odcs_export import lint
from candid_assets_tests.discovery.kit import proposed

EVIL = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
DAYS = [date(2025, 1, 1) + timedelta(n) for n in range(40)]


def doubtful_shop() -> dict[str, Any]:
    """Return tabs that leave a question of each kind."""
    sales = [["Laporan " + EVIL], [], ["No Nota", "Tanggal", "Barang", "Jumlah", None]]
    sales += [[f"N{n:03d}", day, EVIL, 1000 + n, "x"] for n, day in enumerate(DAYS)]
    sales[9][3] = "rusak"
    sales += [["Total Penjualan", None, None, sum(1000 + n for n in range(40)), None]]
    sales += [[], ["Catatan: belum diperiksa"], ["Dibuat oleh", EVIL]]
    typed = [
        ["Kode", "Tgl Kirim"],
        *([f"K{n}", f"0{n % 9 + 1}/0{n % 7 + 1}/2025"] for n in range(30)),
    ]
    near = [["No Transaksi", "Produk", "Qty", "Harga"]]
    near += [[f"T{n // 2}", f"P{n % 7}", n % 5, 5000] for n in range(100)]
    near += [["T3", "P6", 1, 7000]]
    month = [["Produk", "Target"], *([f"P{n}", n * 10] for n in range(9))]
    scales = [
        ["Nama", "Harga"],
        *([f"B{n}", (15 + n) * (1000 if n % 5 == 0 else 1)] for n in range(40)),
    ]
    return {
        "Penjualan": sales,
        "Kirim": typed,
        "Transaksi": near,
        "Target Q1": month,
        "Target Q2": month,
        "Harga": scales,
        EVIL: [["just a note"]],
    }


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Discovery, dict[str, Any]]:
    scratch = tmp_path_factory.mktemp("discovery")
    proposal = proposed(scratch / "rehearsal", doubtful_shop())
    proposal = dataclasses.replace(proposal, title=f"Toko {EVIL}")
    folder = scratch / "workbooks" / "toko"
    place = recognise_place("sheet-id", None)
    proposal.questions += workbook_questions(proposal, (), owned=False)
    head = Head("staging", place.server, place.other, "unknown", "hub")
    written = write(proposal, folder, head, scratch / "trial", force=False)
    assert not written.problems
    discovery = Discovery("staging", "toko", "sheet-id", folder, proposal, {}, written)
    return discovery, discovery_facts(discovery) | {"page": str(scratch / "page.html")}


def test_the_worst_question_is_the_first_and_says_where(reviewed: Any) -> None:
    _, facts = reviewed
    asked = [(q["damage"], q["table"]) for q in facts["questions"]]
    assert asked[0][0] == "wrong_sums"
    assert [d for d, _ in asked] == sorted(
        (d for d, _ in asked),
        key=["wrong_sums", "lost_rows", "misread_values", "cosmetic"].index,
    )
    assert {
        ("wrong_sums", "penjualan"),
        ("wrong_sums", "transaksi"),
        ("wrong_sums", "target"),
        ("wrong_sums", "harga"),
        ("lost_rows", "penjualan"),
        ("misread_values", "kirim"),
        ("cosmetic", "penjualan"),
        ("cosmetic", None),
    } <= set(asked)
    copy = next(q for q in facts["questions"] if q["table"] == "target")
    assert copy["question"] == "Is 'Target Q2' a copy of 'Target Q1'? They hold the same cells."
    assert copy["answers"][0]["yaml"] == '- {property: retiredTabs, value: ["Target Q2"]}'
    lines = (reviewed[0].folder / "target.yaml").read_text().splitlines()
    assert lines[copy["answers"][0]["line"] - 1].startswith("customProperties:") or (
        "titlePattern" in lines[copy["answers"][0]["line"] - 1]
    )


def test_every_answer_makes_a_contract_that_is_valid(reviewed: Any, tmp_path: Path) -> None:
    discovery, _ = reviewed
    for table in discovery.proposal.tables:
        original = discovery.written.contracts[f"{table.name}.yaml"]
        for question in table.questions:
            answers = whole_answers(question, original)
            for when in {answer.when for answer in answers}:
                file = YamlFile(original.path, original.content)
                for answer in answers:
                    if answer.when == when:
                        file = YamlFile(file.path, answer_line(answer, file).edited)
                path = tmp_path / original.path.name
                path.write_text(file.content, encoding="utf-8")
                tab, document = read_tab(path, "toko", "team:unknown")
                assert tab, (question, document.problems)
                assert file.content != original.content


def test_rows_are_shown_as_they_stand_in_the_sheet_and_marked(reviewed: Any) -> None:
    _, facts = reviewed
    (tab,) = next(t for t in facts["tables"] if t["table"] == "penjualan")["tabs"]
    assert tab["letters"] == ["A", "B", "C", "D", "E"]
    assert (tab["header_rows"], tab["data_rows"]) == ([3], 40)
    kinds = {row["row"]: row["kind"] for row in tab["first_rows"]}
    assert (kinds[1], kinds[3], kinds[4]) == ("above_header", "header", "data")
    assert kinds[10] == "quarantine"
    assert kinds[44] in {"total_row", "summary_row"}
    left = {item["rule"]: item["rows"] for item in tab["left_out"]}
    assert left["above_header"] == "1–2"
    assert left["below_table"] == "46–47"


@pytest.mark.parametrize(("size", "scheme"), [("desktop", "light"), ("phone", "dark")])
def test_the_page_fits_the_screen_and_runs_nothing(
    reviewed: Any,
    browser: Browser,
    size: str,
    scheme: str,
) -> None:
    _, facts = reviewed
    page = Path(facts["page"])
    write_discovery_page(facts, ["candid contracts validate"], page)
    with seen(browser, page, size, scheme) as screen:
        assert screen.overflow <= 0
        assert screen.requests == [page.as_uri()]
        assert screen.complaints == []
        assert screen.page.title() != "owned"
        first = screen.page.locator(".questions > li").first
        assert "sums would be wrong" in first.inner_text()
        assert screen.page.locator("#table-penjualan tr.header").first.inner_text().startswith("3")
        keep(screen, f"discovery-{size}-{scheme}", whole=True)


def test_the_terminal_shows_rows_questions_and_the_line_to_type(reviewed: Any) -> None:
    _, facts = reviewed
    console = DataConsole(ResultStream(sys.stdout))
    with console.capture() as captured:
        show(console, facts | {"tables": facts["tables"][:5]}, ["candid contracts validate"])
    text = captured.get()
    assert "penjualan  Penjualan, as read" in text
    assert "46–47), below the end of the table [below_table]" in text
    assert "Is 'Target Q2' a copy of 'Target Q1'?" in text
    assert '- {property: retiredTabs, value: ["Target Q2"]}' in text
    assert f"the page of all this: {facts['page']}" in text


def test_what_is_written_is_accepted_by_datacontract_lint(reviewed: Any) -> None:
    catalog = load_catalog(reviewed[0].folder.parents[1])
    assert catalog.problems == ()
    (document,) = odcs_documents(catalog).values()
    assert lint(document) == "passed"
