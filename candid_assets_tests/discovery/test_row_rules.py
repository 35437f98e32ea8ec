"""Rules that nearly all rows keep are proposed with their evidence; chance proposes none."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pytest

from candid_assets.contracts.row_rules import read_row_rules
from candid_assets.contracts.tab_file import read_tab
from candid_assets.discovery.contract_text import table_yaml
from candid_assets.discovery.proposal import TableProposal
from candid_assets_tests.discovery.kit import table_of

Table = Callable[..., TableProposal]
HEADER = ["No Order", "Tgl Pesan", "Tgl Kirim", "Dipesan", "Dikirim", "Harga", "Diskon", "Jumlah"]


def orders(many: int = 200, seed: int = 5) -> list[list[Any]]:
    rng = Random(seed)  # noqa: S311 - the same rows in every run
    rows: list[list[Any]] = []
    for n in range(many):
        day = date(2025, 1, 1) + timedelta(days=rng.randrange(300))
        ordered = rng.randrange(5, 200)
        sent = ordered - rng.choice((0, 0, 1, 4))
        price, off = rng.randrange(20, 400) * 250, rng.choice((0, 0.05, 0.1))
        amount = round(ordered * price * (1 - off))
        later = day + timedelta(days=rng.randrange(9))
        rows.append([f"SO-{n:04}", day, later, ordered, sent, price, off, amount])
    return rows


@pytest.fixture
def table(tmp_path: Path) -> Table:
    """Return what is proposed for rows below a header."""
    scratches = count()
    return lambda rows, header=HEADER: table_of(
        tmp_path / f"scratch-{next(scratches)}", [header, *rows]
    )


def named(proposed: TableProposal) -> set[str]:
    return {rule.name for rule in proposed.row_rules}


def test_rules_of_an_order_are_proposed_as_warnings_with_their_evidence(
    table: Table, tmp_path: Path
) -> None:
    proposed = table(orders())
    assert named(proposed) == {
        "tgl_kirim_after_tgl_pesan",
        "dikirim_within_dipesan",
        "jumlah_less_diskon",
    }
    assert {rule.evidence for rule in proposed.row_rules} == {"200 of 200 rows keep it"}
    text = table_yaml(proposed, family=False)
    assert "severity: warning}  # 200 of 200 rows keep it" in text
    path = tmp_path / f"{proposed.name}.yaml"
    path.write_text(text)
    tab, document = read_tab(path, "toko", "team:toko")
    assert document.problems == []
    assert tab is not None
    assert {rule.name for rule in tab.row_rules} == named(proposed)
    assert read_row_rules(document, [], tab.columns) == ()


def test_one_row_in_a_hundred_may_break_a_proposed_rule_and_three_may_not(table: Table) -> None:
    rows = orders()
    rows[7][4] = 900
    assert "dikirim_within_dipesan" in named(table(rows))
    (rule,) = [r for r in table(rows).row_rules if r.name == "dikirim_within_dipesan"]
    assert rule.evidence == "199 of 200 rows keep it"
    for n in range(6):
        rows[n][4] = 900
    assert "dikirim_within_dipesan" not in named(table(rows))


def test_product_and_sum_are_proposed_whatever_the_headers_say(table: Table) -> None:
    rng = Random(3)  # noqa: S311
    rows = []
    for n in range(120):
        a, b = rng.randrange(2, 90), rng.randrange(100, 9000) * 10
        rows.append([f"K{n}", a, b, a * b, rng.randrange(1000, 99999)])
        rows[-1].append(rows[-1][3] + rows[-1][4])
    proposed = table(rows, ["Kode", "Alfa", "Beta", "Gama", "Delta", "Epsilon"])
    assert named(proposed) == {"gama_is_product", "epsilon_is_sum"}


def test_columns_without_a_bond_get_no_rule(table: Table) -> None:
    rng = Random(9)  # noqa: S311
    rows = [
        [f"K{n}", rng.randrange(1, 50), rng.randrange(1000, 9000), rng.randrange(100, 900)]
        for n in range(150)
    ]
    assert named(table(rows, ["Kode", "Alfa", "Beta", "Gama"])) == set()


def test_few_rows_conclude_nothing(table: Table) -> None:
    assert named(table(orders(15))) == set()


def test_table_without_a_clean_row_is_proposed_without_rules(table: Table) -> None:
    rows = [[*row[:2], "#N/A", *row[3:]] for row in orders(40)]
    rows = [[*row[:7], "#REF! (Reference does not exist.)"] for row in rows]
    assert named(table(rows)) == set()
