"""Every job, launched as people launch it, by the daemon, to a green end."""

import os
from contextlib import suppress
from pathlib import Path

import pytest

from candid_assets.contracts.load import load_catalog
from candid_assets.names import (
    AUDIT_PUBLISHED,
    REFRESH_ALL,
    WAREHOUSE_POOL,
    export_job,
    refresh_job,
)
from candid_assets.settings import Settings
from candid_assets_tests.end_to_end.served.conftest import processes_of

pytestmark = pytest.mark.served


def test_runs_write_one_at_a_time_from_the_first(served):
    query = "query($k: String!) { instance { concurrencyLimit(concurrencyKey: $k) { limit } } }"
    assert served.ask(query, {"k": WAREHOUSE_POOL})["instance"]["concurrencyLimit"]["limit"] == 1


def test_every_job_launched_through_graphql_ends_green(served):
    catalog = load_catalog(Settings().catalog_dir)
    jobs = [REFRESH_ALL, *(refresh_job(workbook.name) for workbook in catalog.workbooks)]
    exports = [export_job(destination.name) for destination in catalog.destinations]
    assert sorted([*jobs, *exports, AUDIT_PUBLISHED]) == sorted(served.jobs())
    assert (len(jobs), len(exports)) == (8, 1)
    # What is delivered and audited is what was published.
    for together in (jobs, [*exports, AUDIT_PUBLISHED]):
        runs = {job: served.launch(job) for job in together}
        ended = {job: served.wait(run) for job, run in runs.items()}
        assert ended == dict.fromkeys(together, "SUCCESS")
    assert (served.data / "published" / "candid.duckdb").exists()


def sockets_of(pids):
    """The inodes of the sockets that processes hold open."""
    links = set()
    for pid in pids:
        with suppress(OSError):
            for link in Path(f"/proc/{pid}/fd").iterdir():
                with suppress(OSError):
                    links.add(link.readlink().name)
    return {name[8:-1] for name in links if name.startswith("socket:[")}


def test_nothing_listens_beyond_loopback_and_the_code_server_only_to_this_user(served):
    held = sockets_of(processes_of(served.pid))
    tcp = [
        line.split()
        for name in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
    ]
    listening = [parts[1] for parts in tcp if parts[3] == "0A" and parts[9] in held]
    assert len(listening) == 2, "the webserver and the sandbox"
    assert all(address.startswith("0100007F:") for address in listening)
    unix = [line.split() for line in Path("/proc/net/unix").read_text().splitlines()[1:]]
    paths = {Path(parts[7]) for parts in unix if parts[6] in held and len(parts) > 7}
    assert any(path.name == "code.sock" for path in paths)
    for path in paths:
        assert path.stat().st_mode & 0o022 == 0, path
        assert path.stat().st_uid == os.getuid()
