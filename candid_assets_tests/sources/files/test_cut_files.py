"""A file of which only a part is there is reported, and never read as the whole."""

import csv
import gzip
import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from candid_assets.sources.files.csv_files import rows_of
from candid_assets.sources.files.file_errors import UnreadableFileError
from candid_assets_tests.sources.files.test_reader import CLEAN, CSV, SEEN, Folder, folder

__all__ = ["folder"]

CELLS = st.text(alphabet='ab,;"\n é€\t1', min_size=1, max_size=6)
TABLES = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=5, max_size=8)
)


def written(rows: list[list[str]], *, line_end: str = "\r\n") -> bytes:
    """Return rows as a .csv file with every cell in quotes."""
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator=line_end).writerows(rows)
    return text.getvalue().encode()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(rows=[["1", "1"]] * 4 + [["1", '11"€"']], part=0.8)
@given(rows=TABLES, part=st.floats(0, 1))
def test_file_of_quoted_cells_that_is_cut_anywhere_gives_whole_rows_or_an_error(
    tmp_path: Path, rows: list[list[str]], part: float
) -> None:
    path = tmp_path / "cut.csv"
    content = written(rows)
    begun = len(written(rows[:4]))
    path.write_bytes(content[: begun + int((len(content) - begun) * part)])
    try:
        read = list(rows_of(path, delimiter=",", encoding="utf-8"))
    except UnreadableFileError:
        return
    *before, last = read
    assert before == rows[: len(before)]
    row = rows[len(before)]
    # Cut between the two quotes that mean one, the last cell is closed for whoever reads it.
    halved = last[:-1] == row[:-1] and row[-1].startswith(f'{last[-1]}"')
    assert last == row or halved


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=TABLES, newline_at_end=st.booleans())
def test_complete_file_is_read_to_its_last_cell(
    tmp_path: Path, rows: list[list[str]], *, newline_at_end: bool
) -> None:
    path = tmp_path / "whole.csv"
    content = written(rows)
    path.write_bytes(content if newline_at_end else content.rstrip(b"\r\n"))
    assert list(rows_of(path, delimiter=",", encoding="utf-8")) == rows


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (CSV[:-6], "in its last row, which has 2 of 3 cells"),
        (CSV + 'N3,19/08/2025,"1.25', "within a quoted cell"),
        (
            CSV + "N3,19/08/2025,5\nN4,19/08/2025,5\nN5,20/08/2025,",
            "in its last row, whose last cell alone is blank",
        ),
        (CSV.replace("N2", "Nü2").encode() + "N3ü".encode()[:-1], "in the middle of a character"),
        (CSV.encode("utf-16")[:-1], "in the middle of a character"),
    ],
    ids=["row", "quoted cell", "before the last cell", "utf-8 character", "utf-16 character"],
)
def test_csv_that_is_cut_off_is_reported_and_the_last_good_table_is_kept(
    folder: Folder, content: str | bytes, where: str
) -> None:
    folder.csv(CSV)
    assert folder.place.run().succeeded
    folder.csv(content)
    assert not folder.place.run().succeeded
    ((cause, message),) = folder.place.failures()
    assert cause == "file_damaged"
    assert f"ends {where}" in message
    assert "export the file again" in message
    assert folder.place.query(SEEN) == CLEAN


@pytest.mark.parametrize(
    "content",
    [
        CSV.rstrip("\n"),
        "a,b\n1,\n2,3\n3,4\n5,6\n7,",
        "a\n1\n2",
        "a,b\n1,2\n\n3,4",
        "Laporan\na,b\n1,2\n3,4\nTotal",
    ],
    ids=["no last break", "blanks at row ends", "one column", "blank line", "footer"],
)
def test_csv_without_a_break_at_its_end_is_whole_where_its_last_row_is(
    tmp_path: Path, content: str
) -> None:
    path = tmp_path / "whole.csv"
    path.write_text(content)
    if content.endswith("Total"):
        with pytest.raises(UnreadableFileError, match="end its last line with a line break"):
            list(rows_of(path))
        path.write_text(f"{content}\n")
    assert len(list(rows_of(path))) == content.count("\n") + 1


@pytest.mark.parametrize("keep", [0.2, 0.9])
def test_parquet_without_its_footer_is_reported(folder: Folder, keep: float) -> None:
    whole = io.BytesIO()
    pq.write_table(pa.table({"No Nota": [str(n) for n in range(500)]}), whole)
    (folder.path / "sales.parquet").write_bytes(
        whole.getvalue()[: int(len(whole.getvalue()) * keep)]
    )
    folder.at_rest("sales.parquet")
    assert not folder.place.run().succeeded
    ((cause, message),) = folder.place.failures()
    assert cause == "file_damaged"
    assert "sales.parquet is damaged or cut off" in message


def test_archives_and_lines_of_json_are_named_and_never_read_in_part(folder: Folder) -> None:
    folder.csv(CSV)
    packed = gzip.compress(CSV.encode() * 50)
    folder.csv(packed[:-20], "lain.csv.gz")
    folder.csv('{"a": 1}\n{"a": ', "lain.jsonl")
    assert folder.place.run().succeeded, folder.place.failures()
    assert folder.place.query(SEEN) == CLEAN
