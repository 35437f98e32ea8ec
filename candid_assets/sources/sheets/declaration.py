"""What Google Sheets is as a kind of source."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from candid_assets.source_kinds.kind import Kind, ServerFaultError, Words
from candid_assets.source_kinds.places import Place
from candid_assets.sources.sheets.sheet_links import cell_link, link


@dataclass(frozen=True, slots=True)
class SheetsOptions:
    """A server of Google Sheets has no custom properties: the spreadsheet id is enough."""


_PAGE: Final = (
    r"https?://(?:docs|drive)\.google\.com/"
    r"(?:[^\s?#]*/)?(?:d/(?!e/)|(?:open|uc)\?(?:[^\s#]*&)?id=)([\w-]+)"
)
"""A link to a sheet or to its file in Drive, as browsers and people write it; the id in it."""
_GOOGLE: Final = r"https?://(?:docs|drive)\.google\.com/"
_OTHER_FILE: Final = re.compile(_GOOGLE + r"(?:[^\s?#]*/)?(document|presentation|forms|drawings)/")
_PUBLISHED_PAGE: Final = re.compile(r"https?://docs\.google\.com/[^\s?#]*/d/e/")


def place_of(source: str) -> Place | None:
    """Return the workbook at a link to its sheet or its file in Drive, or of an id.

    Any other word may be an id.

    Raises:
        ValueError: The link is that of a page published to the web, which no API reads, of a
            file of another kind, or of no file, as a folder's.
    """
    text = source.strip()
    written = f"https://{text}" if re.match(r"(?:docs|drive)\.google\.com/", text) else text
    if _PUBLISHED_PAGE.match(written):
        raise ValueError(
            "this link is that of a page published to the web; give the address that the"
            " browser shows while the workbook is edited"
        )
    other = _OTHER_FILE.match(written)
    if other:
        raise ValueError(
            f"this link is that of a file of another kind ({other[1]}), not of a sheet"
        )
    address = re.match(_PAGE, written)
    if address is None and re.match(_GOOGLE, written):
        raise ValueError(
            "this link leads to no workbook but to a folder or a page; open the workbook there and"
            " give its own address"
        )
    location = address[1] if address else text
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
        address="a spreadsheet id, a sheet's address or a link of Drive",
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
        rf"(?:{_PAGE}|{_PUBLISHED_PAGE.pattern}|{_GOOGLE})[^\s`'\"<>)\]]*|\b[\w-]{{30,60}}\b"
    ),
    doctor="candid_assets.sources.sheets.doctor",
    stand_in="candid_assets.sandbox.sample",
    needs_stand_in=lambda settings: settings.google_api_url is None,
    fits_one_machine=True,  # ten million cells a workbook
    publisher="candid_assets.sources.sheets.publishing",
)
