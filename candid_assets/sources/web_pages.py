"""Recognises a web page where data should be: of a proxy, a filter or a network's sign-in."""

import html
import re
from typing import Final

from candid_assets.sources.source_errors import shortened

_PAGE: Final = re.compile(
    rb"\s*<(?:!doctype\s+html|html|head|body|title|\?xml|meta|script)\b", re.I
)
_TITLE: Final = re.compile(rb"<title[^>]*>(.*?)</title", re.I | re.S)
_BOM: Final = b"\xef\xbb\xbf"


def page_in(content: bytes) -> str:
    """Return words for the web page that an answer is, with its title; none if it is no page."""
    content = content.removeprefix(_BOM)
    if not _PAGE.match(content[:200]):
        return ""
    match = _TITLE.search(content[:10_000])
    title = html.unescape(match[1].decode(errors="replace")) if match else ""
    printable = "".join(c for c in title if c.isprintable() or c.isspace())
    title = shortened(printable, 80)
    return f"a web page titled {title!r}" if title else "a web page"
