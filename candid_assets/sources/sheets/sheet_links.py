"""Links to a workbook of Google Sheets and to a cell of one of its tabs."""

from typing import Final

WORKBOOK_PAGE: Final = "https://docs.google.com/spreadsheets/d/"


def link(location: str) -> str:
    """Return the page that shows the workbook of a spreadsheet id."""
    return f"{WORKBOOK_PAGE}{location}"


def cell_link(location: str, sheet_id: int, cell: str) -> str:
    """Return the page that opens a workbook at a cell such as `D17` of the tab of a sheet id."""
    return f"{link(location)}/edit#gid={sheet_id}&range={cell}"
