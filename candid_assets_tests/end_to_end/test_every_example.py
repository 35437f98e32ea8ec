"""Every example of `--help` that changes something runs as it is written, in a project of its own.

What only reads runs in `test_examples.py`; what needs a server, or production with its signatures,
is walked by the tests that are named here.
"""

import re
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from candid_assets.project_files import write_project
from candid_assets_tests.commands.examples import Example, examples
from candid_assets_tests.end_to_end.conftest import REPOSITORY, Installation
from candid_assets_tests.end_to_end.test_examples import CHOSEN, OWN_HISTORY

pytestmark = pytest.mark.slow

WALKED_ELSEWHERE = {
    "agent": "agent/graphql/test_client.py",
    "apply": "deployment/test_publications.py",
    "approve": "deployment/test_publications.py",
    "engine": "engines/test_spark_models.py",
    "holds": "gate/test_holds.py",
    "plan": "deployment/test_publications.py",
    "serve": "end_to_end/served/conftest.py",
}
"""Commands that need a running server, a cluster or the gate, and the tests that walk them."""
NEVER_END = {
    "candid dev",
    "candid sandbox serve",
    "candid sandbox serve --workbooks ~/exports --port 0 --json",
    "candid heartbeat --tasks tasks.md --agent data-eng --interval 300",
}
OF_THE_READER = re.compile(
    r"1AbC|\.com/|db\.internal|sales_2025|--open|8f14e45f|ac4a546c|CANDID_ENV="
)
"""Sources, runs and environments of the reader."""
TASKS = "# Tasks\n\n- [ ] T-12 Refresh SKD_Control (data-eng)\n"
MAY_BE_1 = {
    *(("doctor",), ("contracts", "diff"), ("heartbeat",), ("docs", "build"), ("alerts",)),
    ("run",),
}
"""Commands whose exit code says what they found."""
PASSWORDS = "correct horse battery\ncorrect horse battery\n"
USERS = {"rina": "operator", "dimas": "viewer", "data-eng": "agent", "operator": "operator"}

CHANGING = [example for example in examples() if example not in CHOSEN]
HERE = [
    example
    for example in CHANGING
    if example.command[0] not in WALKED_ELSEWHERE
    and example.text not in NEVER_END
    and not OF_THE_READER.search(example.text)
]


@pytest.fixture(scope="module")
def project(
    sample: tuple[Installation, dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """A project with the sample's catalog and data as its own."""
    folder = tmp_path_factory.mktemp("project")
    write_project(folder, sample=True)
    shutil.copytree(sample[0].data, folder / "data", dirs_exist_ok=True)
    (folder / "tasks.md").write_text(TASKS)
    home = folder / "home"
    for name in ("exports", "catalog"):
        (home / name).mkdir(parents=True)
    (home / "exports" / "stok.csv").write_text("Kode,Stok\n" + "".join(
        f"K{n},{n}\n" for n in range(8)
    ))  # fmt: skip
    (folder / "out").mkdir()
    variables = {"HOME": str(home), "DAGSTER_HOME": str(folder)}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield Installation(folder / "data", variables)


def of_this_computer(words: tuple[str, ...], project: Installation) -> list[str]:
    """Return an example's words with the reader's folders below the project."""
    folder = project.data.parent
    backups = sorted(folder.rglob("*.tar.gz"))
    named = {r"^/(?:tmp|mnt)/": f"{folder}/out/", r"^~/": f"{folder}/home/"}
    written = []
    for word in words:
        for pattern, place in named.items():
            word = re.sub(pattern, place, word)  # noqa: PLW2901 - the word, step by step
        if word.startswith("data/backups/") and backups:
            word = str(backups[-1])  # noqa: PLW2901
        written.append(word)
    return written


@pytest.mark.parametrize(
    "example",
    sorted(HERE, key=lambda example: example.command == ("restore",)),
    ids=lambda example: example.text,
)
def test_an_example_that_changes_something_runs_as_written(
    project: Installation, example: Example
) -> None:
    words = of_this_computer(example.words, project)
    if example.command[0] == "users":
        has_users_as_needed(project, example)
    if example.command == ("restore",):
        (project.data / "sample").rename(project.data.parent / "aside")
    done = project.invoke(*words, typed=PASSWORDS)
    if OWN_HISTORY & set(example.words) or "--as-of" in example.words:
        assert (done.exit_code, isinstance(done.exception, SystemExit)) == (2, True), done.output
        return
    settled = {0, 1} if example.command in MAY_BE_1 else {0}
    assert done.exit_code in settled, f"{done.output}\n{done.exception!r}"
    assert done.exception is None or isinstance(done.exception, SystemExit)


def has_users_as_needed(project: Installation, example: Example) -> None:
    """See that the user of an example is there, or is not where the example adds it."""
    for name in USERS.keys() & set(example.words):
        project.invoke("users", "remove", name)
        if example.command != ("users", "add"):
            project.invoke("users", "add", name, "--role", USERS[name], typed=PASSWORDS)


def test_every_example_is_run_somewhere() -> None:
    for test in set(WALKED_ELSEWHERE.values()):
        assert (REPOSITORY / "candid_assets_tests" / test).is_file(), test
    assert set(NEVER_END) <= {example.text for example in examples()}
    assert len(HERE) >= 55
