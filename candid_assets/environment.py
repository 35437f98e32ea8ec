"""Prepares the environment variables of this process and of the processes that it starts."""

import os
from collections.abc import Sequence
from pathlib import Path

from dotenv import load_dotenv
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from candid_assets.errors import CandidError
from candid_assets.settings import PATH_VARIABLES, Settings, is_project, project_dir


class SettingsError(CandidError):
    """Environment variables that hold what is not allowed."""

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(p for p, _ in problems), "; ".join(f for _, f in problems))
        self.problems = problems
        """What is wrong with each, and the fix."""


def prepare_environment(*, anywhere: bool = False) -> Settings:
    """Fix paths and the Dagster home for this process and those it starts; return the settings.

    Variables of the project's `.env` hold where the environment itself does not set them.

    Args:
        anywhere: Whether this process does without a project folder.

    Raises:
        CandidError: The package is installed, and the working directory is in no project.
        SettingsError: A variable holds what is not allowed.
    """
    project = project_dir()
    if not is_project(project) and not os.environ.get("DAGSTER_HOME") and not anywhere:
        raise CandidError(
            f"{project} is not a candid project, nor is a folder above it",
            "make one with `candid init DIR` and run candid inside it",
        )
    load_dotenv(project / ".env")
    for name in PATH_VARIABLES:
        if os.environ.get(name):
            os.environ[name] = str(Path(os.environ[name]).resolve())
    if not anywhere or is_project(project):
        os.environ.setdefault("DAGSTER_HOME", str(project))
    # Arrow's own allocator keeps what it once had; a refresh needs it for other things.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    # What a run intends to do, a row for every table and check, is stored in one transaction.
    os.environ.setdefault("DAGSTER_EVENT_BATCH_SIZE", "1000")
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError([_problem(detail) for detail in error.errors()]) from error


def _problem(detail: ErrorDetails) -> tuple[str, str]:
    name = ".".join(str(part) for part in detail["loc"])
    fix = f"set {name} to a value that is allowed, or unset it"
    return f"{name}={detail['input']!r}: {detail['msg']}", fix
