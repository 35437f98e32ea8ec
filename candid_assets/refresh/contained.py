"""Keeps an error that no stage foresees with the workbook, tab or table that it is about."""

from collections.abc import Callable, Iterable, Iterator

from candid_assets.contracts.catalog import Tab
from candid_assets.refresh.events import Event, Failed
from candid_assets.refresh.failures import Cause, unforeseen
from candid_assets.settings import Settings


def contained(
    events: Iterable[Event],
    what: str,
    settings: Settings,
    failed: Callable[[Cause], Iterable[Event]],
) -> Iterator[Event]:
    """Yield the events; an error among them becomes events of its own and stops nothing else.

    Args:
        events: What is done, as it happens.
        what: What cannot be done where an error occurs, in words.
        settings: Where the platform stores its files.
        failed: Returns the events of what failed, by its cause.
    """
    try:
        yield from events
    except Exception as error:
        yield from failed(unforeseen(error, what, settings))


def of_tab(tab: Tab) -> Callable[[Cause], Iterable[Event]]:
    """Return how the clean table of a tab fails."""
    place = (tab.workbook, tab.name)
    return lambda cause: [Failed("clean", tab.table, cause.code, cause.message, cause.fix, *place)]


def of_ready(name: str) -> Callable[[Cause], Iterable[Event]]:
    """Return how a ready table fails."""
    return lambda cause: [Failed("ready", name, cause.code, cause.message, cause.fix)]
