"""Prepares the environment variables of this process and of the processes that it starts."""

import os
from pathlib import Path

from candid_assets.settings import PATH_VARIABLES, REPOSITORY, Settings


def prepare_environment() -> Settings:
    """Fix paths and the Dagster home for this process and those it starts; return the settings."""
    for name in PATH_VARIABLES:
        if os.environ.get(name):
            os.environ[name] = str(Path(os.environ[name]).resolve())
    os.environ.setdefault("DAGSTER_HOME", str(REPOSITORY))
    # Arrow's own allocator keeps what it once had; a refresh needs it for other things.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    # What a run intends to do, a row for every table and check, is stored in one transaction.
    os.environ.setdefault("DAGSTER_EVENT_BATCH_SIZE", "1000")
    return Settings()
