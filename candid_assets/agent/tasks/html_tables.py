"""Tables that a tasks file holds as HTML, with the place of each cell's text."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Final

from candid_assets.agent.tasks.markdown_text import Cell, Text

_STRUCK: Final = frozenset({"s", "del", "strike"})


@dataclass(slots=True)
class HtmlTable:
    """The rows of a table, each with the line that it begins at, counted from 0."""

    rows: list[tuple[int, list[Cell]]] = field(default_factory=list)


class _HtmlParser(HTMLParser):
    """Collects the tables of blocks of HTML that are fed one after the other."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.tables: list[HtmlTable] = []
        self.text, self.start, self.line = "", 0, 0
        self.inside = False
        self.parts: list[tuple[int, str]] | None = None

    def read(self, text: str, start: int, line: int) -> None:
        """Read one block that begins at a position and at a line."""
        self.reset()
        self.text, self.start, self.line = text, start, line
        self.feed(text)
        self.close()

    @property
    def _position(self) -> int:
        line, column = self.getpos()
        before = 0
        for _ in range(line - 1):
            before = self.text.index("\n", before) + 1
        return self.start + before + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a table, a row or a cell, whose end tags may be left out."""
        if tag in {"table", "tr", "td", "th"}:
            self._end_cell()
        if tag == "table":
            self.tables.append(HtmlTable())
            self.inside = True
        elif tag == "tr" and self.inside:
            self.tables[-1].rows.append((self.line + self.getpos()[0] - 1, []))
        elif tag in {"td", "th"} and self.inside and self.tables[-1].rows:
            self.parts = []
        self._add_strike(tag)

    def handle_endtag(self, tag: str) -> None:
        """End a cell, a row or a table."""
        self._add_strike(tag)
        if tag in {"td", "th", "tr", "table"}:
            self._end_cell()
        self.inside = self.inside and tag != "table"

    def handle_data(self, data: str) -> None:
        """Add words to the cell."""
        if self.parts is not None and data.strip():
            self.parts.append((self._position, data))

    def handle_entityref(self, name: str) -> None:
        """Add a character with a name."""
        self._add(unescape(f"&{name};"))

    def handle_charref(self, name: str) -> None:
        """Add a character with a number."""
        self._add(unescape(f"&#{name};"))

    def _add_strike(self, tag: str) -> None:
        if tag in _STRUCK:
            self._add("~~")

    def _add(self, words: str) -> None:
        if self.parts is not None:
            self.parts.append((self._position, words))

    def _end_cell(self) -> None:
        if self.parts is not None:
            start = self.parts[0][0] if self.parts else self._position
            self.tables[-1].rows[-1][1].append(Cell(start, "".join(p for _, p in self.parts)))
        self.parts = None


def html_tables(text: Text) -> Iterator[HtmlTable]:
    """Yield the tables of HTML that have a row besides their header."""
    parser = _HtmlParser()
    for _, first, end in text.of_kind("html_block"):
        start, stop = text.starts[first], text.line_ends[end - 1]
        parser.read(text.text[start:stop], start, first)
    yield from (table for table in parser.tables if len(table.rows) > 1)
