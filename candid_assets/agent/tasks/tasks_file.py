"""Changes tasks.md in place: under a lock, by an atomic replace, never over another's edit."""

import hashlib
import os
import stat
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from candid_assets.agent.task_words import Status
from candid_assets.agent.tasks.task import Task
from candid_assets.agent.tasks.task_document import Document
from candid_assets.atomic_files import force_to_disk, replacing
from candid_assets.errors import CandidError
from candid_assets.regular_files import read_bytes

LOCK_SECONDS: Final = 30
ATTEMPTS: Final = 50
PAUSE_SECONDS: Final = 0.02

Change = Callable[[Document], Document | None]


class TasksError(CandidError):
    """tasks.md cannot be read or written, or another heartbeat works on it."""


class TaskChangedError(TasksError):
    """Somebody else changed a task meanwhile; the message says how."""


@dataclass(frozen=True, slots=True)
class TasksFile:
    """One tasks.md as one agent sees it."""

    path: Path
    agent: str
    locks: Path
    """Folder of the locks that all installations of this user share."""

    def read(self) -> Document:
        """Return the file as it is at a moment at which nobody is writing it.

        Raises:
            TasksError: It is missing, unreadable or no text.
        """
        try:
            for _ in range(ATTEMPTS):
                content = read_bytes(self.path)
                if content == read_bytes(self.path):
                    break
                time.sleep(PAUSE_SECONDS)
            else:
                raise TasksError(f"{self.path} is being written without pause")
        except FileNotFoundError as error:
            raise TasksError(f"{self.path} does not exist", "name the file with --tasks") from error
        except OSError as error:
            raise TasksError(f"{self.path} cannot be read: {error.strerror or error}") from error
        if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in content[:4096]:
            raise TasksError(f"{self.path} is no UTF-8 text (UTF-16?)", "save it as UTF-8")
        return Document.from_bytes(content, self.agent)

    def set_status(self, task: Task, expected: Iterable[Status], status: Status) -> Document:
        """Change the status of a task that is still what it was.

        Args:
            task: The task as it was read.
            expected: Statuses that it may have now.
            status: What to write.

        Raises:
            TaskChangedError: It is gone, is there twice, is another's or has another status.
            TasksError: The file cannot be read or written.
        """
        allowed = frozenset(expected)

        def change(document: Document) -> Document | None:
            now = document.find(task.key)
            if now is None:
                raise TaskChangedError(f"{task.key} is no longer in {self.path} exactly once")
            if not now.is_for(self.agent):
                to = ", ".join(now.assignees) or "nobody"
                raise TaskChangedError(f"{task.key} was assigned to {to} meanwhile")
            if now.title != task.title:
                raise TaskChangedError(f"{task.key} was changed to '{now.title}' meanwhile")
            if now.status == status:
                return None
            if now.status not in allowed:
                written = " ".join(mark.text for mark in now.marks)
                raise TaskChangedError(f"the status of {task.key} was set to '{written}' meanwhile")
            changed = document.with_status(now, status)
            again = changed.find(task.key)
            if again is None or again.status != status:
                raise TaskChangedError(f"the status of {task.key} cannot be written as {status}")
            return changed

        return self.change(change)

    def change(self, change: Change) -> Document:
        """Apply a change to the newest content and return what is there afterwards.

        Raises:
            TasksError: The file cannot be read or written, or never rests.
        """
        path = self.path.resolve()
        name = hashlib.sha256(str(path).encode()).hexdigest()[:16]
        try:
            self.locks.mkdir(parents=True, exist_ok=True)
            with FileLock(self.locks / f"tasks-{name}.lock", timeout=LOCK_SECONDS):
                for _ in range(ATTEMPTS):
                    before = self.read()
                    changed = change(before)
                    if changed is None:
                        return before
                    if _replace(path, before.to_bytes(), changed.to_bytes()):
                        return changed
                    time.sleep(PAUSE_SECONDS)
        except Timeout as error:
            raise TasksError(f"{self.path} is locked by another heartbeat") from error
        except OSError as error:
            raise TasksError(f"{self.path} cannot be written: {error.strerror or error}") from error
        raise TasksError(f"{self.path} changed {ATTEMPTS} times while it was being edited")


def _replace(path: Path, before: bytes, after: bytes) -> bool:
    """Put new bytes in place of those that were read; return whether these were still there."""
    there = path.stat()
    with replacing(path, stat.S_IMODE(there.st_mode), durable=False) as part:
        part.write_bytes(after)
        with suppress(OSError):
            os.chown(part, there.st_uid, there.st_gid)
        # Before the comparison, which is as near to the rename as it can be.
        force_to_disk(part)
        unchanged = read_bytes(path) == before
        if not unchanged:
            part.unlink()
    return unchanged
