"""The responsibilities of a data engineer are understood as they are usually written."""

from functools import cache

import pytest

from candid_assets.agent.heartbeat.understand import understand
from candid_assets.agent.tasks.task import Task
from candid_assets.contracts.catalog import Catalog
from candid_assets.contracts.load import load_catalog
from candid_assets.settings import PACKAGE


@cache
def catalog() -> Catalog:
    return load_catalog(PACKAGE / "catalog")


@pytest.mark.parametrize(
    ("title", "verb", "workbook"),
    [
        ("Schema documentation for new tables", "document", ""),
        ("Run data quality checks on all tabs", "validate", ""),
        ("Laporan kualitas data SKD", "report", "skd_control"),
        ("Pemeriksaan kualitas semua tabel", "validate", ""),
        ("Refresh SKD", "refresh", "skd_control"),
    ],
)
def test_a_title_is_understood_whole(title: str, verb: str, workbook: str) -> None:
    (work,) = understand(Task("T-1", title, ("data-eng",), ()), catalog())
    assert (work.verb, work.workbook) == (verb, workbook)
