"""A workbook of Google Sheets as a person names it: by the file's id."""

from candid_assets.names import SHEETS_KIND
from candid_assets.sources.places import Place


def place_of(told: str) -> Place | None:
    """Return the place; any word may be an id."""
    return Place(SHEETS_KIND, "custom", told, {"location": told})
