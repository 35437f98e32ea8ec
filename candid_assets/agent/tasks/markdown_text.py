"""The text of a tasks file with its lines, blocks and headings, as a Markdown reader sees them."""

import re
from dataclasses import dataclass, field
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from candid_assets.agent.tasks.status_words import NOT_FOR_WORK, OF_A_QUEUE, agent_name, plain_words

MENTION: Final = re.compile(r"(?<![\w.@/`])@([A-Za-z0-9][\w-]*)(?![\w-]*`|[\w-]*\.\w)")
_NEWLINE: Final = re.compile(r"\r\n?|\n")
_LINK: Final = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARKUP: Final = re.compile(r"\*\*|`|~~|(?<!\w)(?:\*|__?)(?=\S)|(?<=\S)(?:\*|__?)(?!\w)")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading, or the plain list item that others hang below."""

    level: int
    line: int
    text: str

    @property
    def is_for_work(self) -> bool:
        """Whether what stands below is work, and no example or archive."""
        return not NOT_FOR_WORK & set(plain_words(self.text).split())

    def names(self, known: frozenset[str]) -> tuple[str, ...]:
        """Return whose queue it heads: a mention, or nothing but a name."""
        mentioned = MENTION.findall(self.text)
        if mentioned:
            return tuple(agent_name(m) for m in mentioned)
        words = [w for w in re.split(r"[\s:]+", self.text.casefold()) if w not in OF_A_QUEUE]
        name = agent_name(" ".join(re.sub(r"[^\w-]", "", w) for w in words).strip())
        return (name,) if name in known else ()


@dataclass(slots=True)
class Text:
    """A file's text, its lines and the tokens of its blocks."""

    text: str
    starts: list[int] = field(init=False)
    ends: list[int] = field(init=False)
    tokens: list[Token] = field(init=False)
    headings: list[Heading] = field(init=False)

    def __post_init__(self) -> None:
        """Find lines and blocks; a byte order mark belongs to no line."""
        start = len(self.text) - len(self.text.removeprefix("\ufeff"))
        self.starts, self.ends = [start], []
        for newline in _NEWLINE.finditer(self.text):
            self.ends.append(newline.start())
            self.starts.append(newline.end())
        self.ends.append(len(self.text))
        parser = MarkdownIt("commonmark").enable("table")
        self.tokens = parser.parse(self.text[start:])
        self.headings = [
            Heading(int(token.tag[1]), token.map[0], plain_text(self.tokens[i + 1].content))
            for i, token in enumerate(self.tokens)
            if token.type == "heading_open" and token.map
        ]

    def line(self, number: int) -> str:
        """Return one line, counted from 0, without its end."""
        return self.text[self.starts[number] : self.ends[number]]

    @property
    def newline(self) -> str:
        """The end of lines that the file uses."""
        found = _NEWLINE.search(self.text)
        return found.group() if found else "\n"

    def above(self, line: int) -> list[Heading]:
        """Return the headings that a line stands under, the nearest first."""
        found: list[Heading] = []
        for heading in reversed(self.headings):
            if heading.line < line and (not found or heading.level < found[-1].level):
                found.append(heading)
        return found


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
    bare = plain_text(text)
    parts = re.split(r"[,;/&+|]|\s+(?:and|dan|or|atau)\s+|\s+(?=@)", bare)
    names = (agent_name(re.sub(r"\(.*?\)", "", p)) for p in parts)
    return tuple(dict.fromkeys(n for n in names if n))
