"""Prepares the environment variables of this process and of the processes that it starts."""

import os
from pathlib import Path

from dotenv import load_dotenv

from candid_assets.errors import CandidError
from candid_assets.settings import PATH_VARIABLES, Settings, is_project, project_dir


def prepare_environment() -> Settings:
    """Fix paths and the Dagster home for this process and those it starts; return the settings.

    Variables of the project's `.env` hold where the environment itself does not set them.

    Raises:
        CandidError: The package is installed, and the working directory is in no project.
    """
    project = project_dir()
    if not is_project(project) and not os.environ.get("DAGSTER_HOME"):
        raise CandidError(
            f"{project} is not a candid project, nor is a folder above it",
            "make one with `candid init DIR` and run candid inside it",
        )
    load_dotenv(project / ".env")
    for name in PATH_VARIABLES:
        if os.environ.get(name):
            os.environ[name] = str(Path(os.environ[name]).resolve())
    os.environ.setdefault("DAGSTER_HOME", str(project))
    # Arrow's own allocator keeps what it once had; a refresh needs it for other things.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    # What a run intends to do, a row for every table and check, is stored in one transaction.
    os.environ.setdefault("DAGSTER_EVENT_BATCH_SIZE", "1000")
    return Settings()
