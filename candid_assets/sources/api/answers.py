"""One answer of an API: its content, its records, and where in it they are."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from dlt.common import jsonpath
from dlt.sources.helpers.rest_client.detector import find_response_page_data
from requests import Response

from candid_assets.errors import CandidError

_PLAIN: Final = re.compile(r"[\w@$-]+(?:\.[\w@$-]+)*")
NO_CONTENT: Final = 204
NOT_FOUND: Final = 404


@dataclass(frozen=True, slots=True)
class AnswerPage:
    """One page of a table."""

    records: list[Any]
    response: Response
    content: Any
    """The parsed answer; None for one without content."""
    records_at: tuple[str, ...] = ()
    """The keys that lead to the records; none where the answer is the records."""


class NoRecordsError(CandidError, ValueError):
    """The answer holds no list where the records of the table should be."""


def page_of(response: Response, records_at: str, before: AnswerPage | None = None) -> AnswerPage:
    """Return a page with its records.

    Args:
        response: An answer that is no error.
        records_at: The path to the records; blank finds the list that looks most like records.
        before: The page before this one, whose records were at the same path.

    Raises:
        NoRecordsError: There is nothing at that path.
        ValueError: The answer is no JSON.
    """
    if response.status_code == NO_CONTENT:
        return AnswerPage([], response, None, before.records_at if before is not None else ())
    content = response.json()
    if records_at and not _PLAIN.fullmatch(records_at):
        records: Any = jsonpath.find_values(records_at, content)
        return AnswerPage(records[0] if len(records) == 1 else records, response, content)
    if records_at:
        steps = tuple(records_at.split("."))
    elif before is not None and before.content is not None:
        steps = before.records_at
        if not steps and isinstance(before.content, list) and not isinstance(content, list):
            raise NoRecordsError(f"the answer is no list, but: {_stated(content)}")
    else:
        steps = _steps_to_records(content)
    records = content
    for step in steps:
        if not isinstance(records, Mapping) or step not in records:
            where = ".".join(steps)
            raise NoRecordsError(f"the answer has nothing at {where}, but: {_stated(content)}")
        records = records[step]
    if records is None:
        records = []
    return AnswerPage(records if isinstance(records, list) else [records], response, content, steps)


def _stated(content: Any) -> str:
    return ", ".join(content)[:200] if isinstance(content, Mapping) else type(content).__name__


def _steps_to_records(content: Any) -> tuple[str, ...]:
    steps, records = find_response_page_data(content)
    return () if steps == ("$",) or not isinstance(records, list) else tuple(steps)


def value_at(content: Any, path: str) -> Any:
    """Return the value at a path such as `meta.next`, None where there is none.

    A key may hold dots itself, as `@odata.nextLink` does.
    """
    if isinstance(content, Mapping):
        if path in content:
            return content[path]
        for key, value in content.items():
            below = path.removeprefix(f"{key}.")
            if below != path and (inner := value_at(value, below)):
                return inner
    return None


def address_in(value: Any) -> Any:
    """Return a link's address, whether it is written as text or as an object with one."""
    if isinstance(value, Mapping):
        return value.get("href") or value.get("url") or value.get("uri")
    return value
