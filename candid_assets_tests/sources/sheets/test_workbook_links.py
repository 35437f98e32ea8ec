"""A workbook is named by its id, its sheet's address, or a link of Drive."""

import pytest

from candid_assets.source_kinds.registry import recognise_place

ID = "1AbCdEfGhIjKlMnOpQrStUvWxYz0123456789ABCDEFG"


@pytest.mark.parametrize(
    "source",
    [
        ID,
        f" {ID} ",
        f"https://docs.google.com/spreadsheets/d/{ID}",
        f"https://docs.google.com/spreadsheets/d/{ID}/edit#gid=0",
        f"https://docs.google.com/spreadsheets/u/0/d/{ID}/edit?gid=1#gid=1",
        f"https://docs.google.com/a/candid.example/spreadsheets/d/{ID}/edit",
        f"docs.google.com/spreadsheets/d/{ID}/edit",
        f"https://drive.google.com/file/d/{ID}/view?usp=drive_link",
        f"https://drive.google.com/open?id={ID}&usp=drive_copy",
        f"https://drive.google.com/open?usp=drive_copy&id={ID}",
    ],
)
def test_every_way_to_name_a_workbook_gives_its_id(source: str) -> None:
    place = recognise_place(source)
    assert (place.kind, place.location) == ("googlesheets", ID)


def test_a_page_published_to_the_web_is_refused_with_what_to_give_instead() -> None:
    with pytest.raises(ValueError, match="the address that the browser shows"):
        recognise_place("https://docs.google.com/spreadsheets/d/e/2PACX-1vQ/pubhtml")
