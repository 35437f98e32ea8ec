"""Runs a Python module as a child of `candid serve` that ends whenever its parent does.

A parent that is killed can tell nobody. So each child holds the reading end of a pipe whose other
end only the parent has: the kernel closes it with the parent, whatever ended that. The child leads
a group of its own, and with it goes all that it started: code servers, runs, audits.
"""

import os
import runpy
import signal
import sys
from threading import Thread


def main() -> None:
    """Run the module that the first argument names, with the arguments behind it."""
    # Where a shell has put the server into the background, SIGINT came to us ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    Thread(target=_end_with_parent, daemon=True).start()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


def _end_with_parent() -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    main()
