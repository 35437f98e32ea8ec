"""Prepares the environment variables of this process and of the processes that it starts."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from dotenv import load_dotenv
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from candid_assets.errors import CandidError
from candid_assets.settings import PATH_VARIABLES, Settings, is_project, project_dir

_WORDS: Final = {
    "int_parsing": "it is no whole number",
    "int_type": "it is no whole number",
    "float_parsing": "it is no number",
    "byte_size": "it is no size, such as 2GB",
    "byte_size_unit": "it is no size, such as 2GB",
}
"""Plain words for kinds of mistakes that pydantic names in its own."""


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
        settings = Settings()
    except ValidationError as error:
        raise SettingsError([_problem(detail) for detail in error.errors()]) from error
    problems = list(_wrong_paths(settings))
    if problems:
        raise SettingsError(problems)
    return settings


def _problem(detail: ErrorDetails) -> tuple[str, str]:
    name = ".".join(str(part) for part in detail["loc"])
    about = next(
        (f.description for f in Settings.model_fields.values() if f.validation_alias == name), None
    )
    purpose = f" ({about.partition('.')[0]})" if about else ""
    fix = f"set {name} to a value that is allowed, or unset it{purpose}"
    return f"{name}={detail['input']!r}: {_WORDS.get(detail['type'], detail['msg'])}", fix


def _wrong_paths(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield each folder of the settings that is none, with the fix."""
    folders = {"CANDID_DATA_DIR": settings.data_root, "CANDID_CATALOG_DIR": settings.catalog_dir}
    home = os.environ.get("DAGSTER_HOME")
    if home:
        folders["DAGSTER_HOME"] = Path(home)
        if not Path(home).is_absolute():
            yield f"DAGSTER_HOME={home}: it is no absolute path", "write it from / on, or unset it"
    for name, folder in folders.items():
        there = next((path for path in (folder, *folder.parents) if path.exists()), folder)
        if there.exists() and not there.is_dir():
            yield f"{name}={folder}: {there} is a file", f"set {name} to a folder"
    if "?" in str(settings.data_root.resolve()):
        # DuckDB takes it and what follows for options, and puts its log elsewhere.
        yield (
            f"CANDID_DATA_DIR={settings.data_root}: DuckDB keeps no database below a '?'",
            "set CANDID_DATA_DIR to a folder without one",
        )
    if home and Path(home).is_absolute() and not Path(home).exists():
        yield f"DAGSTER_HOME={home}: there is no such folder", "make it, or unset DAGSTER_HOME"
