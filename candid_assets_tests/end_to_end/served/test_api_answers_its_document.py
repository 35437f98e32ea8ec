"""schemathesis asks the served sample for everything that its document names."""

import subprocess
import sys
from pathlib import Path

import pytest

from candid_assets_tests.web.api import test_openapi

pytestmark = [pytest.mark.served, pytest.mark.filterwarnings("ignore::ResourceWarning")]


def test_no_question_to_the_served_sample_is_a_server_error(served, tmp_path):
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("schemathesis")),
            *("--config-file", str(test_openapi.CONFIG), "run"),
            f"{served.origin}/api/v1/openapi.json",
            *("-H", f"Authorization: Bearer {served.tokens['rina']}"),
            # The cells of every metric are answered by the same code as those of a small company.
            *("--exclude-path-regex", "/metrics/.*/cells$"),
            *("--phases", "fuzzing", "--max-examples", "2", "--seed", "1"),
            *("--continue-on-failure", "--no-color"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
