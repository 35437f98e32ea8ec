"""Mistakes of people: each ends in words that say what and where, and none in a traceback."""

import shutil
import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner

from candid_assets.cli import main
from candid_assets.settings import PACKAGE
from candid_assets_tests.sources.installation import Installation

TABLE = """name: nota
physicalName: nota
description: Slips.
dataGranularityDescription: One row per id.
properties:
  - {name: id, physicalName: id, logicalType: integer, primaryKey: true, description: Number.}
  - {name: isi, physicalName: isi, logicalType: string, description: Text.}
"""
GARBAGE = b"garbage " * 2_000
FOLDER = None
NOT_UTF_8 = b"\xff\xfe\x80\x81"
PUBLISHED = "data/staging/published/candid.duckdb"
WAREHOUSE = "data/staging/warehouse.duckdb"
CONTRACT = "catalog/workbooks/ekspor/nota.yaml"
QUERY = ("query", "select 1")
AGENT = ("agent", "status", "--patience", "0")
DIFF = ("diff", "ekspor__nota", "--from")


@dataclass(frozen=True)
class Mistake:
    """A command, what is wrong around it, the words it answers with, and its exit code."""

    command: tuple[str, ...]
    words: str
    exit_code: int = 1
    spoil: Mapping[str, bytes | None] = field(default_factory=dict)
    """Files that hold something else, or folders where files belong, below the installation."""
    env: Mapping[str, str] = field(default_factory=dict)


def setting(name: str, value: str, words: str, *command: str) -> Mistake:
    return Mistake(command or ("status",), words, env={name: value})


MISTAKES = {
    # Settings.
    "env": setting("CANDID_ENV", "prod", "CANDID_ENV='prod': Input should be 'sample'"),
    "memory in words": setting("CANDID_MEMORY", "lots", "it is no size, such as 2GB"),
    "too little memory": setting("CANDID_MEMORY", "1", "greater than or equal to 50000000"),
    "columns below 1": setting("CANDID_MAX_COLUMNS", "-1", "CANDID_MAX_COLUMNS='-1'"),
    "rows in words": setting("CANDID_QUERY_ROWS", "many", "it is no whole number"),
    "half a second to look": setting("CANDID_LOOK_SECONDS", "1.5", "it is no whole number"),
    "no seconds for a query": setting("CANDID_QUERY_SECONDS", "0", "greater than 0"),
    "negative days": setting("CANDID_KEEP_RUNS_DAYS", "-2", "CANDID_KEEP_RUNS_DAYS='-2'"),
    "reads in words": setting("CANDID_READS_PER_MINUTE", "x", "it is no whole number"),
    "two at once": Mistake(
        ("status",), "CANDID_MAX_TEXT='x'", env={"CANDID_MAX_TEXT": "x", "CANDID_MAX_DEPTH": "y"}
    ),
    "data in a file": setting("CANDID_DATA_DIR", "{root}/file", "file is a file", *QUERY),
    "data below a question mark": setting(
        "CANDID_DATA_DIR", "{root}/what?", "DuckDB keeps no database below a '?'", "run"
    ),
    "data below a file": setting("CANDID_DATA_DIR", "{root}/file/x", "file is a file", "run"),
    "data where nothing can be": setting("CANDID_DATA_DIR", "/proc/no", "/proc/no", "run"),
    "catalog in a file": setting("CANDID_CATALOG_DIR", "{root}/file", "file is a file", "run"),
    "empty catalog": Mistake(
        ("run",), "describes no workbook", 2, env={"CANDID_CATALOG_DIR": "{root}/folder"}
    ),
    "no such catalog": Mistake(
        ("run",), "candid discover SOURCE", 2, env={"CANDID_CATALOG_DIR": "{root}/nowhere"}
    ),
    "nothing connected": setting(
        "CANDID_CATALOG_DIR",
        str(PACKAGE / "catalog"),
        "none of the 7 workbooks is connected in staging, so there is nothing to read\n  next: ",
        "run",
    ),
    "no such home": setting("DAGSTER_HOME", "{root}/nowhere", "there is no such folder"),
    "home in a file": setting("DAGSTER_HOME", "{root}/file", "file is a file"),
    "home not absolute": setting("DAGSTER_HOME", "here", "it is no absolute path"),
    "web address without http": setting("CANDID_WEB_URL", "nonsense", "cannot be asked", *AGENT),
    "web address of no port": setting(
        "CANDID_WEB_URL", "http://127.0.0.1:99999", "cannot be asked", *AGENT
    ),
    "token in a folder": Mistake(
        AGENT, "cannot be read", 4, env={"CANDID_AGENT_TOKEN_FILE": "{root}/folder"}
    ),
    # What is written into files.
    "YAML that does not close": Mistake(
        ("contracts", "validate"), "nota.yaml:", spoil={CONTRACT: b"a: [b\n"}
    ),
    "a list instead": Mistake(("contracts", "validate"), "nota.yaml:1", spoil={CONTRACT: b"- a\n"}),
    "tab in YAML": Mistake(("contracts", "validate"), "nota.yaml:1", spoil={CONTRACT: b"\t: x"}),
    "an empty contract": Mistake(("contracts", "validate"), "nota.yaml:1", spoil={CONTRACT: b""}),
    "no UTF-8": Mistake(("contracts", "validate"), "nota.yaml:1", spoil={CONTRACT: NOT_UTF_8}),
    "contract is a folder": Mistake(
        ("contracts", "validate"), "nota.yaml", spoil={CONTRACT: FOLDER}
    ),
    "an alias of itself": Mistake(
        ("contracts", "validate"), "repeats an earlier value", spoil={CONTRACT: b"a: &a [*a]\n"}
    ),
    "a model that is no SQL": Mistake(
        ("contracts", "validate"),
        "m.sql",
        spoil={"catalog/models/sales/m.sql": b"selec", "catalog/models/sales/m.yaml": b"name: m"},
    ),
    "metrics that do not close": Mistake(
        ("contracts", "validate"), "sales.yaml", spoil={"catalog/metrics/sales.yaml": b"a: [b\n"}
    ),
    "metrics of another form": Mistake(
        ("contracts", "validate"), "sales.yaml", spoil={"catalog/metrics/sales.yaml": b"- 1\n"}
    ),
    "a destination of no kind": Mistake(
        ("contracts", "validate"), "kirim.yaml", spoil={"catalog/destinations/kirim.yaml": b"a: 5"}
    ),
    "a glossary that is no YAML": Mistake(
        ("docs", "build"), "glossary.yaml", spoil={"catalog/glossary.yaml": b"]"}
    ),
    # Stores that are damaged, or something else than they were.
    "a snapshot of garbage": Mistake(QUERY, "candid.duckdb", spoil={PUBLISHED: GARBAGE}),
    "an empty snapshot": Mistake(QUERY, "candid.duckdb", spoil={PUBLISHED: b""}),
    "a snapshot that is a folder": Mistake(QUERY, "Is a directory", spoil={PUBLISHED: FOLDER}),
    "status of garbage": Mistake(("status",), "candid.duckdb", spoil={PUBLISHED: GARBAGE}),
    "history of garbage": Mistake(
        ("history", "ekspor__nota"), "candid.duckdb", spoil={PUBLISHED: GARBAGE}
    ),
    "difference of garbage": Mistake(
        (*DIFF, "yesterday"), "candid.duckdb", spoil={PUBLISHED: GARBAGE}
    ),
    "explanation of garbage": Mistake(
        ("explain", "clean.ekspor__nota", "--where", "id = 1"),
        "candid.duckdb",
        spoil={PUBLISHED: GARBAGE},
    ),
    "a warehouse of garbage": Mistake(
        ("history", "prune"), "warehouse.duckdb is damaged", spoil={WAREHOUSE: GARBAGE}
    ),
    "a warehouse that is a folder": Mistake(
        ("history", "prune"), "warehouse.duckdb is a folder where", spoil={WAREHOUSE: FOLDER}
    ),
    "a backup of garbage": Mistake(("backup",), "is damaged", spoil={WAREHOUSE: GARBAGE}),
    "users that are no JSON": Mistake(
        ("users", "list"), "users.json", 2, spoil={"data/staging/web/users.json": b"{"}
    ),
    "users in a folder": Mistake(
        ("users", "list"), "users.json", 2, spoil={"data/staging/web/users.json": FOLDER}
    ),
    "alerts in a folder": Mistake(
        ("alerts",), "alerts.json is a folder", spoil={"data/staging/agent/alerts.json": FOLDER}
    ),
    "history in a file": Mistake(
        ("alerts",), "dagster is a file", spoil={"data/staging/dagster": b"x"}
    ),
    "a data folder of the future": Mistake(
        QUERY, "are of version 99", spoil={"data/staging/candid-data.json": b'{"version": 99}'}
    ),
    # Queries.
    "no query": Mistake(("query", ""), "give one statement"),
    "two queries": Mistake(("query", "select 1; select 2"), "give one statement"),
    "no SQL": Mistake(("query", "selec 1"), "syntax error"),
    "a query that writes": Mistake(("query", "drop table x"), "is refused"),
    "a table that is not there": Mistake(("query", "from clean.ekspor__not"), "ekspor__nota"),
    "a column that is not there": Mistake(("query", "select ix from clean.ekspor__nota"), "ix"),
    "a file from a query": Mistake(("query", "from read_csv('/etc/passwd')"), "disabled"),
    "a text as a number": Mistake(("query", "select cast('a' as int)"), "Could not convert"),
    "more rows than allowed": Mistake(
        ("query", "from range(9)", "--json"), "more than 5 rows", env={"CANDID_QUERY_ROWS": "5"}
    ),
    # Names, dates and paths.
    "a command": Mistake(("statsu",), "Did you mean `main status`?", 2),
    "a command of a group": Mistake(("metrics", "lst"), "Did you mean `main metrics list`?", 2),
    "an option": Mistake(("status", "--jsn"), "--json", 2),
    "a workbook": Mistake(("run", "-w", "ekspr"), "did you mean ekspor?", 2),
    "a tab": Mistake(("run", "-t", "ekspor__nota1"), "did you mean ekspor__nota?", 2),
    "a tab of history": Mistake(("history", "ekspor__notta"), "did you mean ekspor__nota?", 2),
    "a metric": Mistake(("metrics", "show", "net"), "no metric 'net'", 2),
    "a day that is none": Mistake((*DIFF, "2025-13-45"), "2025-13-45", 2),
    "a word that is no moment": Mistake((*DIFF, "kemarin"), "kemarin", 2),
    "before the first": Mistake((*DIFF, "2020-01-01"), "2020-01-01", 2),
    "a table of no layer": Mistake(("lineage", "nope.x"), "no table 'nope'", 2),
    "a condition on no column": Mistake(
        ("explain", "clean.ekspor__nota", "--where", "nope = 1"), "nope", 2
    ),
    "a workbook name": Mistake(("discover", "x", "-w", "Bad Name"), "snake_case", 2),
    "no source": Mistake(("discover", "-w", "baru"), "SOURCE", 2),
    "a folder that is not there": Mistake(("discover", "/nowhere", "-w", "baru"), "/nowhere"),
    "a server that does not answer": Mistake(
        ("discover", "postgresql://a@127.0.0.1:1/db", "-w", "baru"), "127.0.0.1"
    ),
    "a backup that is none": Mistake(("restore", "{root}/file"), "holds data"),
    "a backup that is not there": Mistake(
        ("restore", "{root}/nowhere"), "nowhere", env={"CANDID_DATA_DIR": "{root}/new"}
    ),
    "a project in a file": Mistake(("init", "{root}/file"), "file", 2),
    "a project in no folder": Mistake(("init", "/proc/x"), "/proc/x"),
    "contracts into a file": Mistake(
        ("contracts", "export", "--odcs", "--into", "{root}/file"), "file", 2
    ),
    "contracts into no folder": Mistake(
        ("contracts", "export", "--odcs", "--into", "/proc/x"), "/proc/x"
    ),
    "tasks in a folder": Mistake(
        ("heartbeat", "--tasks", "{root}/folder", "--agent", "data-eng"), "folder", 2
    ),
    "tasks that are no text": Mistake(
        ("heartbeat", "--tasks", "{root}/binary", "--agent", "data-eng"), "UTF-8"
    ),
    "a user that is not there": Mistake(("users", "token", "nobody"), "no user nobody", 2),
    "a plan that is not there": Mistake(("apply", "00000000"), "00000000"),
    "a destination": Mistake(("export", "nowhere"), "no destination 'nowhere'", 2),
    "a port that is none": Mistake(("serve", "--port", "99999999"), "port", 2),
    "a port below 0": Mistake(("serve", "--port", "-1"), "port", 2),
    "a port that is taken": Mistake(("serve", "--port", "{taken}"), "is taken"),
}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of an installation that was refreshed and published once."""
    made = Installation(tmp_path_factory.mktemp("prepared"))
    folder = made.root / "ekspor"
    folder.mkdir()
    (folder / "nota.csv").write_text("id,isi\n" + "".join(f"{n},a\n" for n in range(1, 9)))
    made.head("ekspor", f"type: local, path: {folder}")
    made.table("ekspor", "nota", TABLE)
    made.run()
    return made.root


@pytest.fixture
def taken() -> Iterator[str]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield str(listener.getsockname()[1])


@pytest.fixture
def answers(
    prepared: Path, tmp_path: Path, taken: str, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Mistake], tuple[int, str, BaseException | None]]:
    """Make a mistake in a copy of the installation: exit code, what is printed, what is raised."""
    root = tmp_path / "place"
    shutil.copytree(prepared, root)
    (root / "file").write_text("x")
    (root / "folder").mkdir()
    (root / "binary").write_bytes(NOT_UTF_8)

    def filled(text: str) -> str:
        return text.replace("{root}", str(root)).replace("{taken}", taken)

    def answer(mistake: Mistake) -> tuple[int, str, BaseException | None]:
        monkeypatch.setenv("CANDID_ENV", "staging")
        monkeypatch.setenv("CANDID_DATA_DIR", str(root / "data"))
        monkeypatch.setenv("CANDID_CATALOG_DIR", str(root / "catalog"))
        for name, content in mistake.spoil.items():
            path = root / name
            if path.is_dir():
                shutil.rmtree(path)
            path.unlink(missing_ok=True)
            path.parent.mkdir(parents=True, exist_ok=True)
            if content is None:
                path.mkdir(mode=0o700)
            else:
                path.write_bytes(content)
                path.chmod(0o600)
        for name, value in mistake.env.items():
            monkeypatch.setenv(name, filled(value))
        done = CliRunner().invoke(main, [filled(word) for word in mistake.command])
        raised = None if isinstance(done.exception, SystemExit) else done.exception
        return done.exit_code, done.output, raised

    return answer


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_ends_in_words_and_an_exit_code(
    answers: Callable[[Mistake], tuple[int, str, BaseException | None]], name: str
) -> None:
    mistake = MISTAKES[name]
    exit_code, output, raised = answers(mistake)
    assert raised is None, repr(raised)
    assert mistake.words in output
    assert exit_code == mistake.exit_code, output
    assert "Traceback" not in output


def test_there_are_60_mistakes_and_more() -> None:
    assert len(MISTAKES) >= 60
