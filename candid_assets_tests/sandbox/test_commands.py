"""`candid sandbox …` as an operator types it."""

import json
import os
import signal
import subprocess
import sys

import pytest
import requests
from click.testing import CliRunner

from candid_assets.cli import main
from candid_assets.sandbox.workbook import Dated, SampleWorkbook
from candid_assets_tests.sandbox.conftest import sales_book


@pytest.fixture
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("CANDID_DATA_DIR", str(tmp_path / "data"))
    sales_book().save(tmp_path / "data" / "sandbox")
    return tmp_path / "data"


def run(*arguments):
    return CliRunner().invoke(main, ["sandbox", *arguments])


def test_an_edit_changes_the_samples_file(data):
    done = run("edit", "Sales_MASTER", "Jan25", "A2=SO-7", "B2=date:2025-08-18", "D2=1.250.000")
    assert done.exit_code == 0, done.output
    assert done.output == "Sales_MASTER: 3 cells of 'Jan25' changed, version 2\n"
    row = SampleWorkbook.load(data / "sandbox" / "BOOK-1.json").tabs[0].rows[1]
    assert row[:2] == ["SO-7", Dated(45887, "dd/mm/yyyy")]
    assert row[3] == "1.250.000"


@pytest.mark.usefixtures("data")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["Hilang", "Jan25", "A1=1"], "use one of BOOK-1"),
        (["BOOK-1", "Feb25", "A1=1"], "has no tab 'Feb25'"),
        (["BOOK-1", "Jan25", "A1"], "write a cell and its value"),
        (["BOOK-1", "Jan25", "17=1"], "'17' is no cell"),
        (["BOOK-1", "Jan25", "A1=date:besok"], "write date:2025-08-17"),
    ],
)
def test_a_wrong_edit_says_what_to_write(arguments, said):
    done = run("edit", *arguments)
    assert done.exit_code == 1
    assert said in done.output


@pytest.mark.usefixtures("data")
def test_the_list_names_workbooks_and_tabs():
    text = run("list").output
    assert "Sales_MASTER  (BOOK-1, 6 tabs)" in text
    assert "1,500 rows  Besar" in text
    books = json.loads(run("list", "sales_master", "--json").output)
    assert books[0]["tabs"][3] == {
        "title": "Rahasia",
        "sheet_id": 13,
        "rows": 1,
        "hidden": True,
        "type": "GRID",
    }


@pytest.mark.parametrize("command", ["serve", "generate", "edit", "list"])
def test_every_help_shows_an_example(command):
    text = run(command, "--help").output
    assert f"candid sandbox {command}" in text


def test_an_impossible_scale_is_refused(tmp_path):
    done = run("generate", "--scale", "0", "--out", str(tmp_path))
    assert done.exit_code == 1
    assert "scale 0 is not possible" in done.output


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_folder_of_files_is_served_until_stopped(tmp_path, how):
    (tmp_path / "files" / "Toko").mkdir(parents=True)
    (tmp_path / "files" / "Toko" / "stok.csv").write_text("SKU;Qty\nA;1\n")
    (tmp_path / "files" / "rusak.xlsx").write_bytes(b"rusak")
    options = ["sandbox", "serve", "--workbooks", str(tmp_path / "files"), "--port", "0", "--json"]
    command = [sys.executable, "-m", "candid_assets.cli", *options, "--no-quota"]
    environment = {**os.environ, "CANDID_DATA_DIR": str(tmp_path / "data")}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as child:
        assert child.stdout
        ready = json.loads(child.stdout.readline())
        assert ready["workbooks"] == [{"id": "Toko", "title": "Toko"}]
        assert "rusak.xlsx" in ready["problems"][0]
        assert requests.get(f"{ready['url']}/_sandbox/health", timeout=5).ok
        child.send_signal(how)
        assert child.wait(timeout=10) == 0
    assert not list((tmp_path / "data").rglob("service-account*"))


def test_the_text_says_how_to_point_candid_at_it(data):
    command = [sys.executable, "-u", "-m", "candid_assets.cli", "sandbox", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        lines = []
        while not lines or "Ctrl-C" not in lines[-1]:
            lines.append(child.stdout.readline())
        child.send_signal(signal.SIGINT)
        child.wait(timeout=10)
    text = "".join(lines)
    assert "Serving 1 workbooks on http://127.0.0.1:" in text
    for name in ("CANDID_ENV=staging", "CANDID_GOOGLE_API_URL=", "GOOGLE_APPLICATION_CREDENTIALS="):
        assert f"export {name}" in text
    assert (data / "sandbox" / "BOOK-1.json").exists()
