"""What a sequence runs on: the local Google, the folder of the company and the forking process."""

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Any, Self

from candid_assets.sandbox.edits import touch
from candid_assets.sandbox.process import SandboxServer
from candid_assets.sandbox.workbook import SampleWorkbook
from candid_assets.settings import REPOSITORY, Settings
from candid_assets_tests.torture.company import first_books, settings_for, write_catalog
from candid_assets_tests.torture.shim import compiled
from candid_assets_tests.torture.wire import Answer, Request, receive, send

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it


class Zygote:
    """The process that forks one for each refresh."""

    def __init__(self, root: Path, library: Path, name: str = "zygote") -> None:
        self.root, self.library, self.log = root, library, root / f"{name}.log"

    def __enter__(self) -> Self:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("CANDID_")}
        environment |= {"LD_PRELOAD": str(self.library), "PYTHONPATH": str(REPOSITORY)}
        environment |= {"DAGSTER_HOME": str(self.root), "CANDID_DATA_DIR": str(self.root / "idle")}
        with self.log.open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "candid_assets_tests.torture.zygote"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=environment,
                cwd=self.root,
            )
        self._receive()
        return self

    def run(self, request: Request) -> Answer:
        """Refresh once, in a process of its own."""
        send(self._process.stdin, request)
        answer: Answer = self._receive()
        return answer

    def _receive(self) -> Any:
        received = receive(self._process.stdout)
        if received is None:
            raise RuntimeError(f"the forking process ended: {self.log.read_text()[-3000:]}")
        return received

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.stdin.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Plant:
    """One company, its data folder and everything that serves them."""

    def __init__(self) -> None:
        parent = MEMORY if os.access(MEMORY, os.W_OK) else None
        self.root = Path(tempfile.mkdtemp(prefix="torture-", dir=parent))
        self.data = self.root / "data"
        self.catalog = self.root / "catalog"
        self.template = self.root / "template"
        self.books: dict[str, SampleWorkbook] = {}
        self.refreshes = 0
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._stack.callback(shutil.rmtree, self.root, ignore_errors=True)
        shutil.copy(REPOSITORY / "dagster.yaml", self.root)
        self.server = self._stack.enter_context(SandboxServer(self.root / "books", quota=False))
        self.request = Request(self.root, self.data, self.server.url, self.server.credentials_file)
        self.library = compiled(self.root)
        self.zygote = self._stack.enter_context(Zygote(self.root, self.library))
        self.start_over()
        first = self.run()
        if not first.succeeded:
            raise RuntimeError(f"the first refresh failed: {first}")
        self.data.rename(self.template)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def start_over(self, *, empty: bool = True) -> None:
        """Put company and data back to the beginning: nothing refreshed yet, or once."""
        for folder in (self.data, self.catalog, self.root / "cache", self.root / "reference"):
            shutil.rmtree(folder, ignore_errors=True)
        for path in self.root.glob("data.*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        write_catalog(self.root)
        self.server.reset()
        self.server.control("POST", "/settings", {"clock_offset": 0})
        self.books = first_books(Random(0))  # noqa: S311 - the same rows for every sequence
        for book in self.books.values():
            book.save(self.server.folder)
        if not empty:
            shutil.copytree(self.template, self.data)

    def save(self, workbook: str) -> None:
        """Save a workbook as Drive does after an edit."""
        book = self.books[workbook]
        touch(book)
        book.save(self.server.folder)

    def run(self, **how: Any) -> Answer:
        """Refresh once, in a process of its own."""
        self.refreshes += 1
        return self.zygote.run(replace(self.request, **how))

    @property
    def settings(self) -> Settings:
        return settings_for(self.root, self.server.url, self.server.credentials_file, self.data)

    @property
    def published(self) -> Path:
        return self.settings.published_file
