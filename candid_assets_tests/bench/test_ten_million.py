"""The largest sources, with few rows."""

import pytest

from candid_assets_tests.bench.ten_million import SOURCES, take


@pytest.mark.slow
@pytest.mark.parametrize("name", SOURCES)
def test_every_row_of_a_large_source_is_accounted_for(name, tmp_path):
    taken = take(name, tmp_path, 500)
    assert (taken["rows"], taken["missing"]) == (500, 0)
    assert taken["peak_mb"] > 50
