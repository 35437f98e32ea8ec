"""A catalog is read once for all processes, and never taken for another than what its files say."""

import pickle
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from candid_assets import compiled_files
from candid_assets.contracts import load, model_file, read_catalog, workbook_file
from candid_assets.contracts.catalog import Catalog
from candid_assets.contracts.catalog_files import entries_below
from candid_assets.contracts.compiled_catalog import compiled_catalog
from candid_assets.contracts.load import load_catalog
from candid_assets.contracts.metrics import metric_files
from candid_assets.settings import PACKAGE
from candid_assets_tests.contracts.small_catalog import spoil

ORDERS = "workbooks/sales_master/orders.yaml"
HEAD = "workbooks/sales_master/contract.yaml"


@pytest.fixture(autouse=True)
def parsed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Path]]:
    """The catalogs that were parsed, in a process that may keep what it compiles."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    roots: list[Path] = []
    really = read_catalog.read_catalog

    def read(root: Path, files: dict[str, bytes]) -> Catalog:
        roots.append(root)
        return really(root, files)

    monkeypatch.setattr(read_catalog, "read_catalog", read)
    yield roots
    compiled_files._code_hash.cache_clear()


def in_next_process(root: Path) -> Catalog:
    """Load a catalog as a process does that knows of none yet."""
    load._load.cache_clear()
    workbook_file._KNOWN_TABS.forget()
    model_file._KNOWN_MODELS.forget()
    metric_files._KNOWN_FILES.forget()
    compiled_files._code_hash.cache_clear()
    return load_catalog(root)


def kept_file(root: Path) -> Path:
    (path,) = (root / "__pycache__").iterdir()
    return path


def test_the_next_process_does_not_parse_what_did_not_change(root, parsed):
    first = in_next_process(root)
    again = in_next_process(root)
    assert parsed == [root]
    assert (again, again.files) == (first, first.files)
    assert first.files[HEAD] == (root / HEAD).read_bytes()


def test_the_catalog_of_the_package_comes_back_as_it_is(tmp_path, parsed):
    root = PACKAGE / "catalog"
    kept = in_next_process(root)
    assert compiled_catalog(root, tuple(entries_below(root))) == kept
    assert kept.registry.metrics
    assert kept.destinations


@pytest.mark.parametrize(
    "change",
    [
        lambda root: spoil(root, ORDERS, "Order number.", "Number of the order."),
        lambda root: (root / ORDERS).unlink(),
        lambda root: (root / ORDERS).rename(root / "workbooks/sales_master/lines.yaml"),
        lambda root: (root / "workbooks/sales_master/new.yaml").write_text("name: new\n"),
        lambda root: (root / "workbooks/empty").mkdir(),
        lambda root: (root / "models/hub/dim_outlet.sql").open("a").write("\n-- more\n"),
    ],
)
def test_whatever_changes_in_its_files_is_read(root, parsed, change):
    in_next_process(root)
    change(root)
    changed = in_next_process(root)
    assert len(parsed) == 2
    assert changed == read_catalog.read_catalog(root, {})
    assert changed.files == {k: v for k, v in entries_below(root) if v is not None}


def test_a_workbook_behind_a_link_is_read_when_it_changes(root, parsed):
    (root / "workbooks/sales_master").rename(root.parent / "elsewhere")
    (root / "workbooks/sales_master").symlink_to(root.parent / "elsewhere")
    in_next_process(root)
    spoil(root, ORDERS, "Order number.", "Number of the order.")
    assert in_next_process(root).tabs[0].columns[0].description == "Number of the order."


def test_a_link_that_leads_back_ends(root, parsed):
    (root / "workbooks/sales_master/back").symlink_to(root)
    catalog = in_next_process(root)
    assert [problem.path.name for problem in catalog.problems] == ["back"]


def test_another_code_python_or_library_reads_the_files_again(root, parsed, monkeypatch, tmp_path):
    in_next_process(root)
    (tmp_path / "libraries" / "anything-2.dist-info").mkdir(parents=True)
    monkeypatch.syspath_prepend(tmp_path / "libraries")
    in_next_process(root)
    assert len(parsed) == 2
    monkeypatch.setattr(sys, "version", "3.99")
    in_next_process(root)
    assert len(parsed) == 3
    monkeypatch.setattr(compiled_files, "PACKAGE", PACKAGE / "contracts")
    in_next_process(root)
    assert len(parsed) == 4


def test_a_damaged_file_is_read_again_and_made_anew(root, parsed):
    expected = in_next_process(root)
    whole = kept_file(root).read_bytes()
    for length in (0, 1, 63, 64, len(whole) // 2, len(whole) - 1, len(whole)):
        content = bytearray(whole[:length])
        if length == len(whole):
            content[length // 3] ^= 4
        kept_file(root).write_bytes(content)
        parsed.clear()
        assert in_next_process(root) == expected
        assert parsed == [root]
        assert kept_file(root).read_bytes() == whole


def test_a_kept_file_that_names_other_code_runs_none(root, parsed, tmp_path):
    in_next_process(root)

    class Harm:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "harm",))

    entries = tuple(entries_below(root))
    for harm in (Harm(), (Catalog, Harm()), getattr):
        made = pickle.dumps(harm)
        key = kept_file(root).read_bytes()[:32]
        compiled_files.keep_compiled(root / "catalog.py", key, made)
        assert compiled_files.compiled_file(root / "catalog.py", key) == made
        assert compiled_catalog(root, entries) is None
    assert not (tmp_path / "harm").exists()
    assert in_next_process(root).problems == ()


def test_a_catalog_with_problems_is_looked_at_each_time(root, parsed):
    spoil(root, HEAD, "domain: sales", "domain: sale")
    assert in_next_process(root).problems
    assert in_next_process(root).problems
    assert len(parsed) == 2


def test_what_is_edited_while_it_is_read_is_not_kept(root, parsed, monkeypatch):
    counted = read_catalog.read_catalog
    before = (root / ORDERS).read_text()

    def edited(path: Path, files: dict[str, bytes]) -> Catalog:
        spoil(root, ORDERS, "Order number.", "Number of the order.")
        catalog = counted(path, files)
        (root / ORDERS).write_text(before)  # put back before it is looked at again
        return catalog

    monkeypatch.setattr(read_catalog, "read_catalog", edited)
    assert in_next_process(root).tabs[0].columns[0].description == "Number of the order."
    monkeypatch.setattr(read_catalog, "read_catalog", counted)
    assert in_next_process(root).tabs[0].columns[0].description == "Order number."


def test_where_bytecode_is_kept_elsewhere_or_nowhere_so_is_the_catalog(
    root, parsed, monkeypatch, tmp_path
):
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "bytecode"))
    in_next_process(root)
    assert not (root / "__pycache__").exists()
    assert len([p for p in (tmp_path / "bytecode").rglob("*") if p.is_file()]) == 1
    monkeypatch.setattr(sys, "pycache_prefix", None)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    in_next_process(root)
    assert not (root / "__pycache__").exists()


def test_a_folder_that_cannot_be_written_to_is_read_each_time(root, parsed):
    (root / "__pycache__").write_text("a file where the folder would be")
    assert in_next_process(root) == in_next_process(root)
    assert len(parsed) == 2
