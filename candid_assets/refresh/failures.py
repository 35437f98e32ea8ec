"""Causes that a refresh meets outside Google: full disks, folders without permission, bugs."""

import logging
from dataclasses import dataclass
from typing import Final

import duckdb

from candid_assets.contracts.catalog import ContractProblem
from candid_assets.engines.errors import EngineError
from candid_assets.expected_errors import file_error
from candid_assets.refresh.context import file_of
from candid_assets.refresh.events import Failed
from candid_assets.settings import Settings
from candid_assets.sources.source_errors import REPORT_IT, shortened
from candid_assets.storage_errors import storage_error
from candid_assets.warehouse.errors import (
    DAMAGED_FIX,
    LandingError,
    WarehouseError,
    is_damage,
)

log = logging.getLogger(__name__)

LANDING_DAMAGED: Final = "landing_damaged"
"""The code of an extract in landing that cannot be read."""
ENGINE_FAILED: Final = "engine_failed"
"""The code of a cluster that is away, or cannot do what is asked of it."""
STORAGE = (
    OSError,
    duckdb.IOException,
    duckdb.OutOfMemoryException,
    # With one writer nothing conflicts: a commit fails, and the database closes, for want of room.
    duckdb.TransactionException,
    duckdb.FatalException,
)
"""Errors of writing and reading files, beside Arrow's."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why something was not done: a closed code, one sentence, the fix."""

    code: str
    message: str
    fix: str


def storage_fix(settings: Settings) -> str:
    """Return the fix for a file that cannot be written or read."""
    return f"free disk space and make {settings.data_dir} writable, then run again"


def unforeseen(error: Exception, what: str, settings: Settings) -> Cause:
    """Return the cause for the error at hand, that no stage handles.

    A fault of the platform is logged with its trace; the others say all that there is to know.
    """
    said = f"{type(error).__name__}: {shortened(str(error))}"
    message = f"{what}: {said}"
    refused = storage_error(error, settings.data_dir)
    cause = Cause("internal_error", f"{what}: unexpected {said}", REPORT_IT)
    if isinstance(error, WarehouseError):
        code = LANDING_DAMAGED if isinstance(error, LandingError) else "warehouse_damaged"
        cause = Cause(code, f"{what}: {error.message}", error.fix or DAMAGED_FIX)
    elif isinstance(error, EngineError):
        cause = Cause(ENGINE_FAILED, f"{what}: {error.message}", error.fix)
    elif is_damage(error):
        cause = Cause("warehouse_damaged", f"{what}: {str(error).splitlines()[0]}", DAMAGED_FIX)
    elif refused is not None:
        cause = Cause("storage_failed", f"{what}: {refused.message}", refused.fix)
    elif (misplaced := file_error(error)) is not None:
        cause = Cause("storage_failed", f"{what}: {misplaced.message}", misplaced.fix)
    elif isinstance(error, duckdb.OutOfMemoryException):
        cause = _out_of_memory(error, what, settings)
    elif isinstance(error, STORAGE) or _is_of_arrow(error):
        cause = Cause("storage_failed", message, storage_fix(settings))
    if cause.code == "internal_error":
        log.exception(what)
    return cause


def _is_of_arrow(error: Exception) -> bool:
    # A refresh without news has nothing to do with Arrow and does not wait for it.
    import pyarrow as pa

    return isinstance(error, pa.ArrowException)


def _out_of_memory(error: duckdb.OutOfMemoryException, what: str, settings: Settings) -> Cause:
    first = f"{what}: {str(error).splitlines()[0]}"
    if "temp_directory" in str(error):
        message = f"{first}: it needs more than CANDID_MEMORY, and the disk has no room for it"
        return Cause("storage_failed", message, storage_fix(settings))
    return Cause("out_of_memory", first, "set CANDID_MEMORY higher, as CANDID_MEMORY=8GB")


def invalid_file(problem: ContractProblem) -> Failed:
    """Return the failure of a file of the catalog that is no tab's contract."""
    where = f"{problem.path}:{problem.line}: {problem.message}"
    return Failed("ready", file_of(problem.path), "contract_invalid", where, problem.fix)
