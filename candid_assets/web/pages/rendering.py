"""Renders a page in a person's language and sends it with its policy and its ETag."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from candid_assets.languages import Language, Wording, preferred, wording
from candid_assets.monitoring.words_for_codes import (
    CHECKS_IN_WORDS,
    LAYERS,
    PLANS,
    REASONS,
    SPOKES_IN_WORDS,
    STATUSES,
)
from candid_assets.reports.charts import HEIGHT, WIDTH, inline
from candid_assets.source_kinds.links import source_link
from candid_assets.web.pages.metric_list import MetricRow
from candid_assets.web.pages.metric_page import better

ROOT: Final = "/candid"
LANGUAGE_COOKIE: Final = "candid_language"
TEMPLATES: Final = Path(__file__).parent / "templates"
STYLE: Final = Path(__file__).parent / "pages.css"
USER: Final = "\N{OBJECT REPLACEMENT CHARACTER}user\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands for the name of who is signed in, so that a page is rendered once for everybody."""
CONTENT_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'"
)
"""Pages have no scripts, no styles of their own and nothing from elsewhere."""


def language_of(request: Request) -> Language:
    """Return the language of a request: the person's choice, else their browser's."""
    accepted = request.headers.get("accept-language", "")
    return preferred(request.cookies.get(LANGUAGE_COOKIE), accepted)


@cache
def style_version() -> str:
    """Return what changes when the style sheet or a template does."""
    digest = hashlib.sha256()
    for file in (STYLE, *sorted(TEMPLATES.glob("*.j2"))):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def address(path: str, parameters: Mapping[str, object] | None = None, /, **more: object) -> str:
    """Return the address of a page; parameters without a value are left out."""
    kept = {name: value for name, value in {**(parameters or {}), **more}.items() if value}
    return f"{ROOT}{quote(path)}" + (f"?{urlencode(kept)}" if kept else "")


def address_of(path: str, kept: Sequence[tuple[str, str]], number: int | None = None) -> str:
    """Return the address of a page with parameters that may repeat, at a page of its rows."""
    parameters = [*kept, *([("page", str(number))] if number and number > 1 else [])]
    return f"{ROOT}{quote(path)}" + (f"?{urlencode(parameters)}" if parameters else "")


def sorted_by(kept: Sequence[tuple[str, str]], column: str) -> list[tuple[str, str]]:
    """Return parameters with another order."""
    return [*((name, value) for name, value in kept if name != "sort"), ("sort", column)]


def _web_link(link: str | None) -> str:
    """Return a link if it opens in a browser, else nothing."""
    return link if link and link.startswith(("https://", "http://")) else ""


def _picture(shapes: str, text: str, *size: int) -> Markup:
    """Return shapes that were drawn from numbers as a picture; `inline` escapes its words."""
    box = (size[0], size[1]) if size else (WIDTH, HEIGHT)
    return Markup(inline(shapes, text, box))  # noqa: S704


def _trend_words(words: Wording, row: MetricRow) -> str:
    """Return what the picture of a trend shows, for who cannot see it."""
    metric, known = row.line.metric, [v for v in row.line.trend.values if v is not None]
    label = metric.label_id if words.language == "id" and metric.label_id else metric.label
    if not known:
        return words.text("%(label)s: no values yet", label=label)
    low, high = (words.measured(value, metric.unit) for value in (min(known), max(known)))
    return _series_words(words, label, low, high)


def _series_words(words: Wording, label: str, low: str, high: str) -> str:
    return words.text("%(label)s: between %(low)s and %(high)s", label=label, low=low, high=high)


@cache
def environment(language: Language) -> Environment:
    """Return the templates as one language fills them in."""
    words = wording(language)
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(words.catalog, newstyle=True)  # type: ignore[attr-defined]
    made.filters |= {
        "count": words.count,
        "number": words.number,
        "exact": words.exact,
        "share": words.share,
        "moment": words.moment,
        "day": words.day,
        "weekday": words.weekday,
        "weblink": _web_link,
        "reason": lambda code: words.text(REASONS.get(code, code)),
        "check": lambda code: words.text(CHECKS_IN_WORDS.get(code, code)),
        "status": lambda code: words.text(STATUSES.get(code, code)),
        "spoke": lambda code: words.text(SPOKES_IN_WORDS.get(code, code)),
        "planned": lambda code: words.text(PLANS.get(code, code)),
        "layer": lambda code: words.text(LAYERS.get(code, code)),
        "picture": _picture,
    }
    made.globals |= {
        "language": language,
        "address": address,
        "address_of": address_of,
        "sorted_by": sorted_by,
        "as_moment": lambda text: words.moment(datetime.fromisoformat(text)),
        "measured": words.measured,
        "apart": words.apart,
        "period": words.period,
        "lasted": words.lasted,
        "source_link": source_link,
        "version": style_version(),
        "better": better,
        "as_number": Decimal,
        "trend_words": partial(_trend_words, words),
        "series_words": partial(_series_words, words),
    }
    return made


def render(language: Language, template: str, facts: Mapping[str, Any]) -> str:
    """Return a page as HTML."""
    return environment(language).get_template(template).render(facts)


def signed_in(html: str, name: str) -> str:
    """Return a page with the name of who is signed in."""
    return html.replace(USER, escape(name))


def tag_of(*parts: object) -> str:
    """Return the ETag of a page that is made of these parts."""
    return f'"{hashlib.sha256(repr((style_version(), *parts)).encode()).hexdigest()[:32]}"'


def headers_of(tag: str | None) -> dict[str, str]:
    """Return the headers of a page."""
    headers = {
        "Content-Security-Policy": CONTENT_POLICY,
        "Cache-Control": "private, no-cache",
        "Vary": "Accept-Language, Authorization, Cookie",
    }
    return headers | ({"ETag": tag} if tag else {})


def unchanged(request: Request, tag: str) -> Response | None:
    """Return 304 if the browser has this very page, else None."""
    given = request.headers.get("if-none-match", "")
    known = {part.strip().removeprefix("W/") for part in given.split(",")}
    return Response(status_code=304, headers=headers_of(tag)) if tag in known else None


def page(html: str, tag: str | None, status: int = 200) -> Response:
    """Return the answer with a page."""
    return HTMLResponse(html, status, headers_of(tag))
