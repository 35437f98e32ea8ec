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
from candid_assets.settings import REPOSITORY, Environment, Settings
from candid_assets_tests.deployment.gated import IDENTITY
from candid_assets_tests.torture.company import (
    catalog_of,
    first_books,
    settings_for,
    write_catalog,
)
from candid_assets_tests.torture.repository import write_repository
from candid_assets_tests.torture.shim import compiled
from candid_assets_tests.torture.wire import Answer, Request, receive, send

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it


class Zygote:
    """The process that forks one for each refresh."""

    def __init__(self, root: Path, library: Path, name: str = "zygote") -> None:
        self.root, self.library, self.log = root, library, root / f"{name}.log"

    def __enter__(self) -> Self:
        # What an operator's process keeps of a catalog is kept here, too.
        left_out = ("CANDID_", "PYTHONDONTWRITEBYTECODE")
        environment = {k: v for k, v in os.environ.items() if not k.startswith(left_out)}
        environment |= {"LD_PRELOAD": str(self.library), "PYTHONPATH": str(REPOSITORY)}
        environment |= {"DAGSTER_HOME": str(self.root), "CANDID_DATA_DIR": str(self.root / "idle")}
        environment |= IDENTITY
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

    def __init__(self, *, is_served: bool = False) -> None:
        """Make its folder.

        Args:
            is_served: Whether `candid serve` is to run from production's repository.
        """
        self.is_served = is_served
        parent = MEMORY if os.access(MEMORY, os.W_OK) else None
        self.root = Path(tempfile.mkdtemp(prefix="torture-", dir=parent))
        self.data = self.root / "data"
        self.template = self.root / "template"
        """What was refreshed once, and below `production` the data and the repository of that."""
        self.env: Environment = "staging"
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

    def start_over(self, *, empty: bool = True, env: Environment = "staging") -> None:
        """Put company and data back to the beginning: nothing refreshed yet, or once."""
        for name in ("data", "catalog", "repository", "cache", "reference"):
            shutil.rmtree(self.root / name, ignore_errors=True)
        for path in self.root.glob("data.*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        self.env, self.request = env, replace(self.request, env=env)
        if env == "staging":
            write_catalog(self.root)
        self.server.reset()
        self.server.control("POST", "/settings", {"clock_offset": 0})
        self.books = first_books(Random(0))  # noqa: S311 - the same rows for every sequence
        for book in self.books.values():
            book.save(self.server.folder)
        if env == "production":
            return self._deployed(empty=empty)
        if not empty:
            shutil.copytree(self.template, self.data)
        return None

    def _deployed(self, *, empty: bool) -> None:
        """Put production back to its first deployment, which is made once."""
        kept = self.root / "template-production"
        if not kept.exists():
            write_repository(self.root, self.data, self.server, whole=self.is_served)
            planned = self.act("plan")
            plan = planned.said
            approved = self.act("approve", plan, self.key("ani"))
            applied = self.act("apply", plan)
            if not plan or applied.said != plan:
                steps = f"{planned}, {approved}, {applied}"
                raise RuntimeError(f"the first deployment failed: {steps}")
            shutil.copytree(self.data, kept / "empty")
            first = self.run()
            if not first.succeeded:
                raise RuntimeError(f"the first refresh of production failed: {first}")
            self.data.rename(kept / "refreshed")
            (self.root / "repository").rename(kept / "repository")
        shutil.copytree(kept / "repository", self.root / "repository")
        shutil.rmtree(self.data, ignore_errors=True)
        shutil.copytree(kept / ("empty" if empty else "refreshed"), self.data)

    def save(self, workbook: str) -> None:
        """Save a workbook as Drive does after an edit."""
        book = self.books[workbook]
        touch(book)
        book.save(self.server.folder)

    def run(self, **how: Any) -> Answer:
        """Refresh once, in a process of its own."""
        self.refreshes += 1
        return self.zygote.run(replace(self.request, **how))

    def act(self, *act: str, **how: Any) -> Answer:
        """Do one thing at the gate, in a process of its own."""
        return self.zygote.run(replace(self.request, act=act, **how))

    def key(self, who: str) -> str:
        """Return the key that a person signs with, or the agent."""
        return str(self.root / "keys" / who)

    @property
    def catalog(self) -> Path:
        return catalog_of(self.root, self.env)

    @property
    def code(self) -> Path:
        """The checkout that the environment is served from."""
        return self.root / "repository" if self.env == "production" else REPOSITORY

    @property
    def home(self) -> Path:
        """The environment's own folder of the data."""
        return self.data / self.env

    @property
    def settings(self) -> Settings:
        where = (self.root, self.server.url, self.server.credentials_file, self.data)
        return settings_for(*where, self.env)

    @property
    def published(self) -> Path:
        return self.settings.published_file
