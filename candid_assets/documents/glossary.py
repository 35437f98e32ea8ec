"""The terms of the platform and of the company, and the units, from where each is declared."""

import re
from collections import Counter
from pathlib import Path
from typing import Any, Final

import yaml

from candid_assets.contracts.catalog import Catalog
from candid_assets.errors import CandidError
from candid_assets.regular_files import read_text

_WORD: Final = re.compile(r"^\| \*\*(.+?)\*\* \| (.+?) \|", re.MULTILINE)


def platform_words(page: Path | None) -> list[tuple[str, str]]:
    """Return the terms of a page's section Words with their meanings, sorted."""
    if page is None or not page.is_file():
        return []
    _, _, after = read_text(page).partition("\n## Words\n")
    return sorted(_WORD.findall(after.partition("\n## ")[0]), key=lambda item: item[0].casefold())


def business_words(path: Path) -> list[dict[str, Any]]:
    """Return the company's terms as the catalog's glossary declares them, sorted.

    Raises:
        CandidError: The file is no YAML.
    """
    if not path.is_file():
        return []
    try:
        words: list[dict[str, Any]] = yaml.safe_load(read_text(path)) or []
    except yaml.YAMLError as error:
        raise CandidError(f"{path} is no YAML: {error}", "correct it") from error
    return sorted(words, key=lambda word: str(word["term"]).casefold())


def units(catalog: Catalog) -> list[tuple[str, int, int]]:
    """Return every unit with the number of columns and of metrics that are measured in it."""
    tables = [tab.columns for tab in catalog.tabs] + [model.columns for model in catalog.models]
    columns = Counter(c.unit for table in tables for c in table if c.unit)
    metrics = Counter(metric.unit for metric in catalog.registry.metrics)
    return [(unit, columns[unit], metrics[unit]) for unit in sorted(columns | metrics)]
