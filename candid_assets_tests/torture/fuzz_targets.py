"""What is fuzzed: each target takes bytes as somebody may send them, and only refuses in order.

A target returns for input that is taken, raises `CandidError` for input that is refused, and
anything else is a fault. Seeds are whole files of the kind, made here or taken from the catalog.
"""

import io
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import duckdb
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
from graphql import build_schema

from candid_assets.agent.tasks.task_document import Document
from candid_assets.contracts.load import load_catalog
from candid_assets.errors import CandidError
from candid_assets.gate.plans import DECISION, DEPLOYMENT, PLAN
from candid_assets.maintenance.backup import back_up
from candid_assets.maintenance.restore import restore
from candid_assets.sandbox.a1 import AddressedTab, parse_range
from candid_assets.settings import PACKAGE
from candid_assets.sources.files.reader import FilesReader
from candid_assets.sources.protocol import Request
from candid_assets.sources.sheets.cells import classify
from candid_assets.sources.sheets.chunks import quoted_title
from candid_assets.sources.source_errors import SourceError
from candid_assets.warehouse.database import bootstrap
from candid_assets.web.api.query_parameters import compile_query
from candid_assets.web.api.relations import CHECKS
from candid_assets.web.graphql_documents import bind_arguments, read_json, read_operation
from candid_assets_tests.end_to_end.faults.kit import MODEL_SQL, MODEL_YAML, TAB, write_company
from candid_assets_tests.sources.installation import HEAD
from candid_assets_tests.torture import fuzz_records

IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")
SCHEMA = """
type Query { version: String! }
type Mutation { launchRun(executionParams: ExecutionParams!): Outcome!
  terminateRun(runId: String!, terminatePolicy: String): Outcome! }
input ExecutionParams { selector: Selector!, runConfigData: String, mode: String }
input Selector { jobName: String, assetSelection: [String!] }
type Outcome { message: String }
"""
TASKS = """# Tasks

| ID | Task | Agent | Status | Notes |
|---|---|---|---|---|
| T-1 | Refresh skd_control | data-eng | pending | job: refresh_skd_control |
| T-2 | ~~Lama~~ `validate` products | @data-eng | selesai \\| ya | – |

## For data-eng

- [ ] T-3 Refresh `coreos` (job: refresh_all)
- [x] document sales_master
  - status: in progress

### T-4 Discover new workbook

Status: **pending**
Assignee: data-eng
"""
METRIC = (PACKAGE / "catalog" / "metrics" / "hub.yaml").read_bytes()


@dataclass(frozen=True)
class Target:
    """One kind of input."""

    seeds: tuple[bytes, ...]
    take: Callable[[bytes], Any]


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="candid-fuzz-") as folder:
        yield Path(folder)


@cache
def _company() -> Path:
    root = Path(tempfile.mkdtemp(prefix="candid-fuzz-company-"))
    write_company(root)
    return root / "catalog"


def _catalog_with(file: str) -> Callable[[bytes], None]:
    """Return a target that loads the company's catalog with one file of these bytes."""

    def take(content: bytes) -> None:
        with _folder() as folder:
            root = folder / "catalog"
            shutil.copytree(_company(), root)
            (root / file).parent.mkdir(parents=True, exist_ok=True)
            (root / file).write_bytes(content)
            catalog = load_catalog(root)
        for tab in catalog.tabs:
            names = [tab.name, *(column.name for column in tab.columns)]
            assert all(IDENTIFIER.fullmatch(name) for name in names), names
        for problem in catalog.problems:
            assert problem.message, problem

    return take


def _tasks(content: bytes) -> None:
    document = Document.from_bytes(content, "data-eng")
    assert document.to_bytes() == content
    for task in document.tasks:
        if task.marks:
            marks = sum(len(mark.text) for mark in task.marks if hasattr(mark, "text"))
            changed = document.with_status(task, "in_progress").text
            assert abs(len(changed) - len(document.text)) <= marks + 40 * len(task.marks)


@cache
def _schema() -> Any:
    return build_schema(SCHEMA)


def _graphql(content: bytes) -> None:
    operation = read_operation(read_json(content))
    if operation.kind == "mutation":
        bind_arguments(operation, _schema())
    json.loads(operation.body)


@cache
def _checks() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(":memory:")
    bootstrap(connection, "staging")
    return connection


def _query(content: bytes) -> None:
    text = content.decode("utf-8", "replace")
    parameters = parse_qsl(text, keep_blank_values=True)
    statement = compile_query(CHECKS, parameters)
    assert not _checks().execute(statement.text, list(statement.values)).fetchall()


@cache
def _backup() -> bytes:
    with _folder() as folder:
        data = folder / "staging"
        data.mkdir()
        with duckdb.connect(str(data / "warehouse.duckdb")) as connection:
            bootstrap(connection, "staging")
        target = folder / "backup.tar.gz"
        back_up(data, "staging", target)
        return target.read_bytes()


def _restore(content: bytes) -> None:
    with _folder() as folder:
        file = folder / "backup.tar.gz"
        file.write_bytes(content)
        inside = folder / "inside"
        inside.mkdir()
        try:
            restore(file, inside / "staging", "staging", replace=False)
        finally:
            assert {p.name for p in folder.iterdir()} == {"backup.tar.gz", "inside"}
            assert {p.name for p in inside.iterdir()} <= {"staging"}


def _source_file(suffix: str) -> Callable[[bytes], None]:
    """Return a target that reads a folder with one damaged and one whole file."""

    def take(content: bytes) -> None:
        with _folder() as folder:
            drops = folder / "drops"
            drops.mkdir()
            (drops / f"harian{suffix}").write_bytes(content)
            (drops / "kuartal.csv").write_bytes(_CSV)
            for file in drops.iterdir():
                os.utime(file, (1_700_000_000, 1_700_000_000))  # at rest, so nobody waits
            books = folder / "catalog" / "workbooks" / "toko"
            books.mkdir(parents=True)
            server = f'type: local, path: "{drops}"'
            (books / "contract.yaml").write_text(HEAD.format(name="toko", server=server))
            (books / "harian.yaml").write_text(TAB.format(name="harian", title="harian"))
            (books / "kuartal.yaml").write_text(TAB.format(name="kuartal", title="kuartal"))
            catalog = load_catalog(folder / "catalog")
            assert not catalog.problems, catalog.problems
            (workbook,) = catalog.workbooks
            reader = FilesReader(folder / "spools")
            (folder / "spools").mkdir()
            extract = reader.extract(workbook, "staging", Request())
        whole = extract.tabs["kuartal"]
        assert not isinstance(whole, SourceError), whole

    return take


_CSV = b'No Nota,Tgl,Jumlah (Rp)\nN1,01/02/2025,1.250\nN2,02/02/2025,"2.000,50"\n'


def _xlsx() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["No Nota", "Tgl", "Jumlah (Rp)"], ["N1", 45000, 1250], ["N2", "x", 2000.5]):
        sheet.append(row)
    sheet.merge_cells("A5:B6")
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _parquet() -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table({"No Nota": ["N1", "N2"], "Jumlah (Rp)": [1, 2]}), file)
    return file.getvalue()


def _cells(content: bytes) -> None:
    """Take a column of an answer of Sheets in both renders."""
    try:
        answer = json.loads(content)
    except ValueError as error:
        raise CandidError(f"no JSON: {error}") from error
    if not (isinstance(answer, list) and all(isinstance(c, list) for c in answer)):
        raise CandidError("no columns")
    serial, shown = (*answer, [], [])[:2]
    if not {type(cell) for cell in (*serial, *shown)} <= {str, int, float, bool, type(None)}:
        raise CandidError("refused as it arrives")
    length = min(len(serial), len(shown))
    cells = classify(serial[:length], shown[:length])
    assert len(cells.kinds) == len(cells.texts) == length


def _title(content: bytes) -> None:
    """Address a tab of this title as the reader does, and find it as the local server does."""
    title = content.decode("utf-8", "replace")
    if not title:
        return
    grids = [AddressedTab("Jan25", 10, 3), AddressedTab(title, 20, 4)]
    cells = parse_range(f"{quoted_title(title)}!A1:B2", grids)
    assert (cells.tab, cells.end_row) == (int(title.casefold() != "jan25"), 2)


_CELLS = json.dumps(
    [
        ["N1", 1.5, True, "", 45000, "#N/A (none)", 1e300, -0.5, "1.250"],
        ["N1", 1.5, True, "", "15/03/2023", "#N/A (none)", 1e300, -0.5, "1.250"],
    ]
).encode()
_HEAD = HEAD.format(name="toko", server="type: custom, spreadsheetId: x").encode()
_QUERIES = (
    b"layer=clean&passed=false&columns=layer,table&sort=-checked_at&limit=5",
    b"message.contains=%27%3B+drop+table&checked_at.gte=2026-01-01T00:00:00Z&severity.ne=ERROR",
)
_GRAPHQL = tuple(
    json.dumps(request).encode()
    for request in (
        {"query": "{ version }"},
        {
            "query": "mutation M($p: ExecutionParams!) { a: launchRun(executionParams: $p)"
            ' { message } ...F } fragment F on Mutation { terminateRun(runId: "r") { message } }',
            "variables": {"p": {"selector": {"jobName": "refresh_all"}}},
            "operationName": "M",
        },
    )
)


def targets() -> Mapping[str, Target]:
    """Return every target by its name."""
    toko = "workbooks/toko"
    contract = TAB.format(name="harian", title="Jan25").encode()
    return {
        "contract": Target((contract,), _catalog_with(f"{toko}/harian.yaml")),
        "head": Target((_HEAD,), _catalog_with(f"{toko}/contract.yaml")),
        "model": Target((MODEL_SQL.encode(),), _catalog_with("models/sales/mart_daily.sql")),
        "model_yaml": Target((MODEL_YAML.encode(),), _catalog_with("models/sales/mart_daily.yaml")),
        "metrics": Target((METRIC,), _catalog_with("metrics/hub.yaml")),
        "tasks": Target((TASKS.encode(),), _tasks),
        "graphql": Target(_GRAPHQL, _graphql),
        "query": Target(_QUERIES, _query),
        "plan": Target((fuzz_records.plan(),), fuzz_records.reading(PLAN)),
        "publication": Target((fuzz_records.publication(),), fuzz_records.take_back),
        "decision": Target((fuzz_records.plan(),), fuzz_records.reading(DECISION)),
        "deployment": Target((fuzz_records.plan(),), fuzz_records.reading(DEPLOYMENT)),
        "cells": Target((_CELLS,), _cells),
        "title": Target((b"Jan25", b"Rekap 'Juli'!A1", "Penjualan \u2013 ☕".encode()), _title),
        "backup": Target((_backup(),), _restore),
        "csv": Target((_CSV,), _source_file(".csv")),
        "xlsx": Target((_xlsx(),), _source_file(".xlsx")),
        "parquet": Target((_parquet(),), _source_file(".parquet")),
    }


def outcome(target: Target, content: bytes) -> str:
    """Return `taken` or `refused`.

    Raises:
        Exception: Anything that is no `CandidError`, or one that does not say what is wrong.
    """
    try:
        target.take(content)
    except CandidError as error:
        if not error.message.strip():
            raise AssertionError("a refusal without a word") from error
        return "refused"
    return "taken"
