"""Whatever stands in the tabs of a family, every row ends in exactly one table with its address."""

from dataclasses import replace
from itertools import chain
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from candid_assets.cleaning.cleaning_sql import CleaningTables
from candid_assets.cleaning.family_cleaning import Member, clean_family
from candid_assets.cleaning.macros import install_macros
from candid_assets.contracts.header_map import HeaderMap
from candid_assets.names import column_letter
from candid_assets.warehouse.current_extracts import CurrentExtract
from candid_assets_tests.cleaning.kit import column, tab_of

pytestmark = pytest.mark.slow

TAB = replace(
    tab_of(
        column("title", header="_tab"),
        column("order_id", primary_key_position=1),
        column("amount", "number", required=True),
        column("phone", unique=True),
        column("day", "date", options={"optional": True}),
        title_pattern="T[0-9]",
    ),
    path=Path("orders.yaml"),
)
NAMES = CleaningTables("all_clean", "all_quarantine", "all_dropped")
cells = st.sampled_from(
    [None, ("t", "A1"), ("t", "A2"), ("t", "A3"), ("t", "x"), ("t", "Total"), ("n", "5"),
     ("n", "7"), ("t", "1.250"), ("t", "17/08/2025"), ("e", "#REF!"), ("t", " "), ("t", "ORDER_ID")]
)  # fmt: skip
rows = st.lists(st.lists(cells, min_size=4, max_size=5), max_size=8)
member = st.tuples(st.permutations([1, 2, 3, 4]), st.integers(0, 2), rows)


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as opened:
        install_macros(opened)
        opened.execute("create schema raw")
        yield opened


def _load(connection, members):
    """Make the family's raw table and return its members."""
    letters = [column_letter(n) for n in range(1, 6)]
    connection.execute(
        f'create or replace table raw."{TAB.table}" (_tab varchar, _sheet_id bigint, _row integer,'
        f" _kinds varchar, _extract varchar, _loaded_at timestamptz,"
        f" {', '.join(f'{c} varchar' for c in letters)})"
    )
    made, landed = [], []
    for number, (order, above, body) in enumerate(members):
        names = ("order_id", "amount", "phone", "day")
        positions = dict(zip(names, order, strict=True))
        header = [None] * 5
        for name, place in positions.items():
            header[place - 1] = ("t", name.upper())
        lines = [*([[("t", "Judul")]] * above), header, *body]
        sheet = 900 - number
        for place, line in enumerate(lines, start=1):
            full = [*line, *[None] * (5 - len(line))]
            kinds = "".join("-" if cell is None else cell[0] for cell in full)
            texts = [None if cell is None else cell[1] for cell in full]
            landed.append((f"T{number}", sheet, place, kinds, f"hash{number}", *texts))
        extract = CurrentExtract(
            f"hash{number}", "book", sheet, f"T{number}", len(lines), tab=f"orders@{sheet}"
        )
        made.append(Member(extract, HeaderMap(above + 1, positions)))
    marks = ", ".join(["(?, ?, ?, ?, ?, now(), ?, ?, ?, ?, ?)"] * len(landed))
    connection.execute(f'insert into raw."{TAB.table}" values {marks}', [*chain(*landed)])
    return made


def _addresses(connection, table):
    return connection.execute(f"select _sheet_id, _row from temp.{table}").fetchall()


@settings(max_examples=30, deadline=None)
@given(
    members=st.lists(member, min_size=1, max_size=4),
    policy=st.sampled_from(["quarantine", "keep_first", "keep_last"]),
)
def test_every_row_of_every_member_is_in_exactly_one_table(connection, members, policy):
    tab = replace(TAB, options=replace(TAB.options, duplicate_keys=policy))
    made = _load(connection, members)
    clean_family(connection, tab, made, NAMES)
    tables = [getattr(NAMES, kind) for kind in ("clean", "quarantine", "dropped")]
    ended = [address for table in tables for address in _addresses(connection, table)]
    stood = connection.execute(f'select _sheet_id, _row from raw."{TAB.table}"').fetchall()
    assert sorted(ended) == sorted(stood)
    clean = connection.execute(
        "select title, _tab, order_id, phone, _extract from temp.all_clean"
    ).fetchall()
    assert all(line[0] == line[1] for line in clean)
    assert len({line[2] for line in clean}) == len(clean)
    phones = [line[3] for line in clean if line[3] is not None]
    assert len(set(phones)) == len(phones)
    wrong = connection.execute(
        "select count(*) from temp.all_quarantine, unnest(_reasons) as u(r)"
        " where not ends_with(u.r.link, '#gid=' || _sheet_id || '&range=' || u.r.cell)"
        " or not ends_with(u.r.cell, _row::varchar)"
    ).fetchone()
    assert wrong == (0,)
    ids = connection.execute("select count(*), count(distinct _id) from temp.all_quarantine")
    assert len(set(ids.fetchone())) == 1


@settings(max_examples=20, deadline=None)
@given(members=st.lists(member, min_size=2, max_size=3))
def test_a_key_quarantined_in_one_member_is_clean_in_no_other(connection, members):
    made = _load(connection, members)
    clean_family(connection, TAB, made, NAMES)
    shared = connection.execute(
        "select u.r.value from temp.all_quarantine, unnest(_reasons) as u(r)"
        " where u.r.reason = 'duplicate_key'"
        " intersect select order_id from temp.all_clean"
    ).fetchall()
    assert shared == []
