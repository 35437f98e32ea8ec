"""Runs a Python module as a child process of `candid serve` that exits whenever its parent does.

A killed parent cannot notify its children. So each child reads from a pipe whose other end only
the parent holds: the kernel closes it when the parent exits, for whatever reason. The child leads a
process group of its own and kills it whole: code servers, runs, audits.
"""

import os
import runpy
import signal
import sys
from threading import Thread

from candid_assets.garbage_collection import expect_lasting_objects


def main() -> None:
    """Run the module named by the first argument, with the arguments after it."""
    # A shell that starts the server in the background lets it inherit an ignored SIGINT.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    expect_lasting_objects()
    Thread(target=_end_with_parent, daemon=True).start()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


def _end_with_parent() -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    main()
