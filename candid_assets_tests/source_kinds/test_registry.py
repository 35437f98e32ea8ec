"""Nothing outside the readers knows what kinds of source there are."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from candid_assets.source_kinds.registry import DEFAULT, KINDS, READERS, TYPES, kind_at

PACKAGE = Path(__file__).resolve().parents[2] / "candid_assets"
APART = {"sandbox", "destinations"}
"""Rooms with kinds of their own: the server that stands in for Google, and what goes out."""
OUT = {
    "contracts/destination.py",
    "contracts/destination_file.py",
    "monitoring/doctor/destinations.py",
    "orchestration/destination_assets.py",
}
"""The same of what goes out, in rooms of both."""
HISTORY = {"monitoring/history_place.py", "orchestration/shared_history.py"}
"""Where Dagster's history is kept, which is no source."""
LIST = "source_kinds/registry.py"
MAY_NAME = {LIST, *OUT, *HISTORY}
EXACT = {*TYPES, *READERS, *(kind.layer for kind in KINDS.values())} - {
    "",
    "custom",
    "api",
    "files",
}
"""Texts that are a kind's; `api` and `files` mean other things, too: imports tell of those."""
WORDS = re.compile(
    r"google|spreadsheets?\b|\bsheets?\b|\bdrive\b|postgres|psycopg|gspread|\bdlt\b|File > Version",
    re.I,
)
"""What speaks of one kind inside of a text."""
STORED = re.compile(r"\b_?(spreadsheet_id|sheet_id|sheet_row|drive_version|sheet_untouched)\b")
"""Columns, checks and keys that warehouses, plans and reports of earlier versions hold."""
PUBLIC = {
    "orchestration/change_sensor.py": {"sheets_changed_sensor"},
    "settings.py": {"CANDID_GOOGLE_API_URL", "GOOGLE_APPLICATION_CREDENTIALS"},
    "gate/deployed_settings.py": {
        "CANDID_GOOGLE_API_URL",
        "google_api_url",
        "GOOGLE_API_USE_MTLS_ENDPOINT",
    },
    "monitoring/doctor/deployment.py": {"CANDID_GOOGLE_API_URL"},
    "reports/page.py": {"sheets_reads", "drive_reads"},
    # What a column that holds the tab's title is called.
    "discovery/proposal.py": {"tab_title_of_sheet"},
    # What the export of contracts calls a table of a source.
    "contracts/odcs_export.py": {"sheet"},
}
"""Names that are promised, where they stand."""


@pytest.fixture(scope="module")
def trees() -> dict[str, ast.Module]:
    """Every module that must not know of kinds, parsed, by its path in the package."""
    parsed = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(PACKAGE)
        is_reader = place.parts[0] == "sources" and place.parts[1] in READERS
        if not is_reader and place.parts[0] not in APART and place.as_posix() not in MAY_NAME:
            parsed[place.as_posix()] = ast.parse(path.read_text())
    return parsed


def texts(tree: ast.Module) -> Iterator[str]:
    """Every string of a module that is no docstring, whole."""
    docstrings = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in docstrings
        ):
            yield node.value


def test_only_the_readers_name_a_kind_of_source(trees: dict[str, ast.Module]) -> None:
    named = [
        (name, text)
        for name, tree in trees.items()
        for text in texts(tree)
        if text not in PUBLIC.get(name, set())
        and (text in EXACT or WORDS.search(STORED.sub("", text)))
    ]
    assert named == []


def test_public_texts_are_still_in_their_modules(trees: dict[str, ast.Module]) -> None:
    for name, promised in PUBLIC.items():
        assert promised <= set(texts(trees[name])), name


def test_readers_are_imported_only_within_the_room(trees: dict[str, ast.Module]) -> None:
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom | ast.Import):
                names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                names += [alias.name for alias in node.names]
                inside = {n.split(".")[2] for n in names if n.startswith("candid_assets.sources.")}
                assert not inside & {*READERS}, path


def test_each_folder_declares_one_kind_and_no_two_kinds_share_a_name() -> None:
    assert len(KINDS) == len(READERS)
    assert len({kind.layer for kind in KINDS.values()}) == len(KINDS)
    assert len(TYPES) == sum(1 + len(kind.aliases) for kind in KINDS.values())
    for kind in KINDS.values():
        assert kind.reader.split(".")[2] in READERS
        for scheme in kind.schemes:
            assert kind_at(f"{scheme}://somewhere") is kind
    assert kind_at("1AbC") is DEFAULT


@pytest.mark.parametrize("room", READERS)
def test_a_kinds_declaration_loads_no_reader(room: str) -> None:
    allowed = {
        "candid_assets.contracts.custom_properties",
        "candid_assets.near_names",
        "candid_assets.settings",
        "candid_assets.source_kinds.kind",
        "candid_assets.source_kinds.places",
        f"candid_assets.sources.{room}.links",
        "candid_assets.sources.sheets.sheet_links",
    }
    for node in ast.walk(ast.parse((PACKAGE / "sources" / room / "declaration.py").read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("candid_assets"):
            assert node.module in allowed
