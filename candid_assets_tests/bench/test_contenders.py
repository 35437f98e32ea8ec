"""Each way to load, on workbooks of a few rows."""

import sys

import duckdb
import pytest

from candid_assets.sandbox.process import SandboxServer
from candid_assets.sandbox.workbook import Dated, SampleTab, SampleWorkbook
from candid_assets_tests.bench.contender_runs import (
    BOUND,
    CONTENDERS,
    SCRIPTS,
    Contender,
    Installed,
    database_of,
    install,
    run_once,
)
from candid_assets_tests.bench.contenders.reroute import rerouted
from candid_assets_tests.bench.truth import database_tabs, loss, truths
from candid_assets_tests.bench.workloads import Workload, books_of

pytestmark = pytest.mark.slow

BY_NAME = {contender.name: contender for contender in CONTENDERS}
ROWS = [["Kode", "Jumlah", "Tgl"], ["0812", 5, Dated(45_000, "dd/mm/yyyy")], ["B", 7, None]]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("books")
    chart = SampleTab(2, "Grafik", [], sheet_type="OBJECT")
    SampleWorkbook("satu", "Satu", [SampleTab(1, "Q1", ROWS), chart]).save(folder)
    SampleWorkbook("dua", "Dua", [SampleTab(1, "Isi & 'kutipan'", ROWS)]).save(folder)
    with SandboxServer(folder, quota=False) as server:
        yield server


@pytest.fixture
def load(server, tmp_path):
    workload = Workload("two", server.folder, books_of(server.folder), "satu", ("satu", "Q1", "B2"))

    def load(name):
        server.reset()
        ended = run_once(Installed(BY_NAME[name]), workload, server, tmp_path, workload.books, 60)
        assert ended.code == 0, ended.errors
        return {kind: count for kind, count in server.counters().items() if count}

    yield load
    server.reset(workbooks=True)


def tables(tmp_path, query):
    with duckdb.connect(str(database_of(tmp_path)), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_the_bare_bound_stores_both_renders_of_every_tab_as_text(load, tmp_path):
    load(BOUND)
    stored = tables(tmp_path, """select * from satu."Q1" """)
    assert stored[1] == ("0812", "5", "45000", "0812", "5", "15/03/2023")
    assert tables(tmp_path, "select count(*), count(distinct sha) from hashes") == [(2, 1)]


def test_the_bare_bound_asks_drive_once_and_reads_each_workbook_three_times(load):
    assert load(BOUND) == {"drive_reads": 1, "sheets_reads": 6, "tokens": 1}


def test_the_bare_bound_reads_only_what_changed(load, server, tmp_path):
    load(BOUND)
    assert load(BOUND) == {"drive_reads": 1, "tokens": 1}
    server.change("satu", "edit", tab="Q1", cells={"B2": 6})
    assert load(BOUND) == {"drive_reads": 1, "sheets_reads": 3, "tokens": 1}
    assert tables(tmp_path, """select "2" from satu."Q1" """)[1] == ("6",)
    assert len(tables(tmp_path, "select * from tabs")) == 2


def test_what_a_person_would_write_loses_leading_zeros_and_dates(load, server, tmp_path):
    load("gspread and pandas")
    lost = loss(truths(server.folder), database_tabs(database_of(tmp_path)))
    assert (lost.changed, lost.missing) == (4, 0)


def test_addresses_of_google_are_of_the_local_server_and_others_stay(monkeypatch):
    monkeypatch.setenv("BENCH_API", "http://127.0.0.1:9")
    assert rerouted("https://oauth2.googleapis.com/token") == "http://127.0.0.1:9/token"
    sheet = "https://sheets.googleapis.com/v4/spreadsheets/x/values/'A+B'!A1?q=1+2"
    assert rerouted(sheet) == "http://127.0.0.1:9/v4/spreadsheets/x/values/'A%20B'!A1?q=1+2"
    assert rerouted("http://127.0.0.1:9/token") == "http://127.0.0.1:9/token"


def test_whole_cells_are_asked_for_by_a_mask(monkeypatch):
    monkeypatch.setenv("BENCH_API", "http://127.0.0.1:9")
    asked = rerouted("https://sheets.googleapis.com/v4/spreadsheets/x?includeGridData=true")
    assert "&fields=" in asked
    assert rerouted(asked) == asked


@pytest.fixture
def streams(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(SCRIPTS)
    from candid_assets_tests.bench.contenders.messages import Streams

    streams = Streams(tmp_path)
    number = {"type": ["null", "string"], "format": "singer.decimal"}
    number = {"anyOf": [number, {"type": ["null", "string"]}]}
    day = {"anyOf": [{"type": ["null", "string"], "format": "date-time"}]}
    columns = {"kode": {"type": ["null", "string"]}, "jumlah": number, "tgl": day, "__sdc_row": {}}
    streams.describe("Q1", {"properties": columns})
    return streams


def test_records_are_stored_as_their_schema_types_them(streams):
    streams.add(
        "Q1", {"kode": "0812", "jumlah": "5", "tgl": "2023-03-15T00:00:00Z", "__sdc_row": 2}
    )
    with duckdb.connect() as connection:
        assert streams.load(connection, "satu") == [("satu", "Q1", "satu", "Q1")]
        types = connection.execute('describe satu."Q1"').fetchall()
    assert [(name, kind) for name, kind, *_ in types] == [
        ("kode", "VARCHAR"),
        ("jumlah", "DOUBLE"),
        ("tgl", "TIMESTAMP"),
    ]


def test_records_that_their_schema_does_not_allow_are_stored_as_text(streams):
    streams.add("Q1", {"kode": "0812", "jumlah": 5, "tgl": "besok"})
    with duckdb.connect() as connection:
        streams.load(connection, "satu")
        assert connection.execute('select tgl from satu."Q1"').fetchall() == [("besok",)]


def test_a_contender_that_does_not_install_says_why(tmp_path):
    installed = install(Contender("none", packages=("no such package!",)), tmp_path)
    assert installed.problem.startswith("does not install: ERROR: Invalid requirement")


def test_a_contender_whose_source_cannot_be_fetched_says_why(tmp_path):
    needs = Contender("needs", source="https://github.com/nobody/none")
    installed = install(needs, tmp_path, str(tmp_path / "nothing"))
    assert installed.problem.startswith("its source cannot be fetched: fatal: repository")
    assert str(installed.python) == sys.executable
