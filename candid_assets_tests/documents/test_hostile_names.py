"""A name or header of a source is text in generated pages: no tag, no cell of its own, one line."""

import pytest

from candid_assets.documents.build import _cell, _text
from candid_assets.reports import report


@pytest.mark.parametrize("escape", [_cell, _text, report._text])
def test_text_of_a_source_makes_no_tag_and_no_line(escape) -> None:
    written = escape("<script>alert(1)</script>\n# Judul\r\n<img src=x>")
    assert "\n" not in written
    assert "\r" not in written
    assert written.count("<") == written.count("\\<") == 3


def test_bar_in_a_header_begins_no_cell() -> None:
    assert _cell("a|b\n|c") == "a\\|b \\|c"
