"""Who loads the workbooks, how each is installed, and how each is run once."""

import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from candid_assets.sandbox.process import SandboxServer
from candid_assets_tests.bench.processes import Ended, watched
from candid_assets_tests.bench.workloads import Workload, candid, plain_environment

SCRIPTS = Path(__file__).with_name("contenders")
PLATFORM = "this platform"
BOUND = "bare bound"
VERIFIED_SOURCES = "https://github.com/dlt-hub/verified-sources"


@dataclass(frozen=True)
class Contender:
    """One way from the workbooks to tables."""

    name: str
    script: str = ""
    packages: tuple[str, ...] = ()
    """What is installed for it, beside DuckDB; none runs in the platform's own environment."""
    shown: str = ""
    """The package whose version the page names."""
    source: str = ""
    """A repository that it needs a folder of."""
    looks_for_changes: bool = False
    takes_minutes: bool = False
    """Whether it takes part in the first rounds only."""
    about: str = ""


CONTENDERS = (
    Contender(
        PLATFORM,
        looks_for_changes=True,
        about="`candid run`: landing, typed tables, quarantine, checks, ready tables, metrics,"
        " lineage, history and a published snapshot",
    ),
    Contender(
        BOUND,
        "bare_bound.py",
        looks_for_changes=True,
        about="both renders of every tab, without which days and numbers are not told apart,"
        " fetched, parsed, hashed and stored as text, nothing else",
    ),
    Contender(
        "gspread and pandas",
        "all_records.py",
        shown="gspread",
        about="`get_all_records`, a frame, a table: what a person would write first",
    ),
    Contender(
        "dlt",
        "dlt_source.py",
        ("dlt[duckdb]", "google-api-python-client"),
        "dlt",
        VERIFIED_SOURCES,
        takes_minutes=True,
        about="with the Google Sheets source of its verified sources; a workbook in which one tab"
        " fails is read again tab by tab, titles that it cannot parse are left out",
    ),
    Contender(
        "Airbyte",
        "airbyte_source.py",
        ("airbyte-source-google-sheets", "airbyte-cdk==6.33.1"),
        "airbyte-source-google-sheets",
        takes_minutes=True,
        about="the source alone, its records copied into tables by their schema; with the newest"
        " `airbyte-cdk` that pip chooses it reads no row, so an earlier one is pinned",
    ),
    Contender(
        "Singer",
        "singer_tap.py",
        ("tap-google-sheets",),
        "tap-google-sheets",
        takes_minutes=True,
        about="the tap alone, its records copied into tables by their schema",
    ),
)


@dataclass(frozen=True)
class Installed:
    """A contender that can be run, or why it cannot."""

    contender: Contender
    python: Path = Path(sys.executable)
    version: str = ""
    source: Path | None = None
    problem: str = ""


def install(contender: Contender, folder: Path, sources: str = "") -> Installed:
    """Make the environment of a contender in a folder, and fetch the repository that it needs."""
    python = Path(sys.executable)
    if contender.packages:
        python = folder / "bin" / "python"
        if not python.exists():
            venv.create(folder, with_pip=True)
        wanted = [*contender.packages, f"duckdb=={version('duckdb')}"]
        problem = _done([str(python), "-m", "pip", "install", "--quiet", *wanted])
        if problem:
            return Installed(contender, problem=f"does not install: {problem}")
    source = None
    if contender.source:
        source, problem = _fetched(sources or contender.source, folder)
        if problem:
            return Installed(contender, problem=f"its source cannot be fetched: {problem}")
    return Installed(contender, python, _version(python, contender.shown), source)


def _fetched(sources: str, folder: Path) -> tuple[Path, str]:
    kept = folder / "sources"
    problem = ""
    if not kept.exists():
        problem = _done(["git", "clone", "--quiet", "--depth", "1", sources, str(kept)])
    return kept / "sources", problem


def _done(command: list[str]) -> str:
    """Run a command; return the last line that it wrote if it failed."""
    try:
        ended = subprocess.run(command, check=False, capture_output=True, text=True, timeout=600)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error).splitlines()[0]
    lines = [line for line in ended.stderr.splitlines() if line.strip()]
    return (lines[-1] if lines else f"exit code {ended.returncode}") if ended.returncode else ""


def _version(python: Path, package: str) -> str:
    if not package:
        return ""
    asked = f"from importlib.metadata import version; print(version({package!r}))"
    return subprocess.run(
        [python, "-c", asked], check=False, capture_output=True, text=True
    ).stdout.strip()


def database_of(folder: Path) -> Path:
    """Return the file that a contender leaves in its folder."""
    return folder / "loaded.duckdb"


def landing_of(workload: Workload, folder: Path) -> Path:
    """Return where the platform lands extracts of a workload."""
    return folder / workload.variables.get("CANDID_ENV", "sample") / "landing"


def run_once(
    installed: Installed,
    workload: Workload,
    server: SandboxServer,
    folder: Path,
    books: tuple[str, ...],
    most_seconds: float,
) -> Ended:
    """Load some workbooks into a folder, on what an earlier load left there."""
    folder.mkdir(parents=True, exist_ok=True)
    environment = plain_environment()
    if installed.contender.name == PLATFORM:
        names = {book: book.lower() for book in workload.books}
        only = [word for book in books for word in ("--workbook", names[book])]
        again = [*only, "--force"] if books != workload.books else []
        command = candid("run", "--json", *again)
        environment |= {**server.environment, **workload.variables, "CANDID_DATA_DIR": str(folder)}
        return watched(command, environment, folder, most_seconds)
    command = [
        *(str(installed.python), str(SCRIPTS / "reroute.py")),
        *(str(SCRIPTS / installed.contender.script), "--api", server.url),
        *("--credentials", str(server.credentials_file)),
        *("--database", str(database_of(folder))),
        *(("--source", str(installed.source)) if installed.source else ()),
        *books,
    ]
    # dlt would sign in by this in another way than by the file that it is given.
    environment.pop("GOOGLE_APPLICATION_CREDENTIALS", None)
    environment["BENCH_API"] = server.url
    return watched(command, environment, folder, most_seconds)


def emptied(folder: Path) -> Path:
    """Return a folder with nothing in it."""
    shutil.rmtree(folder, ignore_errors=True)
    return folder
