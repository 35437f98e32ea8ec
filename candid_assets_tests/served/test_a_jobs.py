"""Every job, launched as people launch it, by the daemon, to a green end."""

from candid_assets.contracts.load import load_catalog
from candid_assets.names import REFRESH_ALL, refresh_job
from candid_assets.settings import Settings


def test_every_job_launched_through_graphql_ends_green(served):
    workbooks = load_catalog(Settings().catalog_dir).workbooks
    jobs = [REFRESH_ALL, *(refresh_job(workbook.name) for workbook in workbooks)]
    assert sorted(jobs) == sorted(served.jobs())
    assert len(jobs) == 8
    runs = {job: served.launch(job) for job in jobs}
    ended = {job: served.wait(run) for job, run in runs.items()}
    assert ended == dict.fromkeys(jobs, "SUCCESS")
    assert (served.data / "published" / "candid.duckdb").exists()
