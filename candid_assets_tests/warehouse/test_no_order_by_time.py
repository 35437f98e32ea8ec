"""No SQL is ordered by times or asks for the time: numbers order, times show."""

import re
from typing import Final

import pytest

from candid_assets_tests.test_architecture import PACKAGE, modules, texts_of

TIMES: Final = r"\w*(?:_at|first_seen|last_seen|modified_time|resolved)"
BY_TIME: Final = re.compile(
    rf"order by (?:[\w.]+, )*(?:\w+\.)?{TIMES}\b|arg_m(?:ax|in)\([^()]*, ?(?:\w+\.)?{TIMES}\)",
    re.IGNORECASE,
)
CLOCK: Final = re.compile(
    r"\b(?:now|today|get_current_timestamp|transaction_timestamp)\(\)"
    r"|\b(?:current_timestamp|current_date|localtimestamp)\b",
    re.IGNORECASE,
)
NO_SQL: Final = {"contracts/deterministic_sql.py", "sandbox", "orchestration/run_beats.py"}
"""The names that models may not use, what plays a source, and the heartbeat of runs: how long a run
was silent is measured by the one clock that all hosts share."""


def texts() -> list[tuple[str, str]]:
    files = [*modules().values(), *PACKAGE.rglob("*.sql")]
    return [
        (place, text)
        for file in files
        if not {place := str(file.relative_to(PACKAGE)), place.split("/", maxsplit=1)[0]} & NO_SQL
        and not place.startswith("catalog/")
        for text in texts_of(file)
    ]


@pytest.mark.parametrize("forbidden", [BY_TIME, CLOCK], ids=["order", "clock"])
def test_no_statement_orders_by_times_or_asks_for_them(forbidden: re.Pattern[str]) -> None:
    assert [(place, m[0]) for place, text in texts() if (m := forbidden.search(text))] == []


@pytest.mark.parametrize(
    ("sql", "forbidden"),
    [
        ("select 1 from meta.extracts order by fetched_at desc", BY_TIME),
        ("row_number() over (partition by tab order by workbook, e.fetched_at)", BY_TIME),
        ("select arg_max(run_id, finished_at) from meta.runs", BY_TIME),
        ("select now()", CLOCK),
        ("insert into t values (current_timestamp)", CLOCK),
    ],
)
def test_what_is_forbidden_is_seen(sql: str, forbidden: re.Pattern[str]) -> None:
    assert forbidden.search(sql)
