"""Headers of several rows, and columns whose header is blank or stands twice."""

from dataclasses import replace

from candid_assets.cleaning.header_search import HeaderProblem, find_header
from candid_assets.contracts.custom_properties import TabOptions
from candid_assets.contracts.header_map import HeaderMap
from candid_assets.contracts.header_text import header_texts, joined
from candid_assets_tests.cleaning.test_header_search import located, tab


def with_options(headers: tuple[str, ...], **options: object) -> HeaderMap:
    made = replace(tab(*headers), options=TabOptions(**options))  # type: ignore[arg-type]
    result = find_header(made, ROWS)
    assert isinstance(result, HeaderMap), str(result)
    return result


ROWS = [
    ["Laporan", None, None, None, None],
    ["No", "Penjualan", None, None, "Ket"],
    [None, "Jan", "Feb", None, None],
    ["1", "2", "3", "4", "x"],
]


def test_a_merged_text_spreads_over_the_headers_below_it_and_no_further() -> None:
    assert joined(ROWS[1:3]) == ["No", "Penjualan Jan", "Penjualan Feb", None, "Ket"]


def test_a_header_of_two_rows_is_found_by_its_joined_texts() -> None:
    header = with_options(("No", "Penjualan Jan", "Penjualan Feb", "Ket"), header_rows=2)
    assert (header.header_row, header.last_row) == (2, 3)
    assert list(header.positions.values()) == [1, 2, 3, 5]


def test_blank_and_repeated_headers_have_names_of_their_own() -> None:
    names = header_texts(["Qty", None, "qty", "Qty (2)", "Qty"])
    assert names == ["Qty", "(column B)", "qty (3)", "Qty (2)", "Qty (4)"]


def test_a_contract_takes_both_of_two_equal_headers() -> None:
    header = located(tab("Qty", "Qty (2)", "(column B)"), [["Qty", None, "Qty"]])
    assert header.positions == {"c1": 1, "c2": 3, "c3": 2}


def test_ignoring_one_of_two_equal_headers_accepts_the_other() -> None:
    made = replace(tab("Qty"), options=TabOptions(ignored_headers=("Qty (2)",)))
    header = find_header(made, [["Qty", None, "Qty"]])
    assert isinstance(header, HeaderMap)
    assert (header.positions, header.ignored, header.unclaimed) == ({"c1": 1}, (3,), ())


def test_undeclared_repeated_header_is_refused() -> None:
    assert isinstance(find_header(tab("Qty"), [["Qty", "Qty"]]), HeaderProblem)
