"""A tab with which something unforeseen fails is left out by name; the others are proposed."""

import pytest

from candid_assets.discovery.contained_tabs import contained
from candid_assets.errors import CandidError
from candid_assets.sources.read_undescribed import UndescribedWorkbook
from candid_assets_tests.discovery.kit import workbook

ROWS = [["Kode", "Nama"], ["A", "x"], ["B", "y"]]


def titles(*bad: str):
    """Return work that fails with some tabs and returns the titles of the others."""

    def work(book: UndescribedWorkbook) -> list[str]:
        for tab in book.tabs:
            if tab.title in bad:
                raise IndexError(f"list index out of range in {tab.title}")
        return [tab.title for tab in book.tabs]

    return work


def test_the_tab_that_fails_is_left_out_with_the_reason() -> None:
    done, failed = contained(workbook({"A": ROWS, "B": ROWS, "C": ROWS}), titles("B"))
    assert done == ["A", "C"]
    assert list(failed) == ["B"]
    assert "IndexError: list index out of range in B" in failed["B"]
    assert "report it" in failed["B"]


def test_a_failure_that_no_tab_causes_by_itself_is_raised() -> None:
    def work(book: UndescribedWorkbook) -> None:
        if len(book.tabs) > 1:
            raise KeyError("both")

    with pytest.raises(KeyError):
        contained(workbook({"A": ROWS, "B": ROWS}), work)


def test_a_foreseen_error_is_not_contained() -> None:
    def work(book: UndescribedWorkbook) -> None:
        raise CandidError("the source is not connected", "connect it")

    with pytest.raises(CandidError):
        contained(workbook({"A": ROWS}), work)
