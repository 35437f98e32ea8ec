"""A process becomes the machine that it is told to be, and sequences draw every kind of them."""

import os
import signal
import subprocess
import sys
from random import Random

from candid_assets_tests.torture import zygote
from candid_assets_tests.torture.machines import THIS, ZONES, some_machine

LOOK = """
import os, resource, time
from candid_assets_tests.torture.machines import Machine
pages = int(open("/proc/self/statm").read().split()[0])
Machine("Pacific/Kiritimati", few_files=True, one_core=True, little_memory=True).become()
print(time.strftime("%z"), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
beyond = resource.getrlimit(resource.RLIMIT_AS)[0] - pages * resource.getpagesize()
print(len(os.sched_getaffinity(0)), round(beyond / 1024**3, 1))
"""


def test_a_process_has_the_zone_the_files_the_core_and_the_memory_of_its_machine():
    done = subprocess.run(
        [sys.executable, "-c", LOOK], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == ["+1400", "256", "1", "1.0"]


def test_most_refreshes_are_on_this_machine_and_every_zone_is_drawn():
    drawn = [some_machine(Random(seed)) for seed in range(400)]  # noqa: S311
    assert 200 < drawn.count(THIS) < 350
    assert {machine.zone for machine in drawn} == {"", *ZONES}


def test_a_process_hangs_that_uses_no_processor_and_not_one_that_has_little_of_it(monkeypatch):
    waits = ["cat"]
    works = [sys.executable, "-c", "import time\nwhile time.process_time() < 1.5: pass\nprint(7)"]
    for command, limit, said in ((waits, 0.4, None), (works, 5.0, b"7\n"), (works, 0.4, None)):
        monkeypatch.setattr(zygote, "LONGEST", limit)
        reader, writer = os.pipe()
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=writer) as process:
            os.close(writer)
            assert zygote.wait_for(process.pid, reader) == said
            assert process.wait() == (-signal.SIGKILL if said is None else 0)
