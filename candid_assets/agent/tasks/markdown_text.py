"""The text of a tasks file with its lines, blocks and headings, as a Markdown reader sees them."""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

from markdown_it import MarkdownIt

from candid_assets.agent.task_words import task_words
from candid_assets.agent.tasks.status_marks import Mark, box_mark
from candid_assets.agent.tasks.status_words import agent_name, is_name_of, plain_words, status_of

MENTION: Final = re.compile(r"(?<![\w.@/`])@([A-Za-z0-9][\w-]*)(?![\w-]*`|[\w-]*\.\w)")
BOX: Final = re.compile(r"[\s>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)+\[(?P<mark>[^\]]?)\](?=[ \t]|$)")
"""The beginning of a list item with a checkbox."""
_ID: Final = re.compile(
    r"^\s*[\[(]?(?P<id>#\d+|[A-Za-z][A-Za-z0-9]*(?:[-_.][A-Za-z0-9]+)*[-_]\d+(?:\.\d+)*"
    r"|[A-Z]{1,6}\d{1,6})[\])]?(?=[\s:.–—|]|$)[\s:.–—|-]*"
)
"""An id such as `T-12`, `#7` or `DE1` before a title."""
_NEWLINE: Final = re.compile(r"\r\n?|\n")
_LINK: Final = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARKUP: Final = re.compile(r"\*\*|`|~~|(?<!\w)(?:\*|__?)(?=\S)|(?<=\S)(?:\*|__?)(?!\w)")


class Block(NamedTuple):
    """A block of Markdown: `list_item`, `paragraph`, `table`, `tr`, `html_block` and so on."""

    kind: str
    first: int
    """Its first line, counted from 0."""
    end: int
    """The line after its last."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a row: where it begins in the text, and its markup."""

    start: int
    markup: str

    @property
    def text(self) -> str:
        """The text of the cell without markup."""
        return plain_text(self.markup)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading, or the plain list item that others hang below."""

    level: int
    line: int
    text: str

    @property
    def is_closed(self) -> bool:
        """Whether what follows is no work: an example, an archive, or tasks that are not open."""
        if not task_words().not_for_work.isdisjoint(plain_words(self.text).split()):
            return True
        return status_of(plain_words(self.text)) in ("done", "blocked", "cancelled")

    def names(self, known: frozenset[str], agent: str) -> tuple[str, ...]:
        """Return whose queue it heads: a mention, or nothing but a name."""
        mentioned = MENTION.findall(self.text)
        if mentioned:
            return tuple(agent_name(m) for m in mentioned)
        words = re.split(r"[\s:]+", self.text.casefold())
        words = [word for word in words if word not in task_words().of_a_queue]
        name = agent_name(" ".join(re.sub(r"[^\w-]", "", w) for w in words).strip())
        return (name,) if name in known or is_name_of(name, agent) else ()


class Text:
    """A file's text, its lines, the blocks that begin at lines, and the headings among them."""

    def __init__(self, text: str) -> None:
        self.text = text
        newlines = list(_NEWLINE.finditer(text))
        # A byte order mark belongs to no line.
        start = int(text.startswith("\ufeff"))
        self.starts = [start, *(newline.end() for newline in newlines)]
        self.line_ends = [*(newline.start() for newline in newlines), len(text)]
        self.newline = newlines[0].group() if newlines else "\n"
        tokens = MarkdownIt("commonmark").enable("table").parse(text[start:])
        self.blocks = [
            Block(token.type.removesuffix("_open"), *token.map)
            for token in tokens
            if token.map and (token.nesting == 1 or token.type == "html_block")
        ]
        self.headings = [
            Heading(int(token.tag[1]), token.map[0], plain_text(inline.content))
            for token, inline in pairwise(tokens)
            if token.type == "heading_open" and token.map
        ]

    def line(self, number: int) -> str:
        """Return one line, counted from 0, without its end."""
        return self.text[self.starts[number] : self.line_ends[number]]

    def of_kind(self, *kinds: str) -> list[Block]:
        """Return the blocks of some kinds, each before those inside it."""
        return [block for block in self.blocks if block.kind in kinds]

    def box(self, line: int) -> Mark | None:
        """Return the mark of the checkbox that a line's list item begins with."""
        match = BOX.match(self.line(line))
        mark = match and box_mark(self.starts[line] + match.start("mark"), match["mark"])
        return mark if mark and mark.status else None

    def above(self, line: int) -> list[Heading]:
        """Return the plain list items and the headings that a line is under, the nearest first."""
        headings = [
            Heading(7, first, plain_text(re.sub(r"^[\s>*+-]+", "", self.line(first))))
            for _, first, end in reversed(self.of_kind("list_item"))
            if first < line < end and not self.box(first)
        ]
        for heading in reversed(self.headings):
            if heading.line < line and (not headings or heading.level < headings[-1].level):
                headings.append(heading)
        return headings


def split_id(text: str) -> tuple[str, str]:
    """Return the id that a title begins with, blank without one, and the rest."""
    match = _ID.match(text)
    return (match["id"], text[match.end() :]) if match else ("", text)


def plain_text(markup: str) -> str:
    """Return the words of a piece of Markdown."""
    text = re.sub(r"<br\s*/?>", " ", markup, flags=re.I)
    text = _MARKUP.sub("", _LINK.sub(r"\1", text))
    return " ".join(re.sub(r"\\([|\\`*_\[\]#-])", r"\1", text).split())


def is_struck(markup: str) -> bool:
    """Whether a text is struck out as a whole."""
    return bool(re.fullmatch(r"\s*~~.+~~\s*", markup))


def parse_names(text: str) -> tuple[str, ...]:
    """Return the names in a cell or value about who does a task."""
    parts = re.split(r"[,;/&+|]|\s+(?:and|dan|or|atau)\s+|\s+(?=@)", plain_text(text))
    names = (agent_name(re.sub(r"\(.*?\)", "", p)) for p in parts)
    return tuple(dict.fromkeys(n for n in names if n))
