"""A shell completes commands, options and names of the catalog."""

import shutil
import subprocess

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from candid_assets.cli import main


def completed(*words: str) -> list[str]:
    shell = ShellComplete(main, {}, "candid", "_CANDID_COMPLETE")
    return [item.value for item in shell.get_completions(list(words[:-1]), words[-1])]


@pytest.mark.parametrize(
    ("words", "known"),
    [
        (("stat",), "status"),
        (("metrics", "q"), "query"),
        (("run", "--fail"), "--fail-on"),
        (("run", "--workbook", "sales"), "sales_master"),
        (("run", "-t", "coreos__pro"), "coreos__products"),
        (("history", "show", "coreos__pro"), "coreos__products"),
        (("diff", "ready.dim_prod"), "ready.dim_product"),
        (("lineage", "clean.coreos__pro"), "clean.coreos__products"),
        (("metrics", "show", "net_s"), "net_sales"),
        (("metrics", "list", "--spoke", "fin"), "finance"),
        (("export", "parq"), "parquet_folder"),
        (("contracts", "diff", "skd"), "skd_control"),
    ],
)
def test_words_and_names_are_completed(words: tuple[str, ...], known: str) -> None:
    assert known in completed(*words)


def test_a_catalog_that_is_not_there_completes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANDID_CATALOG_DIR", "/proc/nowhere")
    assert completed("metrics", "show", "net_s") == []
    monkeypatch.setenv("CANDID_ENV", "no environment")
    assert completed("metrics", "show", "net_s") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_a_script_that_it_reads(shell: str) -> None:
    done = CliRunner().invoke(main, ["completion", shell])
    assert (done.exit_code, "_CANDID_COMPLETE" in done.output) == (0, True)
    program = shutil.which(shell)
    if program:
        command = [program, "-n"]
        read = subprocess.run(
            command, check=False, input=done.output, text=True, capture_output=True
        )
        assert (read.returncode, read.stderr) == (0, "")
