"""Keeps a catalog that was read for the next process, as facts that can name no other code."""

import io
import pickle
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import is_dataclass, replace
from pathlib import Path
from typing import Any, Final

from candid_assets.compiled_files import compiled_file, hash_of, keep_compiled
from candid_assets.contracts.catalog import Catalog
from candid_assets.contracts.catalog_files import Entry

CATALOG_CODE: Final = ("*.py", "contracts/**/*.py", "source_kinds/*.py", "sources/*/declaration.py")
"""The modules that read a catalog, and all that they import of the package."""
_OWN: Final = "candid_assets.contracts."
_FACTS: Final = frozenset(
    {
        *(("pathlib", "PosixPath"), ("decimal", "Decimal")),
        *(("datetime", "date"), ("datetime", "datetime")),
    }
)
"""What a catalog holds beside its own dataclasses."""


class _CatalogUnpickler(pickle.Unpickler):
    """Makes facts of a catalog and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        """Return one of the classes that a catalog holds."""
        if (module, name) in _FACTS:
            return super().find_class(module, name)
        of_name = super().find_class(module, name) if module.startswith(_OWN) else None
        if not isinstance(of_name, type) or not is_dataclass(of_name):
            raise pickle.UnpicklingError(f"{module}.{name} is no fact of a catalog")
        return of_name


def compiled_catalog(root: Path, entries: Sequence[Entry]) -> Catalog | None:
    """Return the catalog that was kept of these files, without them; None where none was."""
    facts = compiled_file(_source(root), _key(root, entries))
    return None if facts is None else _facts(facts)


def keep_catalog(catalog: Catalog, entries: Sequence[Entry]) -> None:
    """Keep a catalog that was read of these files, if all of it comes back as it is."""
    bare = replace(catalog, files={})
    facts = pickle.dumps(bare, pickle.HIGHEST_PROTOCOL)
    if _facts(facts) == bare:
        keep_compiled(_source(catalog.root), _key(catalog.root, entries), facts)


def _facts(content: bytes) -> Catalog | None:
    with suppress(Exception):
        facts = _CatalogUnpickler(io.BytesIO(content)).load()
        return facts if isinstance(facts, Catalog) else None
    return None


def _source(root: Path) -> Path:
    return root / "catalog.py"


def _key(root: Path, entries: Sequence[Entry]) -> bytes:
    return hash_of((str(root), *(part for entry in entries for part in entry)), *CATALOG_CODE)
