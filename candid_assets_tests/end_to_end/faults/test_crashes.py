"""Killed at any point, or without a place to write: nothing is lost, and the next run heals."""

import resource
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import duckdb
import pytest

from candid_assets_tests.end_to_end.faults.conftest import edit
from candid_assets_tests.end_to_end.faults.killed import POINTS
from candid_assets_tests.end_to_end.faults.kit import (
    assert_only_whole,
    verdicts_of,
    without_layouts,
)

pytestmark = pytest.mark.served


def kill(shop, company, point):
    return subprocess.run(
        [
            *(sys.executable, "-m", "candid_assets_tests.end_to_end.faults.killed", point),
            *(str(company), str(shop.settings.data_root)),
            *(shop.server.url, str(shop.server.credentials_file)),
        ],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )


def kill_each(shops, company):
    """Kill a refresh of each shop at its point, two at a time."""
    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(lambda point: kill(shops[point], company, point), shops))
    for point, process in zip(shops, ended, strict=True):
        assert process.returncode == -signal.SIGKILL, (point, process.stderr)


def test_run_killed_at_any_point_is_completed_by_the_next(
    before, google, company, untouched, undisturbed, undisturbed_verdicts, tmp_path
):
    google.reset(workbooks=True)
    edit(google)
    shops = {point: before.copy(tmp_path / str(i)) for i, point in enumerate(POINTS)}
    kill_each(shops, company)
    for point, shop in shops.items():
        seen = shop.published()
        new = point == "the snapshot is published"
        assert seen.tables == (undisturbed if new else untouched).tables, point
        assert_only_whole(shop.warehouse(), untouched, undisturbed)
        record = shop.refresh()
        assert record.succeeded, (point, record.distinct_failures())
        assert shop.published() == undisturbed, point
        assert verdicts_of(shop.settings.published_file) == undisturbed_verdicts, point
        assert not shop.refresh().built, point
    google.reset(workbooks=True)


EARLY = ["extracts were recorded", "two clean tables were replaced", "all is built"]


def test_first_run_that_is_killed_is_completed_by_the_next(
    before, google, company, untouched, tmp_path
):
    google.reset(workbooks=True)
    settings = {point: before.settings_in(tmp_path / str(i)) for i, point in enumerate(EARLY)}
    shops = {p: replace(before, settings=own) for p, own in settings.items()}
    kill_each(shops, company)
    for point, shop in shops.items():
        assert not shop.settings.published_file.exists(), point
        record = shop.refresh()
        assert record.succeeded, (point, record.distinct_failures())
        assert shop.published() == untouched, point
        expected = verdicts_of(before.settings.published_file)
        assert verdicts_of(shop.settings.published_file) == expected, point
        assert not shop.refresh().built, point


@contextmanager
def files_no_larger_than(size):
    """Make every longer file a failure to write, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_landing_folder_that_cannot_be_written_is_named_and_loses_nothing(
    shop, untouched, undisturbed
):
    folder = shop.settings.landing_dir / "toko" / "harian"
    folder.rename(folder.with_name("away"))
    folder.write_text("a file where the folder should be")
    record = shop.refresh()
    [cause] = record.distinct_failures()
    assert cause.cause == "storage_failed"
    assert "toko" in cause.message
    assert "move the file away" in cause.fix
    assert_only_whole(shop.published(), untouched, undisturbed)
    folder.unlink()
    folder.with_name("away").rename(folder)
    assert shop.refresh().succeeded
    assert without_layouts(shop.published()) == without_layouts(undisturbed)


@pytest.mark.parametrize("size", [2_000, 40_000, 1_000_000])
def test_a_disk_that_is_full_at_any_moment_is_named_and_loses_nothing(
    shop, untouched, undisturbed, size
):
    failed = None
    try:
        with files_no_larger_than(size):
            record = shop.refresh()
        failed = not record.succeeded
        assert {c.cause for c in record.distinct_failures()} <= {"storage_failed"}, (
            record.distinct_failures()
        )
    except (OSError, duckdb.Error):
        failed = True
    assert failed
    assert shop.published() == untouched
    record = shop.refresh()
    assert record.succeeded, record.distinct_failures()
    assert shop.published() == undisturbed


def test_failed_publication_fails_the_run_and_is_repeated_by_the_next(shop, untouched, undisturbed):
    part = shop.settings.published_file.with_name(".candid.duckdb.part")
    part.mkdir()
    record = shop.refresh()
    [cause] = record.distinct_failures()
    assert (record.succeeded, cause.cause) == (False, "storage_failed")
    assert "snapshot" in cause.message
    assert record.summary.failures[0]["cause"] == "storage_failed"
    assert shop.published() == untouched
    part.rmdir()
    record = shop.refresh()
    assert record.succeeded
    assert record.published
    assert not record.built
    assert shop.published() == undisturbed


def test_a_damaged_snapshot_is_published_anew(shop, undisturbed):
    shop.refresh()
    file = shop.settings.published_file
    file.chmod(0o644)
    file.write_bytes(b"damaged")
    assert shop.refresh().published
    assert shop.published() == undisturbed
