"""A table goes to the cluster if its contract says so or it is large, and if there is a cluster."""

from dataclasses import replace
from pathlib import Path

import pytest

from candid_assets.contracts.custom_properties import ReadOptions
from candid_assets.engines.attempts import attempts_folder, new_attempt
from candid_assets.engines.cleaning_route import goes_to_cluster, tasks_in
from candid_assets.engines.errors import EngineError
from candid_assets.settings import Settings
from candid_assets_tests.cleaning.kit import column, tab_of
from candid_assets_tests.engines.cluster import free_port

URL = "sc://127.0.0.1:15002"
FILE = replace(tab_of(column("a")), source="files")


def settings_of(tmp_path: Path, **variables: object) -> Settings:
    return Settings(**{"CANDID_DATA_DIR": tmp_path, "CANDID_ENGINE_URL": URL, **variables})  # type: ignore[arg-type]


def test_a_table_of_very_many_rows_goes_to_the_cluster(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, CANDID_ENGINE_ROWS=1000)
    assert goes_to_cluster(settings, FILE, 1000)
    assert not goes_to_cluster(settings, FILE, 999)


def test_a_table_whose_contract_says_so_goes_to_the_cluster(tmp_path: Path) -> None:
    chosen = replace(FILE, reading=ReadOptions(engine="spark"))
    assert goes_to_cluster(settings_of(tmp_path), chosen, 1)
    assert not goes_to_cluster(settings_of(tmp_path), chosen, 0)


def test_without_a_cluster_every_table_is_cleaned_here(tmp_path: Path) -> None:
    chosen = replace(FILE, reading=ReadOptions(engine="spark"))
    assert not goes_to_cluster(settings_of(tmp_path, CANDID_ENGINE_URL=None), chosen, 10**9)


def test_a_tab_of_a_spreadsheet_never_goes_to_the_cluster(tmp_path: Path) -> None:
    sheet = replace(FILE, source="sheets", reading=ReadOptions(engine="spark"))
    assert not goes_to_cluster(settings_of(tmp_path), sheet, 10**9)


def test_a_cluster_that_does_not_listen_is_named_with_its_address(tmp_path: Path) -> None:
    url = f"sc://127.0.0.1:{free_port()}"
    settings = settings_of(tmp_path, CANDID_ENGINE_URL=url)
    attempt = new_attempt(settings, "orders")
    with pytest.raises(
        EngineError, match=f"the cluster at {url} does not answer.*start the cluster"
    ):
        tasks_in(settings, attempt)


def test_an_address_of_another_kind_is_refused(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, CANDID_ENGINE_URL="spark://127.0.0.1:7077")
    with pytest.raises(EngineError, match="is no address such as sc://host:15002"):
        tasks_in(settings, new_attempt(settings, "orders"))


@pytest.mark.parametrize("prefix", ["", "file://"])
def test_attempts_lie_in_the_folder_that_workers_see(tmp_path: Path, prefix: str) -> None:
    settings = settings_of(tmp_path, CANDID_STORE_URL=f"{prefix}{tmp_path}/shared")
    attempt = new_attempt(settings, "orders")
    assert attempt.folder.parent == tmp_path / "shared" / "sample" / "attempts"
    attempt.discard()
    assert list(attempts_folder(settings).iterdir()) == []


@pytest.mark.parametrize("url", ["s3://bucket/key", "file://host/folder", "shared/folder"])
def test_a_store_that_is_no_folder_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(EngineError, match=f"CANDID_STORE_URL={url} is no"):
        attempts_folder(settings_of(tmp_path, CANDID_STORE_URL=url))
