"""Cells of 50,000 characters arrive whole; messages that name them are cut."""

from candid_assets.discovery.grid import Grid
from candid_assets_tests.sources.files.test_reader import CSV, Folder, folder

__all__ = ["folder"]

LONG = "x" * 49_990
FEW = 600
"""Characters that a message about one cell may have."""


def test_long_keys_and_texts_are_whole_in_tables_and_cut_in_messages(folder: Folder) -> None:
    rows = [f"{LONG}{n:05d},17/08/2025,1" for n in range(30)]
    rows += [f"{LONG}00003,18/08/2025,2", f"N1,{LONG},3", f"N2,17/08/2025,{LONG}"]
    folder.csv("\n".join(["No Nota,Tgl,Jumlah (Rp)", *rows]))
    assert folder.place.run().succeeded, folder.place.failures()
    counted = "select count(distinct receipt), min(len(receipt)) from clean.ekspor__sales"
    assert folder.place.query(counted) == [(29, 49_995)]
    reasons = folder.place.query(
        "select w.reason, w.cell, len(w.value), len(w.message)"
        " from (select unnest(_reasons) as w from quarantine.ekspor__sales) order by 2"
    )
    assert [reason[:3] for reason in reasons] == [
        ("duplicate_key", "A32", 49_995),
        ("duplicate_key", "A5", 49_995),
        ("not_a_date", "B33", 49_990),
        ("not_a_number", "C34", 49_990),
    ]
    assert max(reason[3] for reason in reasons) < FEW


def test_long_header_is_cut_in_the_message_that_it_is_unknown(folder: Folder) -> None:
    folder.csv(CSV)
    assert folder.place.run().succeeded
    folder.csv(CSV.replace("No Nota", LONG))
    assert not folder.place.run().succeeded
    ((cause, message),) = folder.place.failures()
    assert cause == "missing_column"
    assert "looks renamed to 'xxx" in message
    assert len(message) < 2 * FEW


def test_shape_of_a_long_text_is_seen_in_its_first_part() -> None:
    grid = Grid("Catatan", ["tt-"], [[LONG], [" " * 50_000], [None]])
    assert [(grid.kind(1, n), grid.shape(1, n)) for n in (1, 2, 3)] == [
        ("t", "l"),
        ("-", "-"),
        ("-", "-"),
    ]
    assert grid.text(1, 1) == LONG
