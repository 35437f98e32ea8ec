"""Starts and stops the local Sheets and Drive server as a child process."""

import http.client
import json
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from candid_assets.errors import CandidError
from candid_assets.sandbox.keys import write_credentials, write_writer
from candid_assets.sandbox.store import CREDENTIALS_PREFIX

_READY_SECONDS = 20.0


class SandboxError(CandidError):
    """The sandbox server did not start, or a change cannot be made."""


class SandboxServer:
    """A local server over a folder of workbooks, alive as long as it is held.

    >>> with SandboxServer(folder) as server:
    ...     os.environ |= server.environment
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int = 0,
        files: Path | None = None,
        quota: bool = True,
        reads_per_minute: int = 60,
        locale: str = "in_ID",
    ) -> None:
        """Describe the server; `files` is a folder of .xlsx and .csv that `folder` mirrors."""
        self.locale = locale
        self.folder, self.files = folder.resolve(), files.resolve() if files else None
        self.quota, self.reads_per_minute = quota, reads_per_minute
        self.port = port
        self.problems: list[str] = []
        """What is wrong with the files, known after the start."""
        self._child: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - the child's, kept open

    @property
    def url(self) -> str:
        """The base URL that replaces both of Google's."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def credentials_file(self) -> Path:
        """The throw-away service-account file, this server's own."""
        return self.folder / f"{CREDENTIALS_PREFIX}-{self.port}.json"

    @property
    def writer_file(self) -> Path:
        """The file of the account that publishes into tabs."""
        return self.folder / f"{CREDENTIALS_PREFIX}-{self.port}-writer.json"

    @property
    def environment(self) -> dict[str, str]:
        """The variables that point candid at this server."""
        return {
            "CANDID_GOOGLE_API_URL": self.url,
            "GOOGLE_APPLICATION_CREDENTIALS": str(self.credentials_file),
        }

    def start(self) -> Self:
        """Start the child and wait until it answers."""
        if self._child is None:
            self.launch()
            self.wait_until_ready()
        return self

    def launch(self) -> None:
        """Start the child; what is asked of it waits until it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.problems = []
        if self.files:
            from candid_assets.sandbox.files import import_folder  # reads .xlsx and .csv

            self.problems += import_folder(self.files, self.folder, locale=self.locale).problems
        listener = self._listen()
        _sweep(self.folder)
        with listener:
            self.port = listener.getsockname()[1]
            reader = write_credentials(self.credentials_file, f"{self.url}/token")
            write_writer(self.writer_file, reader)
            self._child = subprocess.Popen(  # noqa: S603 - our own module, no shell
                self._command(listener.fileno()),
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                # A file and not a pipe: nobody reads it, and a full pipe would stop the server.
                stderr=self._errors,
                pass_fds=[listener.fileno()],
                # Ctrl-C is for the parent, which may still need the server to end its work.
                start_new_session=True,
            )

    def stop(self) -> None:
        """End the child and remove its credentials."""
        child, self._child = self._child, None
        if child is None:
            return
        if child.stdin:
            child.stdin.close()
        child.terminate()
        try:
            child.wait(timeout=3)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        self.credentials_file.unlink(missing_ok=True)
        self.writer_file.unlink(missing_ok=True)

    def wait(self) -> None:
        """Wait until the server ends by itself, which it should not; say why it did."""
        if self._child is not None:
            code = self._child.wait()
            raise SandboxError(f"the sandbox server ended with code {code}:\n{self._last_words()}")

    def control(self, method: str, path: str, body: object = None) -> Any:
        """Call the sandbox's own API, such as `control("POST", "/faults", {"do": "reset"})`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            content = None if body is None else json.dumps(body)
            connection.request(method, f"/_sandbox{path}", content)
            answer = connection.getresponse()
            result = json.loads(answer.read())
        finally:
            connection.close()
        if answer.status != 200:
            raise ValueError(result["error"])
        return result

    def fault(self, do: str | dict[str, Any], **match: Any) -> None:
        """Queue a fault: `fault("reset", api="sheets_reads", skip=3)`."""
        self.control("POST", "/faults", {"do": do, **match})

    def change(self, workbook: str, do: str, **what: Any) -> Any:
        """Change a workbook now: `change(id, "edit", tab="Stok", cells={"D17": 5})`."""
        return self.control("POST", "/change", {"workbook": workbook, "do": do, **what})

    def counters(self) -> dict[str, int]:
        """Return how many reads, writes and tokens were asked for since the last reset."""
        counts: dict[str, int] = self.control("GET", "/counters")
        return counts

    def calls(self) -> list[dict[str, Any]]:
        """Return every call since the last reset, oldest first."""
        calls: list[dict[str, Any]] = self.control("GET", "/log")["calls"]
        return calls

    def reset(self, *, workbooks: bool = False) -> None:
        """Drop faults, log and quota; with `workbooks` also undo the changes asked for here."""
        self.control("POST", "/reset", {"workbooks": workbooks})

    def __enter__(self) -> Self:
        """Start the server."""
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the server."""
        self.stop()

    def _listen(self) -> socket.socket:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", self.port))
        except OSError as error:
            listener.close()
            raise SandboxError(
                f"port {self.port} is taken ({error.strerror}): choose another with --port"
            ) from error
        listener.listen(128)
        return listener

    def _command(self, listener: int) -> list[str]:
        command = [sys.executable, "-m", "candid_assets.sandbox.server"]
        command += ["--folder", str(self.folder), "--fd", str(listener)]
        command += ["--credentials", str(self.credentials_file)]
        command += ["--reads-per-minute", str(self.reads_per_minute)]
        command += ["--files", str(self.files), "--locale", self.locale] if self.files else []
        return command if self.quota else [*command, "--no-quota"]

    def wait_until_ready(self) -> None:
        """Wait until the child answers.

        Raises:
            SandboxError: It does not.
        """
        deadline = time.monotonic() + _READY_SECONDS
        child = self._child
        while child is not None and child.poll() is None and time.monotonic() < deadline:
            try:
                # The socket listens already, so this waits in its queue until the child answers.
                self.problems += self.control("GET", "/health")["problems"]
            except (OSError, http.client.HTTPException):
                continue
            return
        message = self._last_words()
        self.stop()
        raise SandboxError(f"the sandbox server on {self.url} did not start:\n{message}")

    def _last_words(self) -> str:
        self._errors.seek(0)
        return self._errors.read().decode(errors="replace")[-2000:]


def _sweep(folder: Path) -> None:
    """Remove the credentials of servers that were ended by force."""
    for path in folder.glob(f"{CREDENTIALS_PREFIX}-*.json"):
        port = path.stem.removeprefix(f"{CREDENTIALS_PREFIX}-").removesuffix("-writer")
        if not port.isdigit():
            continue
        try:
            socket.create_connection(("127.0.0.1", int(port)), timeout=1).close()
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)
        except OSError:
            continue
