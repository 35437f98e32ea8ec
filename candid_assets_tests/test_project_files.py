"""What `candid init` writes, and how the project of a command is found."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from candid_assets.cli import main
from candid_assets.contracts.load import load_catalog
from candid_assets.environment import prepare_environment
from candid_assets.errors import CandidError
from candid_assets.project_files import write_project
from candid_assets.settings import PACKAGE, REPOSITORY, Settings, project_dir

TEMPLATE = PACKAGE / "project_template"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A new project folder, which is the working directory."""
    for name in ("CANDID_DATA_DIR", "CANDID_CATALOG_DIR", "CANDID_ENV", "DAGSTER_HOME"):
        monkeypatch.delenv(name, raising=False)
    write_project(tmp_path / "project")
    monkeypatch.chdir(tmp_path / "project")
    return tmp_path / "project"


@pytest.mark.parametrize("name", ["dagster.yaml", "workspace.yaml"])
def test_template_and_the_repositorys_own_file_are_the_same(name):
    assert (TEMPLATE / name).read_bytes() == (REPOSITORY / name).read_bytes()


def test_every_variable_of_the_example_is_a_setting():
    aliases = {str(field.validation_alias) for field in Settings.model_fields.values()}
    lines = (TEMPLATE / "env.example").read_text().splitlines()
    named = {line.strip("# ").partition("=")[0] for line in lines if "=" in line}
    assert named
    assert named <= aliases


def test_what_python_compiled_is_no_part_of_the_samples_catalog(tmp_path, monkeypatch):
    template = tmp_path / "package" / "catalog"
    (template / "__pycache__").mkdir(parents=True)
    for name in ("__pycache__/catalog.pyc", "glossary.yaml"):
        (template / name).write_text("anything")
    monkeypatch.setattr("candid_assets.project_files.files", lambda _: tmp_path / "package")
    written = write_project(tmp_path / "project", sample=True)
    assert [p.name for p in written] == ["glossary.yaml"]


def test_data_and_history_of_a_project_are_in_its_folder(project):
    assert project_dir() == project
    assert Settings().data_dir == project / "data" / "sample"


def test_project_of_a_folder_below_is_the_same(project, monkeypatch):
    (project / "catalog" / "workbooks").mkdir()
    monkeypatch.chdir(project / "catalog" / "workbooks")
    assert project_dir() == project


def test_catalog_is_the_samples_until_the_project_describes_a_workbook(project):
    assert Settings().catalog_dir == PACKAGE / "catalog"
    head = project / "catalog" / "workbooks" / "toko" / "contract.yaml"
    head.parent.mkdir(parents=True)
    head.touch()
    assert Settings().catalog_dir == project / "catalog"


def test_new_contracts_of_a_project_are_written_into_its_own_catalog(project, monkeypatch):
    assert Settings().own_catalog_dir == project / "catalog"
    monkeypatch.setenv("CANDID_CATALOG_DIR", str(project / "other"))
    assert Settings().own_catalog_dir == project / "other"
    monkeypatch.delenv("CANDID_CATALOG_DIR")
    monkeypatch.chdir(REPOSITORY)
    assert Settings().own_catalog_dir == PACKAGE / "catalog"


def test_variables_of_dot_env_hold_where_the_environment_sets_none(project, monkeypatch):
    (project / ".env").write_text("CANDID_READS_PER_MINUTE=7\nCANDID_LOOK_SECONDS=9\n")
    monkeypatch.setenv("CANDID_LOOK_SECONDS", "8")
    monkeypatch.setenv("CANDID_READS_PER_MINUTE", "1")
    monkeypatch.delenv("CANDID_READS_PER_MINUTE")
    settings = prepare_environment()
    assert (settings.reads_per_minute, settings.look_seconds) == (7, 8)


def test_without_a_project_the_checkout_is_the_project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert project_dir() == REPOSITORY


def test_installed_package_outside_of_a_project_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    monkeypatch.setattr("candid_assets.settings.REPOSITORY", tmp_path / "site-packages")
    with pytest.raises(CandidError, match="candid init DIR"):
        prepare_environment()


def test_init_names_what_it_wrote_and_what_to_do_next(tmp_path):
    folder = tmp_path / "new"
    first = CliRunner().invoke(main, ["init", str(folder)])
    assert first.exit_code == 0
    assert f"wrote {Path(folder, '.env.example')}" in first.output
    assert f"cd {folder} && candid run" in first.output
    second = CliRunner().invoke(main, ["init", str(folder)])
    assert "nothing was written" in second.output


def test_files_that_init_writes_name_schemas_that_are_there(tmp_path):
    CliRunner().invoke(main, ["init", str(tmp_path)])
    glossary = tmp_path / "catalog" / "glossary.yaml"
    named = glossary.read_text().splitlines()[0].partition("$schema=")[2]
    assert (glossary.parent / named).is_file()
    again = CliRunner().invoke(
        main, ["contracts", "schema", "--into", f"{tmp_path}/catalog/.schemas"]
    )
    assert "are up to date" in again.output


def test_a_sample_project_has_the_sample_companys_catalog_as_its_own(project):
    CliRunner().invoke(main, ["init", "--sample", str(project)])
    assert Settings().catalog_dir == project / "catalog"
    ours, packages = load_catalog(project / "catalog"), load_catalog(PACKAGE / "catalog")
    assert ours.problems == ()
    assert [m.name for m in ours.models] == [m.name for m in packages.models]


def test_production_does_not_load_the_sandbox(monkeypatch):
    monkeypatch.setenv("CANDID_ENV", "production")
    done = CliRunner().invoke(main, ["sandbox", "--help"])
    assert done.exit_code == 1
    assert "CANDID_ENV=sample" in done.output
