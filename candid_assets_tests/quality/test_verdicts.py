"""Great Expectations, plain SQL and the audit's one statement give any table one verdict."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import groupby

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from candid_assets.contracts.catalog import Column, Model
from candid_assets.contracts.column_rules import broken_sql, rules_of
from candid_assets.quality.audit import SuiteAudit
from candid_assets.quality.expectations import SuiteRunner
from candid_assets.quality.frame import column_types
from candid_assets.quality.suite_sql import count_broken
from candid_assets.quality.table_rules import suite_rules
from candid_assets_tests.quality.contracts_made import column, model, run_suite, stage

pytestmark = pytest.mark.slow

RUNNER = SuiteRunner()
CLASSES = [
    *(r"\w+", r"[\w]*", r"\W*", r"[\W]+", r"\D+", r"[\D]"),
    *(r"\S+", r"[]\d]+", r"[^]\d]", r"\\d"),
]
PATTERNS = ("[A-Z]{2}-[0-9]+", "a|bc", ".*", r"\d+", r"[^\s]+( [^\s]+)*", "é+", "(?i)ab?")
TEXTS = st.one_of(
    st.sampled_from(
        [
            "a",
            "bc",
            "ab",
            "SO-1",
            "SO-1x",
            "é",
            "AB",
            "",
            " a",
            "12",
            "١٢",
            "日本",
            "\xa0",
            "]1",
            "\\d",
            "_",
            "x" * 40_000,
        ]
    ),
    st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=6),
)
MONEY = st.decimals(min_value=-(10**15), max_value=10**15, places=2)
NEAR = st.sampled_from([Decimal(x) for x in ("-0.01", "0.00", "0.01", "0.10", "0.11", "0.30")])
WHOLE = st.integers(-(2**62), 2**62) | st.integers(-2, 2) | st.sampled_from([2**53, 2**53 + 1])
DAYS = st.dates() | st.dates(date(2025, 1, 1), date(2025, 1, 3))
BOUNDS = ("minimum", "maximum", "exclusive_minimum", "exclusive_maximum")
VALUES = {"code": TEXTS, "amount": NEAR | MONEY, "n": WHOLE, "day": DAYS}


@st.composite
def columns(draw) -> tuple[Column, ...]:
    bounds = {
        "amount": NEAR | st.decimals(min_value=-(10**12), max_value=10**12, places=3),
        "n": st.integers(-3, 3).map(Decimal),
        "day": st.dates(date(2024, 12, 30), date(2025, 1, 5)),
    }
    made = [
        column(
            "code",
            pattern=draw(st.none() | st.sampled_from([*PATTERNS, *CLASSES])),
            min_length=draw(st.none() | st.integers(0, 3)),
            max_length=draw(st.none() | st.integers(3, 5)),
            enum=draw(st.just(()) | st.just(("a", "bc", "é"))),
        )
    ]
    for name, kind in (("amount", "number"), ("n", "integer"), ("day", "date")):
        # One bound of each side at most: which of two is tighter has its own tests.
        low = draw(st.none() | st.tuples(st.sampled_from(BOUNDS[::2]), bounds[name]))
        high = draw(st.none() | st.tuples(st.sampled_from(BOUNDS[1::2]), bounds[name]))
        if low and high and low[1] > high[1]:
            high = (high[0], low[1])
        made.append(column(name, kind, **dict(side for side in (low, high) if side)))
    key = draw(st.sampled_from([(), ("code",), ("n",), ("amount", "day"), ("code", "n")]))
    return tuple(
        replace(
            c,
            required=draw(st.booleans()),
            unique=draw(st.booleans()),
            primary_key_position=key.index(c.name) + 1 if c.name in key else None,
        )
        for c in made
    )


def conditions(c: Column) -> list[str]:
    """SQL for each rule of `values_valid`: true where a value breaks it."""
    signs = {"minimum": "<", "maximum": ">", "exclusiveMinimum": "<=", "exclusiveMaximum": ">="}
    kept = {key: sign for key, sign in signs.items() if key in c.rules}
    said = [f"{c.name} {sign} {literal(c.rules[key])}" for key, sign in kept.items()]
    said = [" OR ".join(said)] if said else []
    if "enum" in c.rules:
        said.append(f"{c.name} NOT IN {c.rules['enum']!r}")
    lengths = [
        f"length({c.name}) {sign} {c.rules[key]}"
        for key, sign in (("minLength", "<"), ("maxLength", ">"))
        if key in c.rules
    ]
    said += [" OR ".join(lengths)] if lengths else []
    if "pattern" in c.rules:
        said.append(f"NOT regexp_full_match({c.name}, '{c.rules['pattern']}')")
    return said


def cleaned(c: Column) -> list[str]:
    """SQL with which cleaning finds a value, not NULL, that breaks each rule of `values_valid`."""
    shared = groupby(rules_of(c), key=lambda pair: pair[0].expectation)
    broken = (" OR ".join(broken_sql(*pair, c) for pair in pairs) for _, pairs in shared)
    return [f"{c.name} IS NOT NULL AND ({condition})" for condition in broken]


def literal(bound: object) -> str:
    return f"{bound}::DECIMAL(38,3)" if isinstance(bound, Decimal) else f"DATE '{bound}'"


def verdict(connection: duckdb.DuckDBPyConnection, subject: Model, staged: str) -> dict[str, int]:
    def one(sql: str) -> int:
        return int(connection.execute(sql).fetchone()[0])

    keys = [subject.primary_key] if subject.primary_key else []
    keys += [(c.name,) for c in subject.columns if c.unique and (c.name,) not in keys]
    duplicates = sum(
        one(
            f"SELECT coalesce(sum(times), 0) FROM (SELECT {', '.join(key)}, count(*) AS times "
            f"FROM {staged} WHERE {' AND '.join(f'{name} IS NOT NULL' for name in key)} "
            "GROUP BY ALL HAVING count(*) > 1)"
        )
        for key in keys
    )
    required = [c for c in subject.columns if c.required or c.primary_key_position]
    blanks = sum(one(f"SELECT count(*) FROM {staged} WHERE {c.name} IS NULL") for c in required)
    invalid = [said for c in subject.columns for said in conditions(c)]
    wrong = sum(one(f"SELECT count(*) FROM {staged} WHERE {said}") for said in invalid)
    refused = [said for c in subject.columns for said in cleaned(c)]
    assert wrong == sum(one(f"SELECT count(*) FROM {staged} WHERE {said}") for said in refused)
    counts = {"columns_match": 0}
    counts |= {"keys_unique": duplicates} if keys else {}
    counts |= {"values_present": blanks} if required else {}
    counts |= {"values_valid": wrong} if invalid else {}
    return counts


ROWS = st.lists(st.tuples(*(st.none() | values for values in VALUES.values())), max_size=8)


@settings(max_examples=100, deadline=None)
@given(columns=columns(), rows=ROWS, repeated=st.booleans())
def test_suite_gives_the_verdicts_of_plain_sql(columns, rows, repeated) -> None:
    subject = model(*columns)
    with duckdb.connect() as connection:
        staged = stage(connection, subject, rows + rows[:2] if repeated else rows)
        expected = verdict(connection, subject, staged)
        results = run_suite(RUNNER, subject, connection, staged, None)
        audited = SuiteAudit().judge(subject, connection, staged, None)
        rules, types = suite_rules(subject), dict(column_types(connection, staged))
        counted = count_broken(connection, staged, rules, types)
    # The statement finds broken exactly the rules that Great Expectations does, and what is
    # stored of them is the same to the last sample.
    assert audited == results
    assert {
        rule.check for rule, count in zip(rules, counted.broken, strict=True) if count != 0
    } == {r.name for r in results if not r.passed}
    assert None not in counted.broken
    assert {r.name: r.counts["unexpected_count"] for r in results} == expected
    assert {r.name: r.passed for r in results} == {n: count == 0 for n, count in expected.items()}
    assert not any("could not be judged" in r.message for r in results)
