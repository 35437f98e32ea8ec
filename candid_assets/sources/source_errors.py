"""What can go wrong between a source and its extract: a closed set, each with its fix."""

from dataclasses import dataclass
from typing import Final, Literal, Self

from candid_assets.errors import CandidError
from candid_assets.expected_errors import file_error
from candid_assets.storage_errors import storage_error

ErrorCode = Literal[
    "not_shared",
    "not_found",
    "api_disabled",
    "scope_insufficient",
    "scope_excess",
    "domain_policy",
    "office_file",
    "bad_credentials",
    "token_unavailable",
    "quota_exhausted",
    "server_error",
    "network",
    "intercepted",
    "malformed",
    "bad_range",
    "tab_missing",
    "tab_not_grid",
    "tab_claimed_twice",
    "changed_while_reading",
    "loading_cells",
    "file_damaged",
    "too_large",
    "file_locked",
    "unknown_encoding",
    "duplicate_headers",
    "permission_denied",
    "timed_out",
    "connection_lost",
    "column_missing",
    "pages_repeat",
    "pages_unread",
    "rows_hidden",
    "not_populated",
    "settings_missing",
    "storage_failed",
    "internal_error",
]

WHOLE_WORKBOOK: Final[frozenset[ErrorCode]] = frozenset(
    {
        "not_shared",
        "not_found",
        "api_disabled",
        "scope_insufficient",
        "scope_excess",
        "domain_policy",
        "office_file",
        "bad_credentials",
        "token_unavailable",
        "quota_exhausted",
        "network",
        "intercepted",
        "settings_missing",
    }
)
"""Causes that every tab of a workbook shares: after one of them no other tab is tried."""

WHOLE_ACCOUNT: Final[frozenset[ErrorCode]] = frozenset(
    {
        "api_disabled",
        "scope_insufficient",
        "scope_excess",
        "bad_credentials",
        "token_unavailable",
        "quota_exhausted",
        "network",
        "intercepted",
    }
)
"""Causes that every workbook shares."""


CERTAIN: Final[frozenset[ErrorCode]] = frozenset(
    {"api_disabled", "scope_insufficient", "scope_excess", "bad_credentials", "token_unavailable"}
)
"""Causes that lie with the account: what one workbook met, every other one meets too."""


class LostSourceError(CandidError):
    """A source was lost while its tables were read: all of them are to be read anew."""


@dataclass(eq=False)
class SourceError(CandidError):
    """A workbook or tab that could not be read: the cause, in one sentence, and the fix."""

    code: ErrorCode
    message: str
    fix: str
    workbook: str = ""
    tab: str = ""

    def __reduce__(self) -> tuple[type["SourceError"], tuple[str, ...]]:
        """Make the error survive a process boundary."""
        return type(self), (self.code, self.message, self.fix, self.workbook, self.tab)

    def for_all(self, workbook: str) -> Self:
        """Return the same error, worded for every workbook instead of this one."""
        message = self.message.replace(place(workbook), "no workbook", 1)
        return type(self)(self.code, message.replace("cannot be", "can be", 1), self.fix)

    def for_workbook(self) -> Self:
        """Return the same error, worded for the workbook instead of one of its tabs."""
        whole = place(self.workbook)
        tab, separator, rest = self.message.partition(f" of {whole}")
        message = f"{whole}{rest}" if separator and tab.startswith("tab ") else self.message
        return type(self)(self.code, message, self.fix, self.workbook)

    def for_tab(self, tab: str) -> Self:
        """Return the same error for one tab."""
        return type(self)(self.code, self.message, self.fix, self.workbook, tab)


REPORT_IT: Final = "this is a fault of the platform: report it with the run's log"


def unexpected(error: Exception, what: str, workbook: str = "", tab: str = "") -> SourceError:
    """Return the error of a workbook or tab for one that no reader foresees.

    A disk that is full or read-only, and a path that is not as it must be, is no fault of the
    platform, and says what to do.

    Args:
        error: What was raised.
        what: What cannot be done, in words.
        workbook: The workbook; empty where it is about every one of a kind.
        tab: The tab, if it is about one.
    """
    refused = storage_error(error, "the data folder") or file_error(error)
    if refused is not None:
        return SourceError(
            "storage_failed", f"{what}: {refused.message}", refused.fix, workbook, tab
        )
    said = f"{what}: unexpected {type(error).__name__}: {shortened(str(error))}"
    return SourceError("internal_error", said, REPORT_IT, workbook, tab)


def place(workbook: str, tab: str = "") -> str:
    """Return how a message names a tab or a workbook."""
    return f"tab {tab!r} of workbook {workbook}" if tab else f"workbook {workbook}"


def shortened(text: str, most: int = 300) -> str:
    """Return a foreign message on one line and short enough to quote."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 3] + "..."
