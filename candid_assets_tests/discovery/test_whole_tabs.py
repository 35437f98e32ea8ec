"""Whole tabs as people make them: headers, rows of data, and rows that are none."""

from pathlib import Path
from typing import Final

import pytest

from candid_assets.discovery.find_tables import TableTab, look_at
from candid_assets_tests.discovery.corpus import corpus
from candid_assets_tests.discovery.corpus_scores import scored, summaries
from candid_assets_tests.discovery.corpus_whole import Shape, Truth, whole_tabs
from candid_assets_tests.discovery.kit import workbook

SEEN: Final = [truth for truth in corpus() if truth.seen and truth.name.endswith("plain")]


def table_in(truth: Truth) -> TableTab:
    """Return the one table that is found in a tab."""
    tables = look_at(0, workbook({"Data": truth.sheet}, truth.locale).tabs[0])
    assert isinstance(tables, list), tables
    (table,) = tables
    return table


def test_there_are_enough_tabs_and_half_of_their_kinds_are_held_out() -> None:
    tabs = corpus()
    assert len(tabs) >= 120
    kinds = {truth.name.rpartition(", ")[0]: truth.seen for truth in tabs}
    assert sum(kinds.values()) == (len(kinds) + 1) // 2


@pytest.mark.parametrize("truth", SEEN, ids=[truth.name for truth in SEEN])
def test_header_and_rows_of_data_are_what_a_person_says(truth: Truth) -> None:
    table = table_in(truth)
    layout = table.layout
    assert (layout.header_row, layout.header_rows) == (truth.header_row, truth.header_rows)
    notes = {row for row, what in truth.left_out.items() if what == "n"}
    assert set(table.data_rows) - notes == truth.data


def test_a_score_counts_what_a_person_would_change(tmp_path: Path) -> None:
    text = "h Kode|Nama|Nilai\nd 40"
    (_, rough, _) = whole_tabs([Shape("small", "code, goods, money", text)])
    score = scored(rough, tmp_path)
    assert (score.header, score.types_right, score.edits, score.lost) == (True, 3, [], [])
    assert rough.faults
    assert score.faults_passed == []
    assert all(line.met for line in summaries([score]))
    rough.types[2] = "date"
    again = scored(rough, tmp_path / "again")
    assert (again.types_right, len(again.edits), again.taken) == (2, 1, True)
