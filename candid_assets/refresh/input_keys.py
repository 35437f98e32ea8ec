"""The inputs key of every table: what it depends on, in one place for building and for asking.

A table depends on its inputs, on what is declared of it, and on the code that makes it: modules
and all that they import (see `code_hash`), wherever their files lie.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

import duckdb

from candid_assets.compiled_files import compiled_file, hash_of, keep_compiled
from candid_assets.contracts.catalog import Model, Tab
from candid_assets.refresh.context import inputs_key
from candid_assets.warehouse.builds import TableState
from candid_assets.warehouse.current_extracts import CurrentExtract

RAW_CODE: Final = ("candid_assets.warehouse.raw_query",)
TAB_CODE: Final = (
    "candid_assets.cleaning.cleaning_sql",
    "candid_assets.cleaning.divided_cleaning",
    "candid_assets.cleaning.header_search",
    "candid_assets.cleaning.undeclared_columns",
)
FAMILY_CODE: Final = (
    *TAB_CODE,
    "candid_assets.cleaning.family_cleaning",
    "candid_assets.refresh.family_members",
)
HISTORY_CODE: Final = ("candid_assets.refresh.history_versions",)
_FILES: Final = ("**/*.py", "cleaning/*.sql")
"""The package's files that may be part of that code."""
RAW_VERSION: Final = "raw 3"
CLEAN_VERSION: Final = "clean 3"
READY_VERSION: Final = "ready 3"


@dataclass(frozen=True, slots=True)
class CodeHashes:
    """Hashes of the code that makes each kind of table."""

    raw: str
    tab: str
    family: str
    history: str


@cache
def code_hashes() -> CodeHashes:
    """Return the hashes of the code that makes tables; those of the same files are kept."""
    key = hash_of((), *_FILES)
    kept = compiled_file(Path(__file__), key)
    if kept is not None:
        return CodeHashes(**json.loads(kept))
    hashes = _hashed()
    keep_compiled(Path(__file__), key, json.dumps(asdict(hashes)).encode())
    return hashes


def _hashed() -> CodeHashes:
    """Hash the code as it is now: compiling and tokenizing it takes a third of a second."""
    from candid_assets.cleaning.macros import macros_sql
    from candid_assets.code_hash import code_hash, sql_hash

    macros = sql_hash(macros_sql())
    tab, family = (
        hashlib.sha256((code_hash(*modules) + macros).encode()).hexdigest()
        for modules in (TAB_CODE, FAMILY_CODE)
    )
    return CodeHashes(code_hash(*RAW_CODE), tab, family, code_hash(*HISTORY_CODE))


@cache
def code_version() -> str:
    """Return what every build records of the code: release, hash of what makes tables, DuckDB."""
    hashes = code_hashes()
    made_by = (hashes.raw, hashes.family, hashes.history)
    digest = hashlib.sha256("".join(made_by).encode()).hexdigest()
    return f"{version('candid-assets')}+{digest[:12]} duckdb {duckdb.__version__}"


def raw_key(extract: CurrentExtract) -> str:
    """Return the key of a raw table: the content of its extract and the code that shows it."""
    return inputs_key([RAW_VERSION, code_hashes().raw, extract.content_hash])


def clean_key(tab: Tab, extract: CurrentExtract) -> str:
    """Return the key of a clean table: extract, its place, contract and cleaning code."""
    place = (extract.spreadsheet_id, str(extract.sheet_id))
    code = code_hashes().family if tab.is_family else code_hashes().tab
    return inputs_key([CLEAN_VERSION, code, extract.content_hash, *place, tab.fingerprint])


def model_key(model: Model, states: Mapping[tuple[str, str], TableState]) -> str | None:
    """Return the key of a ready table: SQL, inputs' content, code; None if an input is absent."""
    if any(key not in states for key in model.inputs):
        return None
    code = code_hashes().history if model.is_history else ""
    inputs = [f"{layer}.{t}={states[layer, t].fingerprint}" for layer, t in model.inputs]
    return inputs_key([READY_VERSION, code, model.fingerprint, *inputs])
