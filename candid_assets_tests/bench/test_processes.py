"""Commands are watched with all that they start."""

import os
import sys

from candid_assets_tests.bench.processes import watched

CHILD = "x = bytearray(60_000_000); import time; time.sleep(0.6)"
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {CHILD!r}])"
BUSY = "import time\nwhile time.process_time() < 0.5: pass"


def run(tmp_path, code, **more):
    return watched([sys.executable, "-c", code], os.environ, tmp_path, **more)


def test_the_memory_of_a_child_counts(tmp_path):
    assert run(tmp_path, PARENT).peak_bytes > 60_000_000


def test_the_processor_time_of_a_child_counts(tmp_path):
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BUSY!r}])"
    assert run(tmp_path, code).cpu_seconds >= 0.5


def test_a_command_that_takes_too_long_is_ended(tmp_path):
    ended = run(tmp_path, "import time; time.sleep(60)", most_seconds=0.2)
    assert not ended.in_time
    assert ended.code == -9


def test_what_a_command_wrote_is_kept(tmp_path):
    ended = run(tmp_path, "import sys; print('out'); print('no', file=sys.stderr); sys.exit(3)")
    assert (ended.code, ended.out, ended.errors) == (3, "out\n", "no\n")
