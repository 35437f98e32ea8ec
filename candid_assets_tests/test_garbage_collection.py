"""Processes whose objects stay to their end look for cycles seldom."""

import subprocess
import sys

import pytest

from candid_assets.settings import REPOSITORY


@pytest.mark.parametrize("module", ["candid_assets.definitions", "candid_assets.cli"])
def test_code_servers_expect_objects_that_stay_and_imports_alone_do_not(module, tmp_path):
    code = f"import gc, {module}; print(gc.get_threshold()[0])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"DAGSTER_HOME": str(REPOSITORY), "CANDID_DATA_DIR": str(tmp_path), "PATH": ""},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    assert (int(done.stdout) == 100_000) == module.endswith("definitions")
