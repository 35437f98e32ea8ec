"""Headings of sections: a row of one text that becomes a column of the lines below it."""

from duckdb import DuckDBPyConnection

from candid_assets_tests.cleaning.kit import column, run_cleaning, tab_of

CODE = column("code", header="Kode")
NAME = column("name", header="Nama", required=True)
PRICE = column("price", "integer", header="Harga", required=True)
GROUP = column("category", header="_section")
TAB = tab_of(CODE, NAME, PRICE, GROUP, section_column="code")


def test_the_last_heading_above_is_the_value_of_a_row(connection: DuckDBPyConnection) -> None:
    rows = [
        ["X1", "Lama", ("n", "1")],
        ["MAKANAN"],
        ["A1", "Roti", ("n", "5")],
        [],
        ["MINUMAN"],
        ["B1", "Teh", ("n", "7")],
        [None, "Kopi", ("n", "8")],
        ["Total"],
        ["B2", "Susu", ("n", "9")],
    ]
    cleaned = run_cleaning(connection, TAB, rows)
    assert [row[:4] for row in cleaned.clean] == [
        ("X1", "Lama", 1, None),
        ("A1", "Roti", 5, "MAKANAN"),
        ("B1", "Teh", 7, "MINUMAN"),
        (None, "Kopi", 8, "MINUMAN"),
        ("B2", "Susu", 9, "MINUMAN"),
    ]
    assert cleaned.dropped == {
        1: "header", 3: "section_row", 5: "blank_row", 6: "section_row", 9: "total_row"
    }  # fmt: skip


def test_a_row_of_one_text_elsewhere_heads_nothing(connection: DuckDBPyConnection) -> None:
    cleaned = run_cleaning(connection, TAB, [["MAKANAN"], [None, "Roti"], ["A1", "Teh", "7"]])
    assert cleaned.dropped == {1: "header", 2: "section_row"}
    assert cleaned.reasons(3) == [("price", "missing_value")]


def test_equal_lines_of_two_sections_are_two_lines(connection: DuckDBPyConnection) -> None:
    keyed = column("name", header="Nama", primary_key_position=1)
    group = column("category", header="_section", primary_key_position=2)
    tab = tab_of(CODE, keyed, PRICE, group, section_column="code")
    lines = [["A1", "Roti", "5"], ["A1", "Roti", "5"]]
    cleaned = run_cleaning(connection, tab, [["PAGI"], *lines, ["SORE"], *lines])
    assert [row[3] for row in cleaned.clean] == ["PAGI", "SORE"]
    assert [r for r, rule in cleaned.dropped.items() if rule == "exact_duplicate"] == [4, 7]


def test_a_line_without_a_required_heading_is_quarantined(connection: DuckDBPyConnection) -> None:
    group = column("category", header="_section", required=True)
    tab = tab_of(CODE, NAME, PRICE, group, section_column="code")
    cleaned = run_cleaning(connection, tab, [["A0", "Gula", "3"], ["MAKANAN"], ["A1", "Teh", "7"]])
    assert cleaned.reasons(2) == [("category", "missing_value")]
    assert [row[3] for row in cleaned.clean] == ["MAKANAN"]
