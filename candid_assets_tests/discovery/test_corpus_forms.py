"""A tab is the same table as a file, as lines of text, and as a sheet of the local server."""

from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

from candid_assets.discovery.find_tables import look_at
from candid_assets.sources.read_undescribed import UndescribedWorkbook
from candid_assets_tests.discovery.corpus import corpus
from candid_assets_tests.discovery.corpus_forms import FORMS
from candid_assets_tests.discovery.corpus_whole import Truth
from candid_assets_tests.discovery.kit import workbook

SEED, SAMPLE = 17, 8


def tables_in(book: UndescribedWorkbook) -> list[tuple[Any, ...]] | str:
    """Return where the tables of a workbook's only tab stand, and their rows of data."""
    tables = look_at(0, book.tabs[0])
    if not isinstance(tables, list):
        return tables.code
    return [
        (t.layout.header_row, t.layout.first_row, t.layout.places, tuple(t.data_rows))
        for t in tables
    ]


def others(form: str, truths: Sequence[Truth], folder: Path) -> list[str]:
    """Return the tabs that are other tables in a form than in memory."""
    return [
        truth.name
        for truth, book in FORMS[form](truths, folder)
        if tables_in(book) != tables_in(workbook({"Data": truth.sheet}, truth.locale))
    ]


@pytest.mark.parametrize("form", FORMS)
def test_a_sample_of_tabs_is_the_same_tables_in_each_form(tmp_path: Path, form: str) -> None:
    tabs = [truth for truth in corpus() if truth.locale == "in_ID"]
    sample = Random(SEED).sample(tabs, SAMPLE)  # noqa: S311 - chance for a test
    assert others(form, sample, tmp_path) == []


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_every_tab_is_the_same_tables_in_each_form(tmp_path: Path, form: str) -> None:
    tabs = corpus()
    different = [
        name
        for locale in {truth.locale for truth in tabs}
        for name in others(form, [t for t in tabs if t.locale == locale], tmp_path / locale)
    ]
    assert different == []
