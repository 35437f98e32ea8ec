"""A cache of the models' lineage in a folder: deriving it costs a second a refresh.

One file a model, replaced when anything it was derived from differs: the SQL, the columns of the
model and of its inputs, sqlglot, or the code here that follows a query. A file that cannot be read
is derived anew, and a folder that cannot be written to costs only the second.
"""

import hashlib
import json
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ValidationError

from candid_assets.atomic_files import write_whole
from candid_assets.code_hash import code_hash
from candid_assets.lineage.lineage_types import TableLineage
from candid_assets.regular_files import read_bytes

_DERIVED_BY: Final = "candid_assets.lineage.query_lineage"


class _Kept(BaseModel):
    derived_from: str
    lineage: TableLineage


class LineageCache:
    """The lineage of models in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, model: str, derived_from: object) -> TableLineage | None:
        """Return a model's cached lineage, or None if its inputs have changed."""
        try:
            seal, _, text = read_bytes(self._file(model)).partition(b"\n")
            if seal != _seal(text):
                return None
            kept = _Kept.model_validate_json(text)
        except (OSError, ValidationError):
            return None
        return kept.lineage if kept.derived_from == _digest(derived_from) else None

    def write(self, model: str, derived_from: object, lineage: TableLineage) -> None:
        """Store a model's lineage, replacing an older one."""
        kept = _Kept(derived_from=_digest(derived_from), lineage=lineage)
        text = kept.model_dump_json().encode()
        with suppress(OSError):
            write_whole(self._file(model), _seal(text) + b"\n" + text, durable=False)

    def _file(self, model: str) -> Path:
        return self.folder / f"{model}.json"


def _seal(text: bytes) -> bytes:
    """Return the hash of a file's text, its first line, which shows damage."""
    return hashlib.sha256(text).hexdigest().encode()


def _digest(derived_from: object) -> str:
    text = json.dumps([_code(), derived_from])
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _code() -> list[str]:
    return [version("sqlglot"), code_hash(_DERIVED_BY)]
