"""The hash of code changes with what the code does, and with nothing else."""

import re
import shutil
from pathlib import Path

import pytest

from candid_assets.code_hash import code_hash, sql_hash
from candid_assets.refresh.input_keys import FAMILY_CODE, TAB_CODE
from candid_assets.settings import PACKAGE

SEARCH = "candid_assets/cleaning/header_search.py"
TEXT = "candid_assets/contracts/header_text.py"


@pytest.fixture
def root(tmp_path):
    """A folder with a copy of the package's code."""
    ignored = shutil.ignore_patterns("catalog", "sandbox", "__pycache__", "web")
    shutil.copytree(PACKAGE, tmp_path / "copy" / PACKAGE.name, ignore=ignored)
    return tmp_path / "copy"


def hash_after(root: Path, modules: tuple[str, ...] = TAB_CODE, **edits) -> str:
    """The hash of a second copy, after edits of one file each: `name=(file, pattern, text)`."""
    other = root.with_name(f"edited{len(list(root.parent.iterdir()))}")
    shutil.copytree(root, other)
    for file, pattern, text in edits.values():
        path = other / file
        changed, count = re.subn(pattern, text, path.read_text(), flags=re.M)
        assert count, f"{file} has nothing like {pattern}"
        path.write_text(changed)
    return code_hash(*modules, root=other)


def test_same_code_in_another_folder_has_the_same_hash(root):
    assert code_hash(*TAB_CODE, root=root) == code_hash(*TAB_CODE)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"\A", "# A comment.\n\n\n"),
        (r'^"""[^"]*"""', '"""Another docstring."""'),
        (r'^    """Return [^"]*"""\n', '    """Says something else."""\n'),
        (r"^    return range", "    # A comment inside a function.\n    return range"),
    ],
)
def test_comments_docstrings_and_blank_lines_leave_the_hash_as_it_is(root, pattern, text):
    assert hash_after(root, edit=(SEARCH, pattern, text)) == code_hash(*TAB_CODE)


@pytest.mark.parametrize(
    ("file", "pattern", "text"),
    [
        (SEARCH, r"_LIKENESS: Final = 0.6", "_LIKENESS: Final = 0.7"),
        (SEARCH, r"range\(1, min", "range(2, min"),
        (TEXT, r"NFC", "NFKC"),
        (TEXT, r"200b", "200e"),
        ("candid_assets/cleaning/drop_rules.py", r"regexp_full_match", "regexp_matches"),
    ],
)
def test_changed_code_anywhere_in_the_closure_changes_the_hash(root, file, pattern, text):
    assert hash_after(root, edit=(file, pattern, text)) != code_hash(*TAB_CODE)


def test_change_of_code_that_cleans_no_tab_leaves_the_hash_as_it_is(root):
    edit = ("candid_assets/discovery/naming.py", r"^def identifier", "X = 1\n\n\ndef identifier")
    assert hash_after(root, edit=edit) == code_hash(*TAB_CODE)


def test_change_of_family_code_changes_the_hash_of_families_alone(root):
    edit = ("candid_assets/cleaning/family_cleaning.py", r"^def clean_family", "X = 1\n\n\n\\g<0>")
    assert hash_after(root, edit=edit) == code_hash(*TAB_CODE)
    assert hash_after(root, FAMILY_CODE, edit=edit) != code_hash(*FAMILY_CODE)


def test_moving_a_module_to_another_room_leaves_the_hash_as_it_is(root):
    (root / TEXT).rename(root / "candid_assets" / "refresh" / "header_text.py")
    for path in root.rglob("*.py"):
        old = path.read_text()
        new = old.replace(
            "candid_assets.contracts.header_text", "candid_assets.refresh.header_text"
        )
        if new != old:
            path.write_text(new)
    assert code_hash(*TAB_CODE, root=root) == code_hash(*TAB_CODE)


def test_unknown_module_is_refused():
    with pytest.raises(ModuleNotFoundError, match=r"candid_assets\.no_such_module"):
        code_hash("candid_assets.no_such_module")


def test_comments_and_layout_of_sql_leave_its_hash_as_it_is():
    bare = sql_hash("create macro m(x) as trim(x)")
    assert sql_hash("-- why\ncreate macro m(x)\n  as trim( x ) -- so") == bare
    assert sql_hash("create macro m(x) as ltrim(x)") != bare
    assert sql_hash("create macro m(x) as trim('x')") != bare
