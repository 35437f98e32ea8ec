"""The header is found by the contract's names alone, or it is said what is wrong."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candid_assets.cleaning.header_search import HeaderProblem, find_header
from candid_assets.contracts.catalog import Column, Tab
from candid_assets.contracts.custom_properties import ColumnOptions, TabOptions
from candid_assets.contracts.header_map import HeaderMap
from candid_assets.contracts.header_text import normalise


def tab(*headers: str, optional: tuple[str, ...] = (), header_row: int | None = None) -> Tab:
    """Return a tab whose columns are c1, c2, … with these headers."""
    columns = tuple(
        Column(f"c{n}", h, "string", "VARCHAR", "d", options=ColumnOptions(optional=h in optional))
        for n, h in enumerate(headers, start=1)
    )
    return Tab(
        workbook="sales_master",
        name="orders",
        title="Order Harian",
        description="d",
        columns=columns,
        owner="team:x",
        path=Path("orders.yaml"),
        fingerprint="f",
        options=TabOptions(header_row=header_row),
    )


ORDERS = tab("No Order", "Tgl", "Jumlah (Rp)")


def located(tab: Tab, rows: list[list[str | None]]) -> HeaderMap:
    result = find_header(tab, rows)
    assert isinstance(result, HeaderMap), str(result)
    return result


def problem(tab: Tab, rows: list[list[str | None]]) -> HeaderProblem:
    result = find_header(tab, rows)
    assert isinstance(result, HeaderProblem)
    return result


def test_a_header_below_a_title_is_found_with_its_columns() -> None:
    rows = [["Order 2025"], [None], ["Tgl", "No Order", "Catatan", "Jumlah (Rp)"], ["x"]]
    header = located(ORDERS, rows)
    assert header.header_row == 3
    assert header.positions == {"c1": 2, "c2": 1, "c3": 4}
    assert header.unclaimed == ("Catatan",)
    assert (header.letter("c3"), header.letter("c9")) == ("D", None)


@pytest.mark.parametrize(
    "written", ["no order", "NO\u00a0ORDER", "  No \n Order ", "No\u200b Order", "No\u202fOrder"]
)
def test_case_and_every_kind_of_space_do_not_matter(written: str) -> None:
    assert located(ORDERS, [[written, "TGL", "jumlah  (RP)"]]).positions["c1"] == 1


def test_the_first_row_that_holds_every_header_is_the_header() -> None:
    row: list[str | None] = ["No Order", "Tgl", "Jumlah (Rp)"]
    assert located(ORDERS, [["No Order", "Tgl"], row, ["x"], row]).header_row == 2


def test_an_optional_column_may_be_absent() -> None:
    wanted = tab("No Order", "Catatan", optional=("Catatan",))
    assert located(wanted, [["No Order"]]).positions == {"c1": 1}
    assert located(wanted, [["No Order", "Catatan"]]).positions == {"c1": 1, "c2": 2}


def test_the_thirtieth_row_is_searched_and_the_next_is_not() -> None:
    header: list[str | None] = ["No Order", "Tgl", "Jumlah (Rp)"]
    assert located(ORDERS, [*([["x"]] * 29), header]).header_row == 30
    assert problem(ORDERS, [*([["x"]] * 30), header]).missing == tuple(map(str, header))


def test_a_renamed_header_is_named_with_the_nearest_in_the_sheet() -> None:
    fault = problem(ORDERS, [["Order"], ["No Order", "Tgl", "Jumlah Rp", "Catatan"]])
    assert (fault.missing, fault.best_row) == (("Jumlah (Rp)",), 2)
    assert fault.message == (
        "workbook sales_master, tab 'Order Harian': row 2 lacks the header "
        "'Jumlah (Rp)' of c3 (the nearest in the sheet is 'Jumlah Rp')"
    )
    assert "rename the header back in the sheet" in fault.fix
    assert "orders.yaml" in str(fault)


def test_removed_header_has_no_suggestion() -> None:
    fault = problem(ORDERS, [["No Order", "Tgl", "Q"]])
    assert "'Jumlah (Rp)' of c3 (none in the sheet is like it)" in fault.message


def test_an_empty_tab_is_named_as_such() -> None:
    fault = problem(ORDERS, [])
    assert (fault.best_row, fault.missing) == (None, ("No Order", "Tgl", "Jumlah (Rp)"))
    assert fault.message.endswith("tab 'Order Harian' is empty, without even a header")


def test_a_tab_of_blank_rows_has_no_header() -> None:
    fault = problem(ORDERS, [[None, ""], [" "]])
    assert "there is no header in rows 1 to 2" in fault.message
    assert "'No Order', 'Tgl', 'Jumlah (Rp)'" in fault.message


def test_declared_header_that_appears_twice_is_reported() -> None:
    fault = problem(ORDERS, [["No Order", "Tgl", "Jumlah (Rp)", "TGL"]])
    assert (fault.missing, fault.best_row) == ((), 1)
    assert "header 'Tgl' occurs more than once in row 1" in fault.message


def test_undeclared_header_may_appear_twice() -> None:
    header = located(ORDERS, [["No Order", "Tgl", "Jumlah (Rp)", "Ket", "Ket", None, " "]])
    assert header.unclaimed == ("Ket", "Ket (2)")


def test_a_fixed_header_row_is_the_only_one_looked_at() -> None:
    rows: list[list[str | None]] = [["No Order", "Tgl"], ["x", "y"], ["No Order", "Tgl"]]
    assert located(tab("No Order", "Tgl", header_row=3), rows).header_row == 3
    fault = problem(tab("No Order", "Tgl", header_row=2), rows)
    assert fault.fix == "set headerRow to 1 in orders.yaml"


def test_a_fixed_header_row_may_stand_deep() -> None:
    rows: list[list[str | None]] = [*([["x"]] * 44), ["No Order", "Tgl"]]
    assert located(tab("No Order", "Tgl", header_row=45), rows).header_row == 45


def test_a_fixed_header_row_below_the_end_is_a_problem() -> None:
    fault = problem(tab("No Order", "Tgl", header_row=5), [["a"], ["b"]])
    assert "the header should be in row 5, but there are 2 rows" in fault.message


def test_a_contract_of_optional_columns_never_matches_a_blank_row() -> None:
    wanted = replace(tab("Ket", optional=("Ket",)))
    assert located(wanted, [[None], ["Judul"], ["Ket"]]).header_row == 3


TEXT = st.text(min_size=1, max_size=12).filter(lambda text: normalise(text) != "")
HEADERS = st.lists(TEXT, min_size=1, max_size=8, unique_by=normalise)
CELLS = st.one_of(st.none(), st.text(max_size=8))


@given(headers=HEADERS, data=st.data())
def test_columns_are_mapped_in_any_order_and_below_any_rows(
    headers: list[str], data: st.DataObject
) -> None:
    wanted = tab(*headers)
    keys = {normalise(header) for header in headers}
    noise = CELLS.filter(lambda cell: normalise(cell) not in keys)
    above = data.draw(st.lists(st.lists(noise, max_size=6), max_size=10))
    row = data.draw(st.permutations([*headers, *data.draw(st.lists(noise, max_size=4))]))
    header = located(wanted, [*above, list(row), [None]])
    assert header.header_row == len(above) + 1
    for column in wanted.columns:
        assert row[header.positions[column.name] - 1] == column.header
    assert len(header.unclaimed) + len(headers) == sum(normalise(cell) != "" for cell in row)


@given(headers=st.lists(TEXT, min_size=2, max_size=8, unique_by=normalise), data=st.data())
def test_a_missing_header_is_always_named_and_never_guessed(
    headers: list[str], data: st.DataObject
) -> None:
    gone = data.draw(st.integers(0, len(headers) - 1))
    row: list[str | None] = [*headers[:gone], *headers[gone + 1 :]]
    fault = problem(tab(*headers), [row])
    assert fault.missing == (headers[gone],)
    assert fault.best_row == 1


@given(st.text())
def test_a_normalised_header_stays_as_it_is(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert normalise(f" \u00a0{text}\n") == once


@given(tab_headers=HEADERS, rows=st.lists(st.lists(CELLS, max_size=6), max_size=40))
def test_any_rows_give_a_header_or_a_problem(
    tab_headers: list[str], rows: list[list[str | None]]
) -> None:
    result = find_header(tab(*tab_headers), rows)
    if isinstance(result, HeaderProblem):
        assert result.message
        assert result.fix
    else:
        assert 1 <= result.header_row <= 30


def renamed(*others: str) -> Tab:
    """Return the tab of orders in which the amount has other headers, too."""
    *first, amount = ORDERS.columns
    options = ColumnOptions(other_headers=others)
    return replace(ORDERS, columns=(*first, replace(amount, options=options)))


def test_a_column_is_found_by_another_header_that_the_contract_lists() -> None:
    rows: list[list[str | None]] = [["No Order", "nilai  RP", "Tgl"]]
    assert located(renamed("Nilai Rp"), rows).positions == {"c1": 1, "c2": 3, "c3": 2}
    assert problem(ORDERS, rows).missing == ("Jumlah (Rp)",)


def test_another_header_beside_the_columns_own_is_another_column() -> None:
    header = located(renamed("Nilai"), [["No Order", "Tgl", "Nilai", "Jumlah (Rp)"]])
    assert (header.positions["c3"], header.unclaimed) == (4, ("Nilai",))


def test_two_other_headers_of_one_column_in_a_row_are_refused() -> None:
    rows: list[list[str | None]] = [["No Order", "Tgl", "Nilai", "Total"]]
    assert "occurs more than once" in problem(renamed("Nilai", "Total"), rows).message


def test_the_header_of_another_column_stands_for_none() -> None:
    rows: list[list[str | None]] = [["No Order", "Tgl"]]
    assert problem(renamed("Tgl"), rows).missing == ("Jumlah (Rp)",)
