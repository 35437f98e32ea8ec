"""A publication that was ended amid its work: recorded once, by what is noted, and never silently.

What is noted of a plan that was begun is believed only where it is whole, of this very plan, and
where the tab holds, to the cell, what the plan makes of what it held before.
"""

from unittest.mock import patch

import pytest

from candid_assets.deployment import publications
from candid_assets.deployment.publications import plan_undo
from candid_assets.gate.begun_publications import note_of
from candid_assets.gate.errors import GateError
from candid_assets.gate.records import write_record
from candid_assets.monitoring.doctor.deployment import check_publications
from candid_assets.sources.sheets.publishing import SheetPublisher
from candid_assets_tests.deployment.boards import (
    BEFORE,
    cells_of,
    plan_into,
    publish_as,
    signed_by_hand,
)
from candid_assets_tests.deployment.gated import Gated

pytestmark = pytest.mark.slow


class Killed(BaseException):
    """Stands for the end of a process: what it noted is left as it is."""


def _approved(board: Gated, title="Papan"):
    plan = plan_into(board, title)
    board.decide(plan)
    return plan


def _killed(board: Gated, plan):
    """Publish a plan, and end the process before its record."""
    with patch.object(publications, "_recorded", side_effect=Killed), pytest.raises(Killed):
        publish_as(board, plan)


def _must_be_taken_back(board: Gated, books, plan):
    undo = plan_undo(board.settings(), board.installation, plan.digest)
    board.decide(undo, "budi")
    publish_as(board, undo)
    assert cells_of(books) == BEFORE


def _typed(books, plan, side):
    for at, cell in plan.cells.items():
        books.change("Toko", "edit", tab="Papan", cells={at: cell[side] or None})


def test_a_publication_that_was_killed_before_its_record_is_recorded_once_more(board: Gated, books):
    plan = _approved(board)
    _killed(board, plan)
    (finding,) = check_publications(board.settings())
    assert f"candid apply {plan.digest[:12]}" in finding.fix
    assert publish_as(board, plan).cells == 7
    assert books.counters()["writes"] == 1
    assert list(check_publications(board.settings())) == []
    assert not note_of(board.settings(), plan.digest).exists()
    _must_be_taken_back(board, books, plan)


def test_a_publication_that_was_killed_before_its_cells_were_set_is_written_once_more(
    board: Gated, books
):
    plan = _approved(board)
    with patch.object(SheetPublisher, "put", side_effect=Killed), pytest.raises(Killed):
        publish_as(board, plan)
    assert note_of(board.settings(), plan.digest).exists()
    assert publish_as(board, plan).cells == 7
    assert books.counters()["writes"] == 1


def test_a_publication_is_recorded_though_another_one_came_between(board: Gated, books):
    books.change("Toko", "add_tab", tab="Papan dua")
    plan, other = _approved(board), _approved(board, "Papan dua")
    _killed(board, plan)
    publish_as(board, other)
    publish_as(board, plan)
    assert books.counters()["writes"] == 2
    _must_be_taken_back(board, books, plan)


def test_a_publication_whose_source_was_lost_before_it_was_read_back_is_recorded(
    board: Gated, books, monkeypatch
):
    plan = _approved(board)
    put = SheetPublisher.put

    def put_and_lose(*given):
        put(*given)
        books.fault({"do": "error", "error": "invalid_value"}, api="sheets_reads", count=None)

    with monkeypatch.context() as losing:
        losing.setattr(SheetPublisher, "put", put_and_lose)
        with pytest.raises(GateError):
            publish_as(board, plan)
    assert books.counters()["writes"] == 1
    books.reset()
    assert publish_as(board, plan).cells == 7
    assert books.counters()["writes"] == 0
    _must_be_taken_back(board, books, plan)


def test_a_publication_whose_record_could_not_be_written_is_recorded_once_there_is_room(
    board: Gated, books
):
    plan = _approved(board)
    full = OSError(28, "No space left on device")
    with (
        patch.object(publications, "write_record", side_effect=full),
        pytest.raises(OSError, match="No space"),
    ):
        publish_as(board, plan)
    assert publish_as(board, plan).cells == 7
    assert books.counters()["writes"] == 1
    _must_be_taken_back(board, books, plan)


@pytest.mark.parametrize("damage", ["edited", "cut", "emptied", "of another plan", "a link"])
def test_a_damaged_note_of_a_killed_publication_is_named_and_nothing_recorded(
    board: Gated, books, damage
):
    plan = _approved(board)
    _killed(board, plan)
    note = note_of(board.settings(), plan.digest)
    whole = note.read_bytes()
    contents = {
        "edited": b"0" + whole[1:],
        "cut": whole[:-1],
        "emptied": b"",
        "of another plan": b"f" * len(whole),
    }
    if damage == "a link":
        note.unlink()
        note.symlink_to(board.root / "pyproject.toml")
    else:
        note.write_bytes(contents[damage])
    held = cells_of(books)
    with pytest.raises(GateError, match=f"{note.name} is damaged"):
        publish_as(board, plan)
    assert (cells_of(books), books.counters()["writes"]) == (held, 1)
    with pytest.raises(GateError, match="was not published"):
        plan_undo(board.settings(), board.installation, plan.digest)
    # What the message says is what helps.
    _typed(books, plan, 0)
    note.unlink()
    assert publish_as(board, plan).cells == 7
    assert books.counters()["writes"] == 2


def test_a_damaged_note_hinders_no_publication_into_a_tab_that_is_as_planned(board: Gated, books):
    plan = _approved(board)
    note = note_of(board.settings(), plan.digest)
    note.parent.mkdir(parents=True)
    note.write_bytes(b"\0")
    assert publish_as(board, plan).cells == 7
    assert books.counters()["writes"] == 1
    assert not note.exists()


def test_a_note_that_an_old_command_left_does_not_take_an_edited_tab_for_published(
    board: Gated, books
):
    plan = _approved(board)
    _killed(board, plan)
    books.change("Toko", "edit", tab="Papan", cells={"A2": "mine"})
    with pytest.raises(GateError, match="was edited since"):
        publish_as(board, plan)
    assert books.counters()["writes"] == 1


def test_the_note_of_one_plan_says_nothing_of_another_with_the_same_cells(board: Gated, books):
    plan = _approved(board)
    _killed(board, plan)
    _typed(books, plan, 0)
    (board.root / "README.md").write_text("x\n")
    board.commit("docs: x")
    other = _approved(board)
    assert (other.cells, other.digest == plan.digest) == (plan.cells, False)
    _typed(books, other, 1)
    with pytest.raises(GateError, match="was edited since"):
        publish_as(board, other)
    assert books.counters()["writes"] == 1


def test_a_note_that_somebody_wrote_makes_no_false_plan_a_publication(board: Gated, books):
    plan = plan_into(board)
    less = {at: cells for at, cells in plan.cells.items() if at != "B2"}
    false = plan.model_copy(update={"cells": less})
    write_record(board.root / "deployments" / "plans", false)
    board.commit()
    signed_by_hand(board, false)
    _typed(books, plan, 1)
    note = note_of(board.settings(), false.digest)
    note.parent.mkdir(parents=True)
    note.write_text(false.digest)
    with pytest.raises(GateError, match="says otherwise than what tab 'Papan' holds"):
        publish_as(board, false)
    assert books.counters()["writes"] == 0


def test_cells_that_somebody_typed_as_planned_are_no_publication(board: Gated, books):
    plan = _approved(board)
    _typed(books, plan, 1)
    with pytest.raises(GateError, match="was edited since"):
        publish_as(board, plan)
