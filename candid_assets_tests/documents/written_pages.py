"""The written pages: their fenced blocks, and the lines of `candid` in them."""

import re
from collections.abc import Iterator
from pathlib import Path

from candid_assets.settings import REPOSITORY

PAGES = sorted([REPOSITORY / "README.md", *(REPOSITORY / "docs").glob("*.md"),
                *(REPOSITORY / "docs" / "server").glob("*.md")])  # fmt: skip
SHELL = frozenset({"", "sh", "console"})
"""The kinds of a block that a shell is given."""
COMMAND = re.compile(
    r"(?:^|&& |\| |\$\()\s*(?:[A-Z_]+=\S+ )*(?:\S*/bin/)?(?:sudo )?candid (?P<words>[a-z-].*)"
)
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(page: Path) -> list[tuple[str, str]]:
    """Return the kind and the text of each fenced block of a page."""
    return [(m[1], m[2]) for m in _BLOCK.finditer(page.read_text(encoding="utf-8"))]


def shell_lines(block: str) -> list[str]:
    """Return the lines of a block as a shell reads them, each without its remark."""
    joined = re.sub(r"\\\n\s*", "", block)
    lines = (re.split(r"\s+# ", line)[0].rstrip() for line in joined.splitlines())
    return [line for line in lines if line.strip()]


def candid_words(line: str) -> Iterator[str]:
    """Yield the words after `candid`, for each of its commands in a line."""
    for part in re.split(r" && | \|\| ", line):
        match = COMMAND.match(part.strip())
        if match:
            yield match["words"]
