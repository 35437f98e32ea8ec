"""Runs the local Sheets and Drive server in a process of its own: `python -m …sandbox.server`."""

import argparse
import contextlib
import os
import select
import signal
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import uvicorn

from candid_assets.sandbox.app import Sandbox, make_app
from candid_assets.sandbox.auth import TokenService
from candid_assets.sandbox.control import control_routes
from candid_assets.sandbox.files import import_folder
from candid_assets.sandbox.keys import WRITER_EMAIL, public_key, read_credentials
from candid_assets.sandbox.quota import SlidingReadCount
from candid_assets.sandbox.store import WorkbookFolder
from candid_assets.sandbox.wire import SandboxProtocol


def serve(sandbox: Sandbox, listener: socket.socket) -> None:
    """Answer on a listening socket until the process is stopped."""
    config = uvicorn.Config(
        make_app(sandbox, control_routes(sandbox)),
        http=SandboxProtocol,
        ws="none",
        lifespan="off",
        loop="asyncio",
        log_level="warning",
        access_log=False,
        server_header=False,
        # The application writes the date, by the clock that a test may have set.
        date_header=False,
        # Longer than any client keeps an idle connection: the server never closes one first.
        timeout_keep_alive=600,
        timeout_graceful_shutdown=1,
    )
    uvicorn.Server(config).run(sockets=[listener])


def main() -> None:
    """Serve the folder named on the command line on the inherited socket."""
    parser = argparse.ArgumentParser(prog="candid_assets.sandbox.server")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--files", type=Path)
    parser.add_argument("--locale", default="in_ID")
    parser.add_argument("--credentials", type=Path, required=True)
    parser.add_argument("--fd", type=int, required=True)
    parser.add_argument("--reads-per-minute", type=int, default=60)
    parser.add_argument("--no-quota", action="store_true")
    options = parser.parse_args()
    _stop_with(os.getppid())
    credentials = read_credentials(options.credentials)
    tokens = TokenService(
        credentials["client_email"],
        public_key(credentials),
        (credentials["token_uri"],),
        others=(WRITER_EMAIL,),
    )
    sandbox = Sandbox(
        WorkbookFolder(options.folder, _renewal(options.files, options.folder, options.locale)),
        tokens,
        SlidingReadCount(options.reads_per_minute, enabled=not options.no_quota),
    )
    serve(sandbox, socket.socket(fileno=options.fd))


def _renewal(files: Path | None, folder: Path, locale: str) -> Callable[[], None] | None:
    if files is None:
        return None

    def renew() -> None:
        # A file may go while it is looked at: what stands is served until the next look.
        with contextlib.suppress(OSError):
            import_folder(files, folder, locale=locale)

    return renew


def _stop_with(parent: int) -> None:
    """End this process when the one that started it is gone, however it went.

    The parent holds the other end of standard input; the process id is asked too, because a
    fork of the parent may still hold that end.
    """

    def watch() -> None:
        while os.getppid() == parent:
            readable, _, _ = select.select([sys.stdin], [], [], 1.0)
            if readable and not os.read(sys.stdin.fileno(), 1024):
                break
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    main()
