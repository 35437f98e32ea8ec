"""Publishing to a sheet: only what was approved, only into its tab, and it can be taken back."""

import ast
import json
import shutil
from pathlib import Path

import duckdb
import pytest

from candid_assets.deployment.cell_changes import cells_hash
from candid_assets.deployment.publications import plan_undo
from candid_assets.gate.errors import GateError
from candid_assets.gate.records import write_record
from candid_assets.settings import PACKAGE
from candid_assets.sources.sheets.credentials import SCOPES
from candid_assets.sources.sheets.writing import WRITE_SCOPE
from candid_assets_tests.deployment.boards import (
    AFTER,
    BEFORE,
    STOCK,
    cells_of,
    plan_into,
    publish_as,
    signed_by_hand,
)
from candid_assets_tests.deployment.gated import Gated, approver_line, put_decision


def test_the_plan_shows_every_cell_and_writes_none(board: Gated, books):
    plan = plan_into(board)
    assert plan.cells == {
        "A1": ("Papan", "sku"),
        "B1": ("lama", "quantity"),
        "A2": ("P900", "P001"),
        "B2": (45886, 1),
        "A3": ("P901", "P002"),
        "B3": ("", 2.5),
        "C3": ("catatan", ""),
    }
    assert books.counters()["writes"] == 0
    assert cells_of(books) == BEFORE


def test_an_approved_publication_is_written_and_taken_back_to_the_cell(board: Gated, books):
    plan = plan_into(board)
    board.decide(plan)
    assert publish_as(board, plan).cells == 7
    assert [[getattr(c, "serial", c) for c in row] for row in cells_of(books)] == AFTER
    assert cells_of(books, "Stok") == STOCK
    undo = plan_undo(board.settings(), board.installation, plan.digest)
    board.decide(undo, "budi")
    publish_as(board, undo)
    assert cells_of(books) == BEFORE
    writes = [call for call in books.calls() if call["kind"] == "writes"]
    assert len(writes) == 2
    assert all(call["path"].endswith("/values:batchUpdate") for call in writes)
    reads = [call for call in books.calls() if call["kind"].endswith("_reads")]
    assert all(set(call["scopes"]) == set(SCOPES) for call in reads)
    assert all(call["scopes"] == [WRITE_SCOPE] for call in writes)


def test_without_approval_nothing_is_written(board: Gated, books):
    with pytest.raises(GateError, match="not approved"):
        publish_as(board, plan_into(board))
    assert books.counters()["writes"] == 0


def test_an_agent_cannot_approve_a_publication(board: Gated, books):
    plan = plan_into(board)
    with pytest.raises(GateError, match="not in deployments/allowed_approvers"):
        board.decide(plan, "agent")
    with pytest.raises(GateError, match="not approved"):
        publish_as(board, plan)
    assert books.counters()["writes"] == 0


def test_no_list_of_approvers_is_in_force_before_the_first_deployment(board: Gated, books):
    shutil.rmtree(board.root / "deployments" / "applied")
    board.commit()
    with pytest.raises(GateError, match="nothing is deployed yet") as refused:
        plan_into(board)
    steps = ("allowed_approvers", "candid run", "make test", "candid plan", "candid apply")
    places = [(refused.value.fix or "").find(step) for step in steps]
    assert places[0] > -1
    assert places == sorted(places)
    assert books.counters()["writes"] == 0


def test_an_agent_that_lists_itself_cannot_approve_a_publication(board: Gated, books):
    path = board.root / "deployments" / "allowed_approvers"
    path.write_text(path.read_text() + approver_line(board.keys["agent"], "agent"))
    board.commit()
    plan = plan_into(board)
    with pytest.raises(GateError, match="signature is not one of agent"):
        board.decide(plan, "agent")
    with pytest.raises(GateError):
        publish_as(board, plan)
    assert books.counters()["writes"] == 0


def test_an_undo_needs_an_approval_of_its_own(board: Gated, books):
    plan = plan_into(board)
    board.decide(plan)
    publish_as(board, plan)
    undo = plan_undo(board.settings(), board.installation, plan.digest)
    with pytest.raises(GateError, match="not approved"):
        publish_as(board, undo)
    assert books.counters()["writes"] == 1


def test_tab_edited_since_the_plan_is_not_written(board: Gated, books):
    plan = plan_into(board)
    board.decide(plan)
    books.change("Toko", "edit", tab="Papan", cells={"D9": "x"})
    with pytest.raises(GateError, match="was edited since"):
        publish_as(board, plan)
    assert books.counters()["writes"] == 0


def test_an_undo_does_not_write_over_what_was_typed_since(board: Gated, books):
    plan = plan_into(board)
    board.decide(plan)
    publish_as(board, plan)
    books.change("Toko", "edit", tab="Papan", cells={"A2": "mine"})
    with pytest.raises(GateError, match="was edited since"):
        plan_undo(board.settings(), board.installation, plan.digest)


@pytest.mark.parametrize(
    "lie",
    [
        {"source": "ready.mart_sales"},
        {"source": "metrics:sales"},
        {"undo_of": "0" * 64},
        {"cells": {"A1": ("Papan", "sku"), "B1": ("lama", "quantity")}},
        {"value": ("B2", (45886, 1_000_000))},
        {"before": ("B2", (1, 1))},
        {"workbook": "elsewhere"},
    ],
    ids=lambda lie: next(iter(lie)),
)
def test_false_publication_is_neither_signed_nor_written(board: Gated, books, lie):
    plan = plan_into(board)
    ((field, said),) = lie.items()
    if field in ("value", "before"):
        at, cell = said
        field, said = "cells", {**plan.cells, at: cell}
    false = plan.model_copy(update={field: said})
    write_record(board.root / "deployments" / "plans", false)
    board.commit()
    with pytest.raises(GateError):
        board.decide(false)
    signed_by_hand(board, false)
    with pytest.raises(GateError):
        publish_as(board, false)
    assert books.counters()["writes"] == 0


def test_an_undo_that_would_write_other_values_is_neither_signed_nor_written(board: Gated, books):
    plan = plan_into(board)
    board.decide(plan)
    publish_as(board, plan)
    undo = plan_undo(board.settings(), board.installation, plan.digest)
    values = {**undo.cells, "B2": (1, 1_000_000)}
    rows = [["Papan", "lama"], ["P900", 1_000_000], ["P901", "", "catatan"]]
    false = undo.model_copy(update={"cells": values, "after": cells_hash(rows)})
    write_record(board.root / "deployments" / "plans", false)
    board.commit()
    with pytest.raises(GateError, match="says otherwise"):
        board.decide(false)
    signed_by_hand(board, false)
    with pytest.raises(GateError, match="says otherwise"):
        publish_as(board, false)
    assert books.counters()["writes"] == 1


def test_a_publication_of_what_was_published_anew_since_is_not_written(board: Gated, books):
    plan = plan_into(board)
    board.decide(plan)
    with duckdb.connect(str(board.settings().published_file)) as made:
        made.execute("update ready.dim_stock set quantity = 7 where sku = 'P002'")
    with pytest.raises(GateError, match=r"says otherwise .*after, cells"):
        publish_as(board, plan)
    assert books.counters()["writes"] == 0


def test_a_publication_is_written_once(board: Gated, books):
    plan = plan_into(board)
    board.decide(plan)
    publish_as(board, plan)
    for row, cells in enumerate(BEFORE, 1):
        books.change("Toko", "edit", tab="Papan", cells={f"A{row}": cells[0]})
    with pytest.raises(GateError, match="published already"):
        publish_as(board, plan)


@pytest.mark.parametrize("change", ["cells", "title", "sheet_id", "spreadsheet_id"])
def test_an_edited_publication_is_not_approved(board: Gated, books, change):
    plan = plan_into(board)
    board.decide(plan)
    other = {"cells": {"A1": ("Papan", "hacked")}, "title": "Stok", "sheet_id": 101}
    edited = plan.model_copy(update={change: other.get(change, "Other")})
    path = write_record(board.root / "deployments" / "plans", edited)
    board.commit()
    with pytest.raises(GateError, match="not approved"):
        publish_as(board, board.records.plan(path.stem))
    file = board.root / "deployments" / "plans" / f"{plan.digest}.json"
    file.chmod(0o644)
    file.write_bytes(edited.encoded)
    with pytest.raises(GateError, match="edited after it was written"):
        board.records.plan(plan.digest)
    assert books.counters()["writes"] == 0


@pytest.mark.parametrize(("title", "reason"), [("Stok", "stock.yaml"), ("Lain", "as other")])
def test_a_tab_that_is_read_is_never_published_into(board: Gated, title, reason):
    with pytest.raises(GateError, match=f"is read .*{reason}"):
        plan_into(board, title)


def test_formulas_are_not_written_over(board: Gated, books):
    books.change("Toko", "edit", tab="Papan", cells={"A2": "=1+1"})
    with pytest.raises(GateError, match=r"formulas .*A2"):
        plan_into(board)


def test_a_deployments_approval_is_none_for_a_publication(board: Gated, books):
    plan = plan_into(board)
    (decision,) = board.records.decisions(board.records.plan(board.records.applied()[0].plan))
    put_decision(board, plan, decision)
    board.commit()
    with pytest.raises(GateError, match="was put under"):
        publish_as(board, plan)
    assert books.counters()["writes"] == 0


def test_the_account_that_reads_does_not_write_whichever_key_it_has(board: Gated, books, tmp_path):
    plan = plan_into(board)
    board.decide(plan)
    reading = board.variables["GOOGLE_APPLICATION_CREDENTIALS"]
    del board.variables["CANDID_WRITE_CREDENTIALS"]
    with pytest.raises(GateError, match="no credentials for writing"):
        publish_as(board, plan)
    another_key = json.loads(Path(reading).read_text()) | {"private_key_id": "another"}
    (tmp_path / "another.json").write_text(json.dumps(another_key))
    board.variables["CANDID_WRITE_CREDENTIALS"] = str(tmp_path / "another.json")
    with pytest.raises(GateError, match="refreshes read with"):
        publish_as(board, plan)
    assert books.counters()["writes"] == 0


def test_write_refused_by_google_is_reported_and_leaves_no_record(board: Gated, books):
    plan = plan_into(board)
    board.decide(plan)
    books.fault({"do": "answer", "status": 503, "body": "down"}, api="writes")
    with pytest.raises(GateError, match="an error of its own"):
        publish_as(board, plan)
    assert cells_of(books) == BEFORE
    publish_as(board, plan)


def test_only_one_module_knows_the_scope_that_writes_and_only_publications_call_it():
    knowing, writing, calling = set(), set(), set()
    for path in PACKAGE.rglob("*.py"):
        room = path.relative_to(PACKAGE)
        if room.parts[0] == "sandbox":
            continue
        text = path.read_text(encoding="utf-8")
        if 'auth/spreadsheets"' in text or 'auth/drive"' in text:
            knowing.add(room)
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.ImportFrom):
                continue
            if node.module == "candid_assets.sources.sheets.writing":
                writing.add(room)
            if node.module == "candid_assets.sources.open_reader" and "open_publisher" in {
                alias.name for alias in node.names
            }:
                calling.add(room)
    assert knowing == {Path("sources/sheets/writing.py")}
    assert writing == {Path("sources/sheets/publishing.py")}
    assert calling == {Path("deployment/publications.py")}
