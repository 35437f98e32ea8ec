"""What the doctor says of a cluster that is away, or whose folder is none."""

from pathlib import Path

from candid_assets.monitoring.doctor.clusters import check_cluster
from candid_assets.settings import Settings
from candid_assets_tests.engines.cluster import free_port


def test_without_a_cluster_nothing_is_said(tmp_path: Path) -> None:
    assert list(check_cluster(Settings(CANDID_DATA_DIR=tmp_path))) == []


def test_cluster_that_is_away_is_named_with_its_address_and_leaves_no_attempt(
    tmp_path: Path,
) -> None:
    url = f"sc://127.0.0.1:{free_port()}"
    settings = Settings(CANDID_DATA_DIR=tmp_path, CANDID_ENGINE_URL=url)
    (finding,) = check_cluster(settings)
    assert (finding.check, finding.state) == ("cluster", "failed")
    assert f"the cluster at {url} does not answer" in finding.what
    assert "start the cluster, or correct CANDID_ENGINE_URL" in finding.fix
    assert list((settings.data_dir / "attempts").iterdir()) == []


def test_store_that_is_no_folder_is_refused_with_what_to_give(tmp_path: Path) -> None:
    settings = Settings(
        CANDID_DATA_DIR=tmp_path,
        CANDID_ENGINE_URL="sc://127.0.0.1:15002",
        CANDID_STORE_URL="s3://bucket/candid",
    )
    (finding,) = check_cluster(settings)
    assert "CANDID_STORE_URL=s3://bucket/candid is no folder" in finding.what
    assert "mounted here and on every worker" in finding.fix
