"""The inputs key of every table: what it depends on, in one place for building and for asking."""

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

import duckdb

from candid_assets.contracts.model import Model, Tab
from candid_assets.layers import cleaning
from candid_assets.layers.context import inputs_key
from candid_assets.layers.extracts import CurrentExtract
from candid_assets.warehouse.tables import TableState

CLEANING = Path(cleaning.__file__).parent
LAYERS = Path(__file__).parent
CONTRACTS = LAYERS.parent / "contracts"
RAW_VERSION = "raw 2"
CLEAN_VERSION = "clean 2"
READY_VERSION = "ready 2"


@lru_cache(maxsize=1)
def cleaning_version() -> str:
    """Return a hash of the cleaning code: when it changes, clean tables are built again."""
    digest = hashlib.sha256()
    for path in sorted([*CLEANING.glob("*.sql"), *CLEANING.glob("*.py")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()


@lru_cache(maxsize=1)
def code_version() -> str:
    """Return what every build records of the code: release, hash of the rooms, DuckDB's version."""
    digest = hashlib.sha256(cleaning_version().encode())
    for path in sorted([*LAYERS.glob("*.py"), *CONTRACTS.glob("*.py")]):
        digest.update(path.read_bytes())
    release = version("candid-assets")
    return f"{release}+{digest.hexdigest()[:12]} duckdb {duckdb.__version__}"


def raw_key(extract: CurrentExtract) -> str:
    """Return the key of a raw table: the content of its extract."""
    return inputs_key([RAW_VERSION, extract.content_hash])


def clean_key(tab: Tab, extract: CurrentExtract) -> str:
    """Return the key of a clean table: extract, where it stands, contract and cleaning code."""
    place = (extract.spreadsheet_id, str(extract.sheet_id))
    return inputs_key(
        [CLEAN_VERSION, cleaning_version(), extract.content_hash, *place, tab.fingerprint]
    )


def model_key(model: Model, states: Mapping[tuple[str, str], TableState]) -> str | None:
    """Return the key of a ready table: SQL and inputs' content; None if an input is absent."""
    if any(found not in states for found in model.inputs):
        return None
    inputs = [f"{layer}.{t}={states[layer, t].fingerprint}" for layer, t in model.inputs]
    return inputs_key([READY_VERSION, model.fingerprint, *inputs])
