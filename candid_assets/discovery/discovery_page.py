"""The page of a discovery: one HTML file, whole in itself, for who reviews what was proposed.

It has the style and the limits of a run's page (`reports/page.py`): every text is escaped, and the
page forbids itself scripts and requests.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from candid_assets import number_format
from candid_assets.atomic_files import write_whole
from candid_assets.discovery.questions import Damage
from candid_assets.reports import page as run_page

_HERE: Final = Path(__file__).parent
_COLOURS: Final = {
    Damage.WRONG_SUMS.code: "bad",
    Damage.LOST_ROWS.code: "bad",
    Damage.MISREAD_VALUES.code: "near",
    Damage.COSMETIC.code: "",
}
_TEMPLATES: Final = Environment(
    loader=FileSystemLoader(_HERE), undefined=StrictUndefined, autoescape=True
)
_TEMPLATES.filters |= {"count": number_format.count, "short": run_page.short}


def write_discovery_page(facts: Mapping[str, Any], commands: list[str], path: Path) -> None:
    """Write the page of a discovery whole or not at all.

    Args:
        facts: The object of `candid discover --json`.
        commands: What to type next.
        path: Where; its folder is made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    styles = [run_page.HERE / run_page.STYLE, _HERE / "discovery_page.css"]
    style = "".join(sheet.read_text(encoding="utf-8") for sheet in styles)
    html = _TEMPLATES.get_template("discovery_page.html.j2").render(
        facts,
        # The style sheets are the project's own and hold nothing that anyone typed.
        style=Markup(style),  # noqa: S704
        colours=_COLOURS,
        tiles=_tiles(facts),
        commands=commands,
        written=number_format.moment(datetime.now(UTC)),
    )
    write_whole(path, html)


def _tiles(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the few figures at the top, each with a note and the colour of its worst part."""
    tables, questions = facts["tables"], facts["questions"]
    by_damage = Counter(question["damage_words"] for question in questions)
    worst, many = next(iter(by_damage.items()), ("", 0))
    titles = sum(len(table["titles"]) for table in tables)
    rows = sum(table["rows"] for table in tables)
    held = sum(table["quarantined"] for table in tables)
    left = len(facts["not_tables"])
    kind = _COLOURS[questions[0]["damage"]] if questions else "good"
    return [
        _tile("Questions", len(questions), f"{worst}: {many}" if worst else "none", kind),
        _tile("Tables", len(tables), f"from {titles} tab{'s' if titles != 1 else ''}", ""),
        _tile("Rows of data", rows, "as read now", ""),
        _tile("To quarantine", held, "rows that would be kept out", "near" if held else "good"),
        _tile("No table", left, "tabs left out, with the reason", "near" if left else "good"),
    ]


def _tile(name: str, value: int, note: str, kind: str) -> dict[str, Any]:
    return {"name": name, "value": number_format.count(value), "note": note, "kind": kind}
