"""How a later discovery looks in the terminal: what is new as a diff, and what a person does."""

from collections.abc import Iterator

from rich.console import Console

from candid_assets.console import shown
from candid_assets.contract_changes.discover_again import SecondDiscovery

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


def show_again(console: Console, result: SecondDiscovery) -> None:
    """Print the diff first, then the news in words, what is left to a person, and the files."""
    look = result.look
    if not result.remembers and look.news:
        console.print(
            "Nothing is noted of what was offered before: all that no contract names counts as new."
        )
    for line in look.diff().splitlines():
        colour = _COLOURS.get(line[:1])
        console.print(line, style=colour)
    if look.news:
        console.print("")
    for words, detail in _lines(result):
        console.print(f"{words:<12}{detail}")
    if result.written:
        names = ", ".join(path.name for path in result.written)
        console.print(f"\nwritten to {shown(result.folder)}: {names}")
    elif look.news and not result.problems:
        console.print("\n--write takes it in; what is not wanted can be taken out again for good")
    elif not look.news and not look.by_hand:
        console.print(f"nothing is new in {look.proposal.title}")


def _lines(result: SecondDiscovery) -> Iterator[tuple[str, str]]:
    """Yield each thing that is new, left alone or left to a person, with the word for it."""
    look = result.look
    for each in look.news:
        yield f"new {each.kind.removeprefix('new_')}", f"{each.table}: {each.detail}"
    for item in look.proposal.left_out:
        yield "no table", f"{item.title}: {item.reason}"
    for title in look.declined:
        yield "left alone", f"{title}: its contract was taken out; --tab '{title}' offers it again"
    for words in look.by_hand:
        yield "by hand", words
    for problem in result.problems:
        yield "not written", str(problem)
