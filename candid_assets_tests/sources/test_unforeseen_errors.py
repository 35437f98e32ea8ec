"""What no reader foresees is told as what it is: a disk that refuses, or the platform's fault."""

import errno

import pytest

from candid_assets.settings import Settings
from candid_assets.source_kinds.registry import DEFAULT
from candid_assets.sources import open_sources
from candid_assets.sources.open_sources import Sources
from candid_assets.sources.source_errors import SourceError, unexpected
from candid_assets_tests.end_to_end.faults.kit import load, write_company

REFUSALS = {
    errno.EROFS: ("the disk is read-only", "mount it writable"),
    errno.ENOSPC: ("the disk is full", "free disk space"),
    errno.EEXIST: ("is a file where a folder belongs", "move the file away"),
    errno.ELOOP: ("is a link that leads to itself", "correct the link"),
}


@pytest.mark.parametrize("number", REFUSALS)
def test_a_disk_that_refuses_is_named_with_what_to_do(number):
    error = unexpected(OSError(number, "no", "/data/landing/.spool-1"), "workbook toko is lost")
    what, fix = REFUSALS[number]
    assert error.code == "storage_failed"
    assert error.message.startswith("workbook toko is lost: /data/landing/.spool-1")
    assert what in error.message
    assert error.fix.startswith(fix)


def test_anything_else_is_a_fault_of_the_platform_to_report():
    error = unexpected(KeyError("x"), "workbook toko is lost")
    assert (error.code, "report it" in error.fix) == ("internal_error", True)


def test_sources_that_cannot_be_opened_for_the_disk_say_so(tmp_path, monkeypatch):
    write_company(tmp_path)

    def refuses(*_):
        raise OSError(errno.EROFS, "Read-only file system", "/data/landing")

    monkeypatch.setattr(open_sources, "open_reader", refuses)
    settings = Settings(CANDID_ENV="staging")
    with Sources(settings, {}) as sources, pytest.raises(SourceError) as refused:
        sources.states(load(tmp_path).workbooks)
    assert (refused.value.code, DEFAULT.name in refused.value.message) == ("storage_failed", True)
