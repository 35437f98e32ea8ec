"""Nothing outside the readers knows what kind of source a table comes from."""

import ast
from pathlib import Path

import pytest

from candid_assets.names import SOURCE_LAYERS
from candid_assets.sources.registry import OPENERS

PACKAGE = Path(__file__).resolve().parents[2] / "candid_assets"
KINDS = {*SOURCE_LAYERS, *SOURCE_LAYERS.values(), "gspread", "psycopg", "dlt"} - {"api", "files"}
"""`api` and `files` are words of other rooms, too; the imports below tell of those readers."""
READERS = {"sheets", "files", "postgres", "api"}
APART = {"sandbox", "web", "destinations"}
"""Rooms whose words are their own: servers, and what goes out."""
MAY_KNOW = {
    *("sources/registry.py", "names.py", "contracts/servers.py"),
    # What goes out has kinds of its own.
    *("contracts/destination.py", "contracts/destinations.py"),
    # Google's own: who may sign in, publications into a sheet, and the words of tasks.
    *("doctor/google.py", "governance/publications.py", "agent/heartbeat/understanding.py"),
}
ROOMS = (
    *("layers", "quality", "warehouse", "lineage"),
    *("contracts", "automation", "gate", "documents"),
)


def modules() -> list[Path]:
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(PACKAGE)
        if place.parts[0] not in READERS | APART and place.as_posix() not in MAY_KNOW:
            found.append(path)
    return found


def texts(tree: ast.Module) -> set[str]:
    """Every string of a module that is no docstring, whole."""
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


@pytest.mark.parametrize("path", modules(), ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_no_code_outside_the_readers_names_a_kind_of_source(path: Path) -> None:
    found = texts(ast.parse(path.read_text()))
    if path.name == "plans.py":  # names rooms of the package
        found -= {"sheets"}
    assert not found & KINDS


@pytest.mark.parametrize("room", ROOMS)
def test_no_room_after_landing_imports_a_reader(room: str) -> None:
    for path in (PACKAGE / room).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
                "candid_assets."
            ):
                assert (node.module or "").split(".")[1] not in READERS, path


def test_every_kind_has_a_reader_and_a_layer() -> None:
    assert OPENERS.keys() == SOURCE_LAYERS.keys()
