"""Shows data as data in a terminal: no markup, and no character that controls what is shown."""

import unicodedata
from collections.abc import Iterable
from typing import Final, TextIO, cast

from rich.console import Console, ConsoleOptions, RenderableType
from rich.markup import escape
from rich.segment import Segment
from rich.text import Text

from candid_assets.output_streams import MessageStream, ResultStream

_CONTROLS: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_KEPT: Final = frozenset("\n\t\u200c\u200d")
"""Line breaks and tabs, and what joins letters of some scripts and emoji."""


class DataConsole(Console):
    """A terminal that prints texts as they are; only `marked` ones have markup."""

    def __init__(self, stream: MessageStream | ResultStream) -> None:
        file = cast("TextIO", stream)
        super().__init__(file=file, highlight=False, soft_wrap=True, markup=False, emoji=False)
        if self.width < 1:  # COLUMNS=0, with which nothing at all would be shown
            self.width = 80

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Yield what is printed, with control characters of the data written out."""
        for segment in super().render(renderable, options):
            if segment.control or _is_plain(segment.text):
                yield segment
            else:
                yield Segment(visible(segment.text), segment.style)


def marked(template: str, *values: object) -> Text:
    """Return a text with markup, in which each `{}` is a value, whose brackets are its own."""
    return Text.from_markup(template.format(*(escape(str(value)) for value in values)), emoji=False)


def visible(text: str) -> str:
    r"""Return a text in which characters that control terminals or directions are written out.

    An escape sequence, a carriage return or a mark that turns the direction of text becomes its
    code, such as `\x1b` or `\u202e`.
    """
    return text if _is_plain(text) else "".join(map(_visible, text))


def json_text(text: str) -> str:
    """Return JSON in which characters that control terminals are escaped, as JSON may have them."""
    if _is_plain(text):
        return text
    return "".join(
        character if _is_kept(character) else _utf_16_escapes(character) for character in text
    )


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _is_kept(character: str) -> bool:
    return character in _KEPT or unicodedata.category(character) not in _CONTROLS


def _visible(character: str) -> str:
    if _is_kept(character):
        return character
    number = ord(character)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _utf_16_escapes(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
