"""The generated pages are fresh, whole and hang together."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from candid_assets.cli import main
from candid_assets.contracts.load import load_catalog
from candid_assets.documents.build import (
    MARK,
    build_documents,
    stale_documents,
    write_documents,
    written_documents,
)
from candid_assets.documents.contract_properties import spots
from candid_assets.documents.glossary import platform_words
from candid_assets.settings import PACKAGE, REPOSITORY
from candid_assets_tests.contracts.small_catalog import spoil, write_catalog

FOLDER = REPOSITORY / "docs"
WORDS = REPOSITORY / "docs" / "architecture.md"
CATALOG = load_catalog(PACKAGE / "catalog")
PAGES = build_documents(CATALOG, WORDS, written_documents(FOLDER), main)
LINK = re.compile(r"\]\(([^)]+)\)")


def test_the_committed_pages_are_fresh():
    stale = [
        name
        for name, text in PAGES.items()
        if not (FOLDER / name).is_file() or (FOLDER / name).read_text() != text
    ]
    assert stale + stale_documents(PAGES, FOLDER) == [], "run make docs and review"


@pytest.mark.parametrize("name", PAGES)
def test_every_link_of_a_page_leads_to_a_page_and_heading(name):
    for target in LINK.findall(PAGES[name]):
        path, _, anchor = target.partition("#")
        place = (FOLDER / name).parent / path if path else FOLDER / name
        assert place.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", place.read_text(), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", h).lower().replace(" ", "-") for h in headings}


@pytest.mark.parametrize("name", PAGES)
def test_every_table_of_a_page_has_as_many_cells_in_every_row(name):
    width = 0
    for line in PAGES[name].splitlines():
        cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        assert not (width and cells) or cells == width, line
        width = cells


@pytest.mark.parametrize("tab", [pytest.param(t, id=t.table) for t in CATALOG.tabs])
def test_page_of_a_tab_describes_every_column(tab):
    page = PAGES[f"workbooks/{tab.workbook}.md"]
    section = page.partition(f"\n## {tab.name}\n")[2].partition("\n## ")[0]
    for column in tab.columns:
        (row,) = re.findall(rf"^\| `{column.name}` \|.*$", section, re.MULTILINE)
        assert column.physical_type in row
        assert " ".join(column.description.split()).replace("|", "\\|") in row
    assert tab.description in section


@pytest.mark.parametrize("model", [pytest.param(m, id=m.name) for m in CATALOG.models])
def test_page_of_a_model_describes_every_column_and_its_origin(model):
    page = PAGES[f"spokes/{model.spoke}.md"]
    section = page.partition(f"\n## {model.name}\n")[2].partition("\n## ")[0]
    assert f"Owner {model.owner}" in section
    for column in model.columns:
        (row,) = re.findall(rf"^\| `{column.name}` \|.*$", section, re.MULTILINE)
        assert row.rstrip(" |").rpartition("| ")[2].strip(), column.name


def test_every_metric_is_in_the_catalogue_once():
    rows = re.findall(r"^\| `(\w+)` \(", PAGES["metrics.md"], re.MULTILINE)
    assert sorted(rows) == sorted(metric.name for metric in CATALOG.registry.metrics)


@pytest.mark.parametrize("name", PAGES)
def test_every_diagram_is_of_plain_nodes_and_arrows(name):
    node = r'\w+(?:\(\[|\[\[|\[\(|\[|>)"[^"\n]+"(?:\]\)|\]\]|\)\]|\])'
    line = rf'(?:{node}|subgraph \w+\["[^"]+"\]|end|  \w+|\w+ -->(?:\|\d+\|)? \w+)'
    entity = r"\w+ \|[|o]--o\{ \w+ : \w+"
    for kind, body in re.findall(
        r"```mermaid\n(flowchart LR|erDiagram)\n(.*?)```", PAGES[name], re.S
    ):
        wanted = line if kind == "flowchart LR" else entity
        for text in body.splitlines():
            assert re.fullmatch(f"  {wanted}", text), text


def test_the_glossary_has_every_word_that_the_page_of_words_explains():
    words = ", ".join(word for word, _ in platform_words(WORDS))
    section = WORDS.read_text().partition("\n## Words\n")[2].partition("\n## ")[0]
    for word in re.findall(r"\*\*([^*]+)\*\*", section):
        assert word in words or f"**{word}**" in PAGES["glossary.md"], word


@pytest.mark.parametrize("spot", spots(), ids=lambda spot: spot.title)
def test_every_custom_property_of_a_contract_is_explained(spot):
    unexplained = [p.name for p in spot.properties if not (p.meaning and p.values)]
    assert unexplained == []
    for item in spot.properties:
        assert f"| `{item.name}` |" in PAGES["contracts.md"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_catalog(tmp_path / "catalog")


def test_any_catalog_has_its_pages(root):
    pages = build_documents(load_catalog(root))
    assert set(pages) == {
        *("README.md", "glossary.md", "contracts.md", "entities.md", "lineage.md"),
        *("workbooks/sales_master.md", "spokes/hub.md", "spokes/sales.md"),
    }
    assert "one of `lunas`, `tempo`" in pages["workbooks/sales_master.md"]
    assert "`sales_master__orders.net_amount_idr`" in pages["spokes/sales.md"]
    assert all(text.startswith(MARK) for text in pages.values())


def test_building_writes_what_changed_and_removes_what_is_gone(root, tmp_path, monkeypatch):
    monkeypatch.setenv("CANDID_CATALOG_DIR", str(root))
    out = tmp_path / "docs"

    def build(*arguments):
        return CliRunner().invoke(main, ["docs", "build", "--into", str(out), *arguments])

    assert build("--check").exit_code == 1
    assert build().output == f"8 pages in {out}, 8 changed\n"
    assert build("--check").exit_code == 0
    (out / "notes.md").write_text("Mine.\n")
    spoil(root, "workbooks/sales_master/outlets.yaml", "Day of opening.", "Day it opened.")
    for file in ("fct_sales.sql", "fct_sales.yaml"):
        (root / "models/sales" / file).unlink()
    stale = build("--check")
    assert "workbooks/sales_master.md is stale" in stale.output
    assert "spokes/sales.md is stale" in stale.output
    assert build().exit_code == 0
    assert not (out / "spokes/sales.md").exists()
    assert (out / "notes.md").read_text() == "Mine.\n"
    pages = build_documents(load_catalog(root), WORDS)
    assert "Day it opened." in pages["workbooks/sales_master.md"]
    assert not write_documents(pages | {"README.md": (out / "README.md").read_text()}, out)


def test_a_catalog_with_a_problem_has_no_pages_built(root, tmp_path, monkeypatch):
    monkeypatch.setenv("CANDID_CATALOG_DIR", str(root))
    spoil(root, "workbooks/sales_master/outlets.yaml", "Day of opening.", "")
    result = CliRunner().invoke(main, ["docs", "build", "--into", str(tmp_path / "docs")])
    assert result.exit_code == 1
    assert "candid contracts validate" in result.stderr
