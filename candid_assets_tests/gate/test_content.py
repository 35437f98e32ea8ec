"""What production's content is made of."""

from pathlib import Path

import pytest

from candid_assets.gate.content import Installation, content_of


@pytest.fixture
def installation(tmp_path):
    """A checkout with one file in each part of its content, and one in the sandbox."""
    files = {
        "candid_assets/names.py": "",
        "candid_assets/sandbox/app.py": "",
        "candid_assets/catalog/workbooks/toko/contract.yaml": "",
        "pyproject.toml": "",
        "deployments/allowed_approvers": "",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Installation(tmp_path, tmp_path / "candid_assets" / "catalog")


def differing_after(installation: Installation, file: str) -> list[str]:
    """The parts of the content that differ once a file was edited."""
    before = content_of(installation)
    Path(installation.root, file).write_text("# edited\n")
    return content_of(installation).differing(before)


def test_edit_of_the_sandbox_leaves_the_content_as_it_is(installation):
    assert differing_after(installation, "candid_assets/sandbox/app.py") == []


@pytest.mark.parametrize(
    "file",
    [
        "candid_assets/names.py",
        "candid_assets/catalog/workbooks/toko/contract.yaml",
        "pyproject.toml",
        "deployments/allowed_approvers",
    ],
)
def test_edit_of_anything_else_changes_one_part_of_the_content(installation, file):
    assert len(differing_after(installation, file)) == 1
