"""A child of `candid serve` stops on an interrupt, whatever its parent's shell has ignored."""

import signal
import subprocess
import sys

SERVER = ("http.server", "0", "--bind", "127.0.0.1")


def test_child_of_a_background_server_receives_the_interrupt():
    # A shell starts what it puts into the background with SIGINT ignored.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        child = subprocess.Popen(
            [sys.executable, "-u", "-m", "candid_assets.web.child", *SERVER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
    finally:
        signal.signal(signal.SIGINT, before)
    with child:
        assert b"Serving HTTP" in child.stdout.readline()
        child.send_signal(signal.SIGINT)
        # Heard while the module still starts, it ends the child all the same.
        assert child.wait(timeout=15) in (0, -signal.SIGINT)
