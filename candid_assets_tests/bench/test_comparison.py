"""The comparison as a whole on a few rows, the unseen workbooks, and the page that is written."""

import json
from dataclasses import asdict, replace

import pytest

from candid_assets.sandbox.workbook import SampleTab, SampleWorkbook
from candid_assets_tests.bench.benchmark_page import RESULTS, chart_of, page_of
from candid_assets_tests.bench.comparison import Measured, compare, keep
from candid_assets_tests.bench.contender_runs import BOUND, CONTENDERS, PLATFORM, Installed
from candid_assets_tests.bench.unseen import make_unseen
from candid_assets_tests.bench.workloads import Workload, unseen_workload

pytestmark = pytest.mark.slow

SMALL = ("gspread and pandas", BOUND)


@pytest.fixture(scope="module")
def unseen(tmp_path_factory):
    folder = tmp_path_factory.mktemp("unseen")
    make_unseen(folder, books=2, tabs=4, rows=400)
    return unseen_workload(folder, only_full=False)


def chosen(*names):
    return [Installed(one) for one in CONTENDERS if one.name in names]


def test_unseen_workbooks_have_exactly_the_rows_and_tabs_asked_for(unseen):
    books = [SampleWorkbook.load(unseen.folder / f"{book}.json") for book in unseen.books]
    tabs = [tab for book in books for tab in book.tabs]
    assert (len(books), len(tabs)) == (2, 4)
    assert sum(len(tab.rows) - 1 for tab in tabs) == 400


def test_unseen_workbooks_are_the_same_each_time(unseen, tmp_path):
    make_unseen(tmp_path, books=2, tabs=4, rows=400)
    for book in unseen.books:
        assert (tmp_path / f"{book}.json").read_bytes() == (
            unseen.folder / f"{book}.json"
        ).read_bytes()


def test_every_contender_is_measured_in_every_case_that_it_knows(tmp_path):
    rows = [["Kode", "Jumlah"], ["0812", 5]]
    SampleWorkbook("satu", "Satu", [SampleTab(1, "Isi", rows)]).save(tmp_path)
    workload = Workload("sample", tmp_path, ("satu",), "satu", ("satu", "Isi", "B2"))
    measured = compare(chosen(*SMALL), workload, tmp_path / "scratch", 1, 60)
    assert [(f["contender"], f["case"], f["reads"]) for f in measured.figures] == [
        (BOUND, "full", 4),
        (BOUND, "nothing changed", 1),
        (BOUND, "one workbook", 4),
        (BOUND, "one cell", 4),
        ("gspread and pandas", "full", 3),
        ("gspread and pandas", "one workbook", 3),
    ]
    assert not any(f["problem"] for f in measured.figures)
    assert [(loss["contender"], loss["changed"]) for loss in measured.losses] == [
        ("gspread and pandas", 1)
    ]


def test_who_takes_minutes_takes_part_in_the_first_rounds_only(unseen, tmp_path):
    slow = [
        replace(one, contender=replace(one.contender, takes_minutes=True)) for one in chosen(BOUND)
    ]
    briefly = replace(unseen, only_full=True)
    assert len(compare(slow, briefly, tmp_path, 2, 60).figures) == 1
    assert len(compare(slow, briefly, tmp_path, 2, 60, slow_rounds=2).figures) == 2


def test_the_platform_changes_no_cell_of_workbooks_that_it_never_saw(unseen, tmp_path):
    measured = compare(chosen(PLATFORM), unseen, tmp_path, 1, 300)
    (lost,) = measured.losses
    assert (lost["changed"], lost["missing"]) == (0, 0)
    assert [f["case"] for f in measured.figures] == [
        *("full", "nothing changed", "one workbook", "one cell")
    ]


def figure(contender, case="full", **more):
    plain = {"reads": 2, "bytes": 1e6, "seconds": 2.0, "cpu_seconds": 1.0, "peak_mb": 100}
    return {"contender": contender, "case": case, "problem": "", **plain, **more}


def kept(*figures, **more):
    lost = {"contender": "x", "cells": 200, "changed": 3, "rows": 9, "missing": 1}
    measured = Measured("a machine", "2026-01-01", 3, list(figures), [lost])
    about = {"version": "1", "about": "a way", "problem": ""}
    return {"contenders": {"x": about}, "runs": {"sample": asdict(measured)}, **more}


def test_figures_are_medians_as_multiples_of_the_bound():
    others = [figure("x", seconds=seconds, reads=4) for seconds in (4.0, 100.0, 6.0)]
    page = page_of(kept(*[figure(BOUND)] * 3, *others))
    assert "| x | 2.0 (4) | 1.0 (1.0 MB) | 3.0 (6.0 s) | 1.0 (1.0 s) | 1.0 (100 MB)" in page
    assert "| 3 (1.5%) | 1 |" in page
    assert "In 3 rounds, on 2026-01-01, a machine." in page


def test_who_loaded_less_often_says_so_and_who_failed_says_why():
    page = page_of(kept(*[figure(BOUND)] * 3, figure("x"), figure("y", problem="exit code 1: no")))
    assert "| x, 1 load | " in page
    assert "| y | exit code 1: no |" in page


def test_a_way_that_does_not_install_stands_in_the_page_with_the_reason():
    results = kept(figure(BOUND))
    results["contenders"]["x"]["problem"] = "does not install: no wheel"
    assert "a way. **Not measured: does not install: no wheel**" in page_of(results)


def test_what_is_not_measured_anew_stays_in_the_page(tmp_path):
    file = tmp_path / "benchmark.json"
    file.write_text(json.dumps(kept(figure(BOUND), large=[])))
    keep(file, [Installed(CONTENDERS[0])], {"unseen": Measured("another", "2026-02-02", 1)})
    page = file.with_suffix(".md").read_text()
    assert "In 3 rounds, on 2026-01-01, a machine." in page
    assert "In 1 round, on 2026-02-02, another." in page


def test_the_page_and_its_chart_are_what_the_writer_makes_of_the_results():
    results = json.loads(RESULTS.read_text())
    assert RESULTS.with_suffix(".md").read_text() == page_of(results)
    assert RESULTS.with_suffix(".svg").read_text() == chart_of(results)
