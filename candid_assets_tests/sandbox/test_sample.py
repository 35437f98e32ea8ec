"""The sample is made once, kept while it is right, and newer when it is made again."""

import pytest

from candid_assets.sandbox.edits import change_workbook
from candid_assets.sandbox.sample import ensure_sample, make_sample
from candid_assets.sandbox.store import workbook_files
from candid_assets.sandbox.workbook import SampleWorkbook

BOOK = "Sales_MASTER"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return ensure_sample(tmp_path_factory.mktemp("sample"))


def test_a_sample_that_stands_is_kept_with_its_edits(made):
    assert len(workbook_files(made)) == 7
    change_workbook(made, BOOK, {"do": "touch"})
    messages = []
    ensure_sample(made, progress=messages.append)
    assert messages == []
    assert SampleWorkbook.head(made / f"{BOOK}.json").version == 2


def test_a_sample_made_again_is_newer_where_it_was_touched(made):
    change_workbook(made, BOOK, {"do": "touch"})
    edited = SampleWorkbook.head(made / f"{BOOK}.json")
    make_sample(made)
    again = SampleWorkbook.head(made / f"{BOOK}.json")
    assert again.version == edited.version + 1
    assert again.modified_time >= edited.modified_time
    assert SampleWorkbook.head(made / "CoreOS.json").version == 1
