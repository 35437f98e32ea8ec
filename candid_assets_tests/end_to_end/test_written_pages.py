"""The commands of the written pages, followed line by line as they stand, in a fresh clone.

docs/models.md has a test of its own. A line that cannot run here stands in `NOT_HERE` with its
reason; `documents/test_documented_commands.py` holds that `candid` takes it all the same.
"""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from candid_assets.settings import REPOSITORY
from candid_assets_tests.documents.written_pages import (
    PAGES,
    blocks,
    candid_words,
    shell_lines,
)
from candid_assets_tests.end_to_end.desk import PERSON, Clone

pytestmark = pytest.mark.slow

SERVER = "needs the webserver: agent/graphql/test_client.py, end_to_end/served/"
PRODUCTION = "needs a production with a reader's account: gate/test_production_runs.py"
RESTORES = "restores production: gate/test_ways_around.py, end_to_end/test_backup.py"
MACHINE = "changes the machine: end_to_end/served/test_systemd_units_run.py"
INSTALLS = "checks the whole repository and writes its pages: a step of CI"

NOT_HERE = {
    "README.md": {"make ui": SERVER},
    "docs/gate.md": {
        "candid run --force && make test": PRODUCTION,
        "CANDID_ENV=production candid run": PRODUCTION,
        'CANDID_ENV=production candid plan --publish metrics:sales --into "coreos!Papan Metrik"': (
            PRODUCTION
        ),
        "CANDID_ENV=production CANDID_WRITE_CREDENTIALS=writer.json candid apply 77ab01c4e2f0": (
            PRODUCTION
        ),
        "CANDID_ENV=production candid plan --undo 77ab01c4e2f0": PRODUCTION,
        "candid plan --restore FILE": RESTORES,
        "candid approve DIGEST --backup FILE": RESTORES,
        "CANDID_ENV=production candid restore FILE --replace": RESTORES,
    },
    "docs/models.md": {"make check && make docs": INSTALLS},
    "docs/operations.md": {
        "candid agent launch refresh_skd_control --task T-12 --wait": SERVER,
    },
}
"""Lines that are not run, by page, and why."""
PAGES_NOT_HERE = {"docs/server/README.md": MACHINE}
ALONE = ("README.md", "docs/consumers.md", "docs/operations.md")
"""Pages whose commands need nothing but the clone."""
WALKED = {*ALONE, "docs/gate.md", "docs/models.md", "docs/sources.md", "docs/discover.md"}
FOUND_SOMETHING = "candid discover --again"
"""Commands that exit with 1 where they found something."""
PASSWORDS = "correct horse battery\ncorrect horse battery\n"
SALES = "No Nota,Tanggal,Kota,Jumlah (Rp)\n" + "".join(
    f"N-{n:03},{n:02}/10/2025,Solo,{n}5000\n" for n in range(1, 13)
)
STOCK = "Kode,Stok\n" + "".join(f"K-{n:03},{n}\n" for n in range(1, 13))


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """A clone in which `make run` was typed, and what the pages take for granted is there."""
    clone = Clone(tmp_path_factory.mktemp("walk"))
    printed = clone.run("make run")
    (clone.home / "printed").write_text(printed)
    (clone.here / ".git" / "info" / "exclude").write_text("/tasks.md\n")
    (clone.here / "tasks.md").write_text("# Tasks\n\n- [ ] T-12 Refresh SKD_Control (data-eng)\n")
    exports = clone.home / "exports"
    exports.mkdir()
    (exports / "Penjualan.csv").write_text(SALES)
    (exports / "Stok.csv").write_text(STOCK)
    return clone


def lines_of(page: str) -> list[list[str]]:
    """Return the lines of each block of a page that has commands, without those of `NOT_HERE`."""
    left_out = NOT_HERE.get(page, {})
    left = []
    for kind, block in blocks(REPOSITORY / page):
        lines = shell_lines(block)
        commands = any(words for line in lines for words in candid_words(line))
        if kind in {"", "console"} and (commands or "make run" in lines):
            left.append([line for line in lines if line not in left_out])
    return left


def typed_at(line: str) -> str:
    """Return what a person types when a command asks."""
    return PASSWORDS if " users add " in line else "y\n"


def follow(clone: Clone, lines: list[str], known: dict[str, str]) -> str:
    """Type lines one after the other; return what they printed.

    Args:
        clone: Where.
        lines: The lines of a page.
        known: What stands in them for something of the reader's own, and this.
    """
    printed, exported = [], []
    for line in lines:
        for word, own in known.items():
            line = line.replace(word, own)  # noqa: PLW2901 - the line, word by word
        if re.search(r"candid (approve|apply) ", line):
            # A digest of the page stands for the one that the plan before has printed.
            planned = re.findall(r"to decide: +candid approve (\w{12})", "\n".join(printed))
            line = re.sub(r"\b[0-9a-f]{12}\b", planned[-1], line)  # noqa: PLW2901
        if line.startswith("export "):
            exported.append(line)
            continue
        done = clone.attempt("\n".join([*exported, line]), typed_at(line))
        settled = {0, 1} if line.startswith(FOUND_SOMETHING) else {0}
        assert done.returncode in settled, f"{line}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        printed.append(done.stdout)
    return "\n".join(printed)


@contextmanager
def serving(clone: Clone, line: str) -> Iterator[dict[str, str]]:
    """Serve workbooks as a line does, on a free port; the variables that it prints, and the id."""
    command = ["bash", "-c", f"exec {line} --port 0"]
    with subprocess.Popen(
        command,
        cwd=clone.here,
        env=clone.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as server:
        try:
            assert server.stdout is not None
            said = ""
            while "Ctrl-C" not in said:
                more = server.stdout.readline()
                assert more, said
                said += more
            served = re.search(r"^  (\S+)  ", said, re.MULTILINE)
            assert served is not None, said
            yield {"id": served[1], **dict(re.findall(r"export (\w+)=(\S+)", said))}
        finally:
            server.terminate()


def test_the_page_of_the_gate_leads_into_a_tab(clone: Clone) -> None:
    (walk,) = (lines for lines in lines_of("docs/gate.md") if "make run" in lines)
    said = follow(clone, walk, {})
    assert f"approved by {PERSON}" in said
    assert re.search(r"\d+ cells written to 'Papan Metrik' \(sample\)", said)
    assert clone.run("git status --short") == ""


def test_a_run_names_its_report_as_the_readme_shows_it(clone: Clone) -> None:
    shown = [block for _, block in blocks(REPOSITORY / "README.md") if "report: " in block]
    printed = (clone.home / "printed").read_text()
    for word in ("report:", "page:  "):
        (line,) = (line for line in shown[0].splitlines() if line.startswith(word))
        assert line.rpartition("/")[0] in printed


@pytest.mark.parametrize("page", ALONE)
def test_the_commands_of_a_page_run_as_written(clone: Clone, page: str) -> None:
    assert follow(clone, [line for block in lines_of(page) for line in block], {})


def test_the_commands_of_the_page_of_models_run_in_the_repository(clone: Clone) -> None:
    assert follow(clone, lines_of("docs/models.md")[0], {})


def test_workbooks_of_a_folder_are_served_described_and_read_as_written(clone: Clone) -> None:
    (first, *lines), *_ = lines_of("docs/sources.md")
    described, renewed = lines_of("docs/discover.md")
    with serving(clone, first) as printed:
        own = {"<id>": printed["id"], "1AbC…": printed["id"]}
        variables = [f"export {name}={value}" for name, value in printed.items() if name != "id"]
        said = follow(clone, [*variables, *lines], own)
        assert "sales_2025" in said
        there = [*variables, "export CANDID_CATALOG_DIR=~/described"]
        assert '"Stok"' in follow(clone, [*there, *described, *renewed], own)
    assert (clone.home / "review.html").is_file()


def test_every_line_is_run_or_listed_with_its_reason() -> None:
    named = {page.relative_to(REPOSITORY).as_posix() for page in PAGES}
    assert {page for page in named if lines_of(page)} <= WALKED | PAGES_NOT_HERE.keys()
    for page, left_out in NOT_HERE.items():
        lines = [line for _, block in blocks(REPOSITORY / page) for line in shell_lines(block)]
        assert set(left_out) <= set(lines), page
    walk, *others = sorted(lines_of("docs/gate.md"), key=len, reverse=True)
    assert {line for lines in others for line in lines} <= set(walk)
