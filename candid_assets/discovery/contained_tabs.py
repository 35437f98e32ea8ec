"""Keeps an error that nothing foresees with the tab that causes it: the others are proposed."""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from candid_assets.errors import CandidError
from candid_assets.sources.read_undescribed import UndescribedTab, UndescribedWorkbook

log = logging.getLogger(__name__)

Result = TypeVar("Result")


def contained(
    book: UndescribedWorkbook, work: Callable[[UndescribedWorkbook], Result]
) -> tuple[Result, dict[str, str]]:
    """Do something with a workbook; where that fails, without the tabs that it fails with.

    Args:
        book: The workbook as read.
        work: What is done; it may be done again with fewer tabs.

    Returns:
        What it returned, and why tabs were left out, by title.

    Raises:
        Exception: It fails though no tab fails by itself.
    """
    try:
        return work(book), {}
    except CandidError:
        raise
    except Exception as error:
        log.warning("%s; each tab is tried by itself", _words(error))
        failed = {tab.title: reason for tab in book.tabs if (reason := _failing(book, tab, work))}
        if not failed:
            raise
    rest = replace(book, tabs=tuple(tab for tab in book.tabs if tab.title not in failed))
    return work(rest), failed


def _failing(
    book: UndescribedWorkbook, tab: UndescribedTab, work: Callable[[UndescribedWorkbook], object]
) -> str:
    """Return why a tab fails by itself; blank where it does not."""
    try:
        work(replace(book, tabs=(tab,)))
    except Exception as error:
        log.exception("tab '%s' of workbook %s cannot be proposed", tab.title, book.metadata.title)
        return f"an unexpected {_words(error)}: this is a fault of candid, please report it"
    return ""


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
