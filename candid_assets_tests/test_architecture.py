"""The rooms of the package and which way imports point; docs/architecture.md says why."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from importlib import import_module
from pathlib import Path

import pytest

from candid_assets.errors import CandidError
from candid_assets.settings import PACKAGE

TESTS = Path(__file__).parent

GROUND = {
    "archives",
    "atomic_files",
    "chain_check",
    "chained_log",
    "code_hash",
    "compiled_files",
    "console",
    "data_table",
    "environment",
    "error_output",
    "errors",
    "expected_errors",
    "findings",
    "garbage_collection",
    "isolation",
    "languages",
    "logs",
    "names",
    "near_names",
    "number_format",
    "output_streams",
    "process_limits",
    "project_files",
    "regular_files",
    "settings",
    "sql",
    "storage_errors",
    "terminal_text",
    "tracing",
    "vocabulary",
    "without_pandas",
}
"""Modules beside the rooms that any room may import."""
ORDER = (
    "source_kinds",
    "contracts",
    "warehouse",
    "gate",
    "sources",
    "engines",
    "quality",
    "cleaning",
    "lineage",
    "refresh",
    "history",
    "destinations",
    "reports",
    "monitoring",
    "maintenance",
    "orchestration",
    "discovery",
    "contract_changes",
    "deployment",
    "documents",
    "metrics",
    "agent",
    "web",
    "definitions",
    "commands",
    "cli",
)
"""Every room; each imports only rooms that stand before it."""
SANDBOX = "sandbox"
"""The sample company and the local Google, which only tests and the command line load."""
WHOLE = {
    "bench",
    "bench/contenders",
    "end_to_end",
    "end_to_end/faults",
    "end_to_end/served",
    "torture",
}
"""Folders of tests that are about no room: the whole platform, its benchmark and what breaks it."""
BUILDS_DEFINITIONS = {"orchestration", "definitions"}
ASKS_DAGSTER = {"monitoring", "maintenance", "web", "commands"}
"""Rooms that read Dagster's history or serve its pages."""


def folders_of(package: Path, files: str) -> set[str]:
    """The folders below a package that hold such files."""
    return {str(path.parent.relative_to(package)) for path in package.rglob(files)} - {"."}


@cache
def modules() -> dict[str, Path]:
    """Every module of the package by its dotted name."""
    return {
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts): path
        for path in sorted(PACKAGE.rglob("*.py"))
    }


@cache
def imports_of(module: str) -> frozenset[str]:
    """Return all that a module imports, inside functions and for type checkers too."""
    return frozenset(_imports(ast.parse(modules()[module].read_text())))


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in modules() else node.module


def own_imports(module: str) -> set[str]:
    return {name for name in imports_of(module) if name in modules()}


def room_of(module: str) -> str:
    return module.split(".")[1]


def rooms_between() -> dict[str, set[str]]:
    """The rooms that each room imports, ground modules and the sandbox left out."""
    imports: dict[str, set[str]] = {}
    for module in modules():
        if room_of(module) in {*ORDER, SANDBOX}:
            rooms = {room_of(name) for name in own_imports(module)} - GROUND
            imports.setdefault(room_of(module), set()).update(rooms - {room_of(module)})
    return imports


def test_every_module_is_in_a_room_or_is_a_ground_module():
    rooms = {room_of(module) for module in modules()} - {"__init__"}
    assert rooms == {*GROUND, *ORDER, SANDBOX}


@pytest.mark.parametrize("room", ORDER)
def test_room_imports_only_rooms_that_stand_before_it(room):
    before = {*ORDER[: ORDER.index(room)], room, *GROUND}
    for module in modules():
        if room_of(module) == room:
            above = {name for name in own_imports(module) if room_of(name) not in before}
            assert not above, f"{module} imports {sorted(above)}"


def test_ground_modules_import_only_ground_modules():
    for module in modules():
        if room_of(module) in GROUND:
            assert {room_of(name) for name in own_imports(module)} <= GROUND, module


def test_no_circle_between_rooms():
    TopologicalSorter(rooms_between()).prepare()


def test_no_circle_between_modules():
    TopologicalSorter({module: own_imports(module) for module in modules()}).prepare()


def test_only_the_sandbox_imports_the_sandbox():
    for module in modules():
        if room_of(module) != SANDBOX:
            assert SANDBOX not in {room_of(name) for name in own_imports(module)}, module


def test_every_exception_class_is_private_or_derives_from_the_one_root():
    for module in modules():
        if room_of(module) != SANDBOX:
            for value in vars(import_module(module)).values():
                if isinstance(value, type) and issubclass(value, BaseException):
                    own = value.__module__ == module and not value.__name__.startswith("_")
                    assert not own or issubclass(value, CandidError), value


def test_dagster_is_imported_only_where_definitions_are_built_or_its_history_is_read():
    for module in modules():
        libraries = {name.split(".")[0] for name in imports_of(module)}
        if libraries & {"dagster", "dagster_duckdb", "dagster_webserver", "dagster_graphql"}:
            assert room_of(module) in BUILDS_DEFINITIONS | ASKS_DAGSTER, module


def test_no_module_is_longer_than_300_lines():
    long = [p for p in modules().values() if len(p.read_text().splitlines()) > 300]
    assert long == []


def source_of(module: str) -> str:
    return modules()[module].read_text()


def test_sql_is_quoted_in_one_place():
    """The titles of tabs are quoted in A1 notation by the same characters."""
    a1 = {"candid_assets.sources.sheets.chunks", "candid_assets.cleaning.family_cleaning"}
    doubled = ("""replace("'", "''")""", """replace('"', '""')""")
    quoting = {m for m in modules() if any(call in source_of(m) for call in doubled)}
    assert {m for m in quoting if room_of(m) != SANDBOX} - a1 == {"candid_assets.sql"}


def test_files_are_written_and_renamed_in_one_place():
    by_hand = ("mkstemp", "os.replace", "os.rename", '.part"', ".part'")
    writing = {m for m in modules() if any(call in source_of(m) for call in by_hand)}
    assert writing == {"candid_assets.atomic_files"}


READS_ITS_OWN = {
    *("agent.graphql.answers", "agent.task_words", "cleaning.macros", "cli", "code_hash"),
    "compiled_files",
    *("contracts.file_schemas", "discovery.discovery_page", "discovery.profile_columns"),
    *("documents.build", "gate.libraries", "project_files", "quality.plausible_ranges"),
    *("reports.page", "warehouse.memory", "warehouse.migrations", "warehouse.query_limits"),
    *("web.pages.frame", "web.pages.rendering", "web.policy"),
}
"""Modules that read what came with the package, what the system says, or what they looked at."""


def test_what_others_may_have_put_somewhere_is_read_in_one_place():
    """A pipe in the place of a file would keep any other reader waiting."""
    reading = {m for m in modules() if re.search(r"\.read_(bytes|text)\(", source_of(m))}
    named = {m.removeprefix("candid_assets.") for m in reading if room_of(m) != SANDBOX}
    assert named == READS_ITS_OWN


def test_every_room_has_a_folder_of_tests():
    rooms = {path.partition("/")[0] for path in folders_of(PACKAGE, "*.py")}
    assert rooms <= folders_of(Path(__file__).parent, "test_*.py")


def test_every_folder_of_tests_is_a_room_or_about_the_whole_platform():
    tests = folders_of(Path(__file__).parent, "*.py")
    assert tests <= folders_of(PACKAGE, "*.py") | WHOLE


def test_near_names_are_searched_in_one_place():
    searching = {m for m in modules() if "get_close_matches" in source_of(m)}
    assert searching == {"candid_assets.near_names"}


def test_names_of_months_are_listed_in_one_place():
    listing = {m for m in modules() if re.search(r"\b(agustus|pebruari)\b", source_of(m), re.I)}
    assert {m for m in listing if room_of(m) != SANDBOX} <= {"candid_assets.vocabulary"}
    macros = (path.read_text() for path in (PACKAGE / "cleaning").glob("*.sql"))
    assert not [text for text in macros if "pebruari" in text]


def test_locks_are_filelocks():
    """Only the files that are being written are locked themselves, which filelock would empty."""
    locking = {m for m in modules() if "fcntl" in imports_of(m)}
    assert locking == {"candid_assets.atomic_files"}


def record_tables() -> list[str]:
    """The tables of `meta` that the warehouse's schema declares, and that of a rebuilt file."""
    schema = (PACKAGE / "warehouse" / "schema.sql").read_text()
    return [*re.findall(r"create table if not exists meta\.(\w+)", schema), "rebuild"]


def texts_of(path: Path) -> Iterator[str]:
    """Yield what SQL may stand in: a file of SQL, or a module's texts but for its docstrings."""
    if path.suffix != ".py":
        yield re.sub(r"--.*", "", path.read_text())
        return
    tree = ast.parse(path.read_text())
    statements = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in statements
        ):
            yield node.value


def test_sql_on_the_record_is_in_the_warehouse_and_in_few_files():
    named = re.compile(rf"\bmeta\.(?:$|[{{\"]|(?:{'|'.join(record_tables())})\b)")
    files = [*modules().values(), *PACKAGE.rglob("*.sql")]
    holding = {path for path in files if any(named.search(text) for text in texts_of(path))}
    assert len(record_tables()) > 15
    assert {path.relative_to(PACKAGE).parts[0] for path in holding} == {"warehouse"}
    assert len(holding) <= 9


VAGUE_WORDS = {
    *("told", "found", "standing", "telling", "moved", "outside", "aside", "ends", "hands"),
    *("lean", "caller", "ahead", "parcel", "frontier", "causes", "ending"),
}
"""Words that are no names: a name says what a thing holds or does (docs/architecture.md)."""


def named_in(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the line and the name of all that a module defines, takes or assigns."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.lineno, node.name
            case ast.arg():
                yield node.lineno, node.arg
            case ast.Name(ctx=ast.Store()):
                yield node.lineno, node.id
            case ast.Attribute(ctx=ast.Store()):
                yield node.lineno, node.attr
            case ast.Import() | ast.ImportFrom():
                yield from ((node.lineno, alias.asname) for alias in node.names if alias.asname)
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                yield node.lineno, name
            case ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
                yield node.lineno, name


def vague_names(path: Path) -> list[str]:
    """Return the names in a file that are vague words, each with its place."""
    names = [(1, path.stem), *named_in(ast.parse(path.read_text()))]
    return [
        f"{path}:{line}: {name}" for line, name in names if name.strip("_").lower() in VAGUE_WORDS
    ]


def test_no_name_is_a_vague_word():
    paths = [path for folder in (PACKAGE, TESTS) for path in sorted(folder.rglob("*.py"))]
    assert [name for path in paths for name in vague_names(path)] == []


def test_vague_names_are_listed_with_their_places(tmp_path):
    path = tmp_path / "causes.py"
    path.write_text(
        "import ast as _told\n\n\n"
        "class Outside:\n    ending: int\n\n"
        "    def ahead(self, caller, *hands, **lean):\n"
        "        self.moved, (standing, *parcel) = caller\n"
        "        for _ends in hands:\n            pass\n"
        "        return [aside for aside in standing if (found := aside)]\n\n\n"
        "try:\n    match 1:\n        case telling:\n            pass\n"
        "except ValueError as FRONTIER:\n    found_in = FRONTIER.told\n"
    )
    listed = {line.rpartition(" ")[2].strip("_").lower() for line in vague_names(path)}
    assert listed == VAGUE_WORDS
    assert f"{path}:4: Outside" in vague_names(path)


def test_every_class_of_the_package_has_a_name_of_its_own():
    places: dict[str, list[str]] = {}
    for module, path in modules().items():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, []).append(f"{module}:{node.lineno}")
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


def test_only_the_terminals_own_module_takes_markup_apart():
    users = {m for m in modules() if any(name.startswith("rich.markup") for name in imports_of(m))}
    assert users == {"candid_assets.terminal_text"}
