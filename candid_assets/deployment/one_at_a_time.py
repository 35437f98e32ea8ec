"""Lets one command at a time change production, a tab that is published into, or a clone."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from candid_assets.gate.content import Installation
from candid_assets.gate.errors import GateError
from candid_assets.gate.git import Git
from candid_assets.settings import Settings

_PATIENCE: Final = 60
"""Seconds that an apply waits for another one."""


@contextmanager
def one_at_a_time(settings: Settings, installation: Installation) -> Iterator[None]:
    """Hold an environment and the clone, so that nothing else is applied to either.

    What is held is let go when the process ends, however it does.

    Raises:
        GateError: Another process has held one of them for a minute.
    """
    folder = settings.data_dir / "gate"
    folder.mkdir(parents=True, exist_ok=True)
    clone = Path(Git(installation.root).output("rev-parse", "--absolute-git-dir").strip())
    try:
        with (
            FileLock(folder / "apply.lock", timeout=_PATIENCE),
            FileLock(clone / "candid-apply.lock", timeout=_PATIENCE),
        ):
            yield
    except Timeout as error:
        raise GateError(
            f"another process applies a plan ({error.lock_file} is held)", "wait, then try again"
        ) from error
