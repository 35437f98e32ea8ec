"""The inputs key of every table: what it depends on, in one place for building and for asking.

A table depends on its inputs, on what is declared of it, and on the code that makes it: modules
and all that they import (see `code_hash`), wherever their files lie.
"""

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from typing import Final

import duckdb

from candid_assets.cleaning.macros import macros_sql
from candid_assets.code_hash import code_hash, sql_hash
from candid_assets.contracts import histories
from candid_assets.contracts.catalog import Model, Tab
from candid_assets.refresh.context import inputs_key
from candid_assets.warehouse.builds import TableState
from candid_assets.warehouse.current_extracts import CurrentExtract

RAW_CODE: Final = ("candid_assets.warehouse.raw_query",)
TAB_CODE: Final = (
    "candid_assets.cleaning.cleaning_sql",
    "candid_assets.cleaning.header_search",
    "candid_assets.cleaning.undeclared_columns",
)
FAMILY_CODE: Final = (
    *TAB_CODE,
    "candid_assets.cleaning.family_cleaning",
    "candid_assets.refresh.family_members",
)
HISTORY_CODE: Final = ("candid_assets.refresh.history_versions",)
RAW_VERSION: Final = "raw 3"
CLEAN_VERSION: Final = "clean 3"
READY_VERSION: Final = "ready 3"


@cache
def cleaning_version(*, family: bool) -> str:
    """Return a hash of the code that cleans a tab, or the tabs of a family."""
    code = code_hash(*(FAMILY_CODE if family else TAB_CODE))
    return hashlib.sha256((code + sql_hash(macros_sql())).encode()).hexdigest()


@cache
def code_version() -> str:
    """Return what every build records of the code: release, hash of what makes tables, DuckDB."""
    made_by = (code_hash(*RAW_CODE), cleaning_version(family=True), code_hash(*HISTORY_CODE))
    digest = hashlib.sha256("".join(made_by).encode()).hexdigest()
    return f"{version('candid-assets')}+{digest[:12]} duckdb {duckdb.__version__}"


def raw_key(extract: CurrentExtract) -> str:
    """Return the key of a raw table: the content of its extract and the code that shows it."""
    return inputs_key([RAW_VERSION, code_hash(*RAW_CODE), extract.content_hash])


def clean_key(tab: Tab, extract: CurrentExtract) -> str:
    """Return the key of a clean table: extract, its place, contract and cleaning code."""
    place = (extract.spreadsheet_id, str(extract.sheet_id))
    code = cleaning_version(family=tab.is_family)
    return inputs_key([CLEAN_VERSION, code, extract.content_hash, *place, tab.fingerprint])


def model_key(model: Model, states: Mapping[tuple[str, str], TableState]) -> str | None:
    """Return the key of a ready table: SQL, inputs' content, code; None if an input is absent."""
    if any(key not in states for key in model.inputs):
        return None
    code = code_hash(*HISTORY_CODE) if model.kind == histories.KIND else ""
    inputs = [f"{layer}.{t}={states[layer, t].fingerprint}" for layer, t in model.inputs]
    return inputs_key([READY_VERSION, code, model.fingerprint, *inputs])
