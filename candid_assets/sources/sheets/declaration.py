"""What Google Sheets is as a kind of source."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from candid_assets.settings import Settings
from candid_assets.source_kinds.kind import Kind, ServerFaultError, Words
from candid_assets.source_kinds.places import Place

_PAGE = "https://docs.google.com/spreadsheets/d/"


@dataclass(frozen=True, slots=True)
class Options:
    """A workbook of Google Sheets is named by its id, and by nothing else."""


def place_of(told: str) -> Place | None:
    """Return the place; any word may be an id."""
    found = re.match(rf"{re.escape(_PAGE)}([\w-]+)", told)
    location = found[1] if found else told
    return Place(KIND.name, "custom", location, {"location": location})


def location_of(env: str, keys: Mapping[str, Any]) -> str:
    """Return the spreadsheet's id."""
    location = keys.get("location")
    if location is None:
        fix = 'write the spreadsheet\'s id, or location: "" while it is not connected'
        raise ServerFaultError("", f"the {env} server has no location", fix)
    return str(location).strip().rstrip("/")


def link(location: str) -> str:
    """Return the page that shows a workbook."""
    return f"{_PAGE}{location}"


def cell(location: str, number: int, cell: str, _: str) -> str:
    """Return the page that opens at a cell."""
    return f"{link(location)}/edit#gid={number}&range={cell}"


def needs_stand_in(settings: Settings) -> bool:
    """Whether no other address than Google's is given."""
    return settings.google_api_url is None


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
        spoken=("sheet", "sheets", "spreadsheet", "google", "tab", "tabs"),
        named="a spreadsheet id",
    ),
    reader="candid_assets.sources.sheets.reader",
    place_of=place_of,
    location_of=location_of,
    options=Options,
    link=link,
    cell=cell,
    any_word=True,
    examples=(
        "1AbC…xyz --workbook sales_2025",
        '1AbC…xyz --workbook sales_2025 --tab "Stok Gudang" --force',
        "1AbC…xyz --workbook sales_2025 --into ~/catalog --json",
    ),
    said=re.compile(rf"{re.escape(_PAGE)}[\w-]+[^\s`'\"<>)\]]*|\b[\w-]{{30,60}}\b"),
    doctor="candid_assets.sources.sheets.doctor",
    stand_in="candid_assets.sandbox.sample",
    needs_stand_in=needs_stand_in,
    publisher="candid_assets.sources.sheets.publishing",
)
