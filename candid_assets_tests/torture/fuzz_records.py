"""Fuzzed records of the gate: plans, decisions and deployments that whoever wrote them hashed."""

import hashlib
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from candid_assets.deployment.cell_changes import changed_cells, taken_back
from candid_assets.gate.plans import PLAN, PublicationPlan
from candid_assets.gate.records import canonical, digest_of, read_record

_BOARD: Final = {"A1": ["Papan", "sku"], "B2": [45886, 1.5], "AA10": ["", "catatan"]}
MOST_ROWS: Final = 10_000_000
"""Rows of the largest sheet: it has ten million cells."""


def plan() -> bytes:
    """Return a plan that restores a backup."""
    return canonical(
        {
            "kind": "restore",
            "commit": "0" * 40,
            "file": "backups/x.tar.gz",
            "sha256": digest_of({}),
            "format": 1,
            "base": None,
        }
    )


def publication() -> bytes:
    """Return a plan that publishes into a tab."""
    return canonical(
        {
            "kind": "publication",
            "env": "production",
            "commit": "0" * 40,
            "workbook": "toko",
            "spreadsheet_id": "Toko",
            "sheet_id": 102,
            "title": "Papan",
            "before": digest_of({}),
            "after": digest_of({"rows": []}),
            "cells": _BOARD,
            "source": "ready.dim_stock",
            "format": 1,
            "base": None,
        }
    )


def reading(kind: Any) -> Callable[[bytes], None]:
    """Return a target that reads a record of a kind."""

    def take(content: bytes) -> None:
        _read(content, kind)

    return take


def take_back(content: bytes) -> None:
    """Read a plan, and take the cells back that a publication says it has set."""
    record = _read(content, PLAN)
    if isinstance(record, PublicationPlan):
        rows = taken_back([["Papan"]], record.cells)
        assert len(rows) <= MOST_ROWS
        changed_cells([["Papan"]], rows)


def _read(content: bytes, kind: Any) -> Any:
    with tempfile.TemporaryDirectory(prefix="candid-fuzz-") as folder:
        path = Path(folder) / f"{hashlib.sha256(content).hexdigest()}.json"
        path.write_bytes(content)
        record = read_record(path, kind)
    assert record.encoded == content
    return record
