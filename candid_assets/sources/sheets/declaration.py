"""What Google Sheets is as a kind of source."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from candid_assets.source_kinds.kind import Kind, ServerFaultError, Words
from candid_assets.source_kinds.places import Place
from candid_assets.sources.sheets.sheet_links import WORKBOOK_PAGE, cell_link, link


@dataclass(frozen=True, slots=True)
class SheetsOptions:
    """A server of Google Sheets has no custom properties: the spreadsheet id is enough."""


def place_of(source: str) -> Place | None:
    """Return the workbook at an address or of an id; any word may be an id."""
    address = re.match(rf"{re.escape(WORKBOOK_PAGE)}([\w-]+)", source)
    location = address[1] if address else source
    return Place(KIND.name, "custom", location, {"location": location})


def location_of(env: str, keys: Mapping[str, Any]) -> str:
    """Return the spreadsheet's id."""
    location = keys.get("location")
    if location is None:
        fix = 'write the spreadsheet\'s id, or location: "" while it is not connected'
        raise ServerFaultError("", f"the {env} server has no location", fix)
    return str(location).strip().rstrip("/")


KIND = Kind(
    name="googlesheets",
    layer="sheets",
    # The standard has no type of server for it but `custom`.
    aliases=("", "custom"),
    words=Words(
        table="The tab '{}' in Google Sheets",
        tables=" in Google Sheets",
        inside="in the sheet",
        undo="undo the deletion in the sheet (File > Version history)",
        task_words=("sheet", "sheets", "spreadsheet", "google", "tab", "tabs"),
        address="a spreadsheet id",
    ),
    reader="candid_assets.sources.sheets.reader",
    place_of=place_of,
    location_of=location_of,
    options=SheetsOptions,
    link=link,
    cell_link=cell_link,
    accepts_any_text=True,
    examples=(
        "1AbC…xyz --workbook sales_2025",
        '1AbC…xyz --workbook sales_2025 --tab "Stok Gudang" --force',
        "1AbC…xyz --workbook sales_2025 --into ~/catalog --json",
    ),
    address_pattern=re.compile(
        rf"{re.escape(WORKBOOK_PAGE)}[\w-]+[^\s`'\"<>)\]]*|\b[\w-]{{30,60}}\b"
    ),
    doctor="candid_assets.sources.sheets.doctor",
    stand_in="candid_assets.sandbox.sample",
    needs_stand_in=lambda settings: settings.google_api_url is None,
    publisher="candid_assets.sources.sheets.publishing",
)
